"""Temporary folders that bear the number of their process, so that what a killed one left can be swept."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "nahbar"


def new_folder(purpose: str) -> Path:
    """Make a folder that the caller removes, or the next start where the caller is killed."""
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}-{purpose}-{os.getpid()}-"))


@contextmanager
def own_folder(purpose: str) -> Iterator[Path]:
    """Give a folder for the time of the context."""
    folder = new_folder(purpose)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove folders whose process is no more, and only those of the user who asks."""
    import psutil

    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}-*-*-*"):
        named = re.fullmatch(rf"{_PREFIX}-[a-z]+-(\d+)-\w+", folder.name)
        if named and folder.is_dir() and not folder.is_symlink() and not psutil.pid_exists(int(named[1])):
            shutil.rmtree(folder, ignore_errors=True)
