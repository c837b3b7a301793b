"""What a process gives up before it reads a stranger's file: time, memory, network, other files, other programs.

Linux holds all of it by the kernel. Elsewhere the limits that there are hold, and an audit hook keeps Python from
network and programs. What may be missing is in ``docs/security.md``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geo.defaults import ReadBounds

_REFUSED_EVENTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "socket.")


def isolate(bounds: ReadBounds, reads: Iterable[Path], folders: Iterable[Path]) -> None:
    """Give up for good all but the time and memory of ``bounds``, ``reads`` to read, ``folders`` to write."""
    os.environ.clear()
    if sys.platform != "win32":
        from geo.bounded.posix import hold

        hold(bounds, list(reads), list(folders))
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED_EVENTS):
        raise PermissionError(f"{event} is not for a process that reads strangers' files")
