"""What a process that reads may be brought to do by a file: each is to come to nothing."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def greet(name: str) -> str:
    return f"hello {name}"


def seen_environment() -> dict[str, str]:
    return dict(os.environ)


def read_text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8", errors="replace")


def read_natively(path: str) -> str:
    """Open a file without Python's own door."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.open(path.encode(), os.O_RDONLY)
    if handle < 0:
        raise OSError(ctypes.get_errno(), path)
    buffer = ctypes.create_string_buffer(4096)
    return buffer.raw[: libc.read(handle, buffer, 4096)].decode(errors="replace")


def write_natively(path: str) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.open(path.encode(), os.O_WRONLY | os.O_CREAT, 0o644))


def connect(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"


def socket_natively() -> int:
    return int(ctypes.CDLL(None, use_errno=True).socket(socket.AF_INET, socket.SOCK_STREAM, 0))


def run_program() -> bytes:
    return subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True).stdout


def run_natively() -> int:
    return int(ctypes.CDLL(None, use_errno=True).system(b"true"))


def fork() -> int:
    return os.fork()


def signal_parent() -> int:
    return int(ctypes.CDLL(None, use_errno=True).kill(os.getppid(), 9))


def take_time() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(600)


def take_memory() -> int:
    return len([b"x" * 50 * 1024**2 for _ in range(60)])


def crash() -> None:
    ctypes.string_at(0)


def fill_disk(folder: Path) -> None:
    with (folder / "large").open("wb") as stream:
        for _ in range(100_000):
            stream.write(bytes(1024**2))


def answer_with_code() -> Any:
    class Code:
        def __reduce__(self) -> Any:
            return os.system, ("echo owned",)

    return Code()


def start_thread() -> int:
    import threading

    given: list[int] = []
    thread = threading.Thread(target=lambda: given.append(1))
    thread.start()
    thread.join()
    return given[0]


def fail() -> None:
    raise KeyError("a value that nobody may see: 17")
