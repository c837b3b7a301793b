"""The command line: ``nahbar run|build|check|audit|describe|site|travel|need|scenario|export``, or ``python -m geo``.

Exit status 0: done, warnings allowed. 1: errors in the data, nothing written. 2: wrong usage.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = (
    "geo.commands.run",
    "geo.commands.region",
    "geo.commands.audit",
    "geo.commands.site",
    "geo.commands.travel",
    "geo.commands.need",
    "geo.commands.export",
)
"""Modules with a function ``register(subparsers)``."""


def main(arguments: Sequence[str] | None = None, *, prog: str = "python -m geo") -> int:
    """Run one command and return its exit status; ``prog`` is how the help calls this program."""
    parser = argparse.ArgumentParser(
        prog=prog, description="Build, check and describe regions; choose sites for new offices."
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        import_module(module).register(subparsers)
    chosen = parser.parse_args(arguments)
    status: int = chosen.run(chosen)
    return status


def nahbar(prog: str = "nahbar") -> int:
    """Run the command line as a program of its own and return its exit status.

    Files and pipes are written in UTF-8: Windows would take a code page that lacks signs of ours, such as ≤.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8")
    return main(prog=prog)


if __name__ == "__main__":
    sys.exit(nahbar("python -m geo"))
