"""The program of a worker process: ``python -m geo.jobs``."""

import os
import sys

from geo.jobs.worker import main

# Answers go out on a handle of their own: what a library prints goes to the error stream and breaks no answer.
answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
sys.exit(main(sys.stdin.buffer, answers))
