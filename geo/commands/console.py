"""What all commands share: lines and findings on the console, the choice of language, files written whole."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.findings import Finding
    from geo.text import Texts


def add_language(parser: argparse.ArgumentParser, spoken: str = "de") -> None:
    """Add the option that says in which language sentences and files are."""
    parser.add_argument("--lang", choices=("de", "en"), default=spoken, help=f"language (default {spoken})")


def print_text(text: str) -> None:
    """Write text and a line break to the output stream at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there in full or as it was before.

    Raises
    ------
    OSError
        If there is no room or no right; nothing half-written stays behind.
    """
    handle, scratch = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).chmod(0o666 & ~_umask())
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise


def tell_findings(t: Texts, findings: Iterable[Finding]) -> None:
    """Write findings to the error stream, a line each."""
    from geo.text import finding_sentence

    for finding in findings:
        sys.stderr.write(" ".join(part for part in finding_sentence(t, finding) if part) + "\n")


def tell_unwritten(t: Texts, place: Path, fault: OSError) -> None:
    """Say that a place cannot be written to, and why."""
    sys.stderr.write(t("cli.not_written", place=str(place), reason=fault.strerror or str(fault)) + "\n")


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
