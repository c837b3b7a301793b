"""The program of a worker process: ``python -m geo.jobs``."""

import sys

from geo.jobs.worker import main

sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
