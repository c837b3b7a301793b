"""What POSIX systems and Linux hold for a process that reads: limits, files by Landlock, system calls by a filter."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Any

from geo.defaults import ReadBounds

assert sys.platform != "win32"

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 38, 22
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_READ = 0b1100  # read a file, list a folder
_LANDLOCK_ALL = (1 << 13) - 1  # every right of the first version
_LANDLOCK_OF_FILES = 0b111  # run, write, read: the rights a rule about a single file may name
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/opt", "/nix")
# Numbers of system calls by machine: audit architecture, call that makes threads and processes, refused ones. They
# start programs, look into or signal other processes, open sockets. Without the newest way to make a thread, libraries
# take the one before.
_CALLS = {
    "x86_64": (0xC000003E, 56, {57: 1, 58: 1, 59: 1, 322: 1, 62: 1, 101: 1, 310: 1, 311: 1, 41: 1, 425: 1, 435: 38}),
    "aarch64": (0xC00000B7, 220, {221: 1, 281: 1, 129: 1, 117: 1, 270: 1, 271: 1, 198: 1, 425: 1, 435: 38}),
}


def hold(bounds: ReadBounds, reads: list[Path], folders: list[Path]) -> None:
    """Give up what this system lets a process give up."""
    _limit(bounds)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _restrict_files(libc, reads, folders)
        _filter_calls(libc)


def _limit(bounds: ReadBounds) -> None:
    """Set limits of time and memory; memory counts from what the process has already."""
    with contextlib.suppress(OSError):
        os.nice(bounds.niceness)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, bounds.wall_seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_seconds, bounds.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + bounds.megabytes * 1024**2
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_FSIZE, (bounds.written_bytes, bounds.written_bytes))


def _restrict_files(libc: Any, reads: list[Path], folders: list[Path]) -> None:
    """Leave to read what Python and its libraries need and ``reads``, and ``folders`` to write as well."""
    ruleset = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(ctypes.c_uint64(_LANDLOCK_ALL)), ctypes.c_size_t(8), 0)
    if ruleset < 0:
        return  # a kernel before 5.13
    here = Path(__file__).resolve().parents[1]
    python = {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix, *_site_folders())}
    for place in (*map(Path, _SYSTEM), *python, here, *reads):
        _allow(libc, ruleset, place, _LANDLOCK_READ)
    for folder in folders:
        _allow(libc, ruleset, folder, _LANDLOCK_ALL & ~1)
    libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)


def _site_folders() -> list[str]:
    """Return folders that packages are installed in, beside those of Python itself."""
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]


def _allow(libc: Any, ruleset: int, place: Path, rights: int) -> None:
    try:
        handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    allowed = rights if place.is_dir() else rights & _LANDLOCK_OF_FILES
    rule = struct.pack("=Qi", allowed, handle)
    libc.syscall(_LANDLOCK_ADD, ruleset, 1, ctypes.c_char_p(rule), 0)
    os.close(handle)


def _filter_calls(libc: Any) -> None:
    """Refuse sockets, new programs and looks into other processes; a machine that is not known has no filter."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return
    architecture, clone, refused = known
    load, equal, at_least, has_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06

    def refuse(fault: int) -> tuple[int, int, int, int]:
        return give, 0, 0, 0x00050000 | fault

    allow = (give, 0, 0, 0x7FFF0000)
    program = [(load, 0, 0, 4), (equal, 1, 0, architecture), refuse(1), (load, 0, 0, 0)]
    program += [(at_least, 0, 1, 0x40000000), refuse(1)]  # the second numbering of x86
    program += [(equal, 0, 4, clone), (load, 0, 0, 16), (has_bit, 1, 0, 0x10000), refuse(1), allow]  # threads only
    for call, fault in refused.items():
        program += [(equal, 0, 1, call), refuse(fault)]
    program.append(allow)
    code = b"".join(struct.pack("=HBBI", *one) for one in program)
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    filled = Program(len(program), ctypes.cast(buffer, ctypes.c_void_p))
    libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(filled), 0, 0)
