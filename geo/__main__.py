"""The command line: ``python -m geo build|check|describe|site|travel|need|scenario|export``.

Exit status 0: done, warnings allowed. 1: errors in the data, nothing written. 2: wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = (
    "geo.commands.region",
    "geo.commands.site",
    "geo.commands.travel",
    "geo.commands.need",
    "geo.commands.export",
)
"""Modules with a function ``register(subparsers)``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m geo", description="Build, check and describe regions; choose sites for new offices."
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        import_module(module).register(subparsers)
    chosen = parser.parse_args(arguments)
    status: int = chosen.run(chosen)
    return status


if __name__ == "__main__":
    sys.exit(main())
