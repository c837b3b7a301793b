"""Programs of others that open what we write; a test skips, with a reason, where one is absent."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def need(program: str) -> str:
    """Return where a program is; skip the test where it is not."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed here")
    return found


def run_bytes(program: str, *arguments: str | Path, data: bytes | None = None) -> bytes:
    """Return what a program writes, given data on its standard input."""
    command = [need(program), *map(str, arguments)]
    done = subprocess.run(command, input=data, capture_output=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def run(program: str, *arguments: str | Path) -> str:
    """Return what a program writes, as text."""
    return run_bytes(program, *arguments).decode(errors="replace")


def pdf_text(path: Path, *options: str) -> str:
    return run("pdftotext", *options, path, "-")


def pdf_facts(path: Path) -> dict[str, str]:
    lines = (line.partition(":") for line in run("pdfinfo", path).splitlines())
    return {name: value.strip() for name, _, value in lines}


def by_office(path: Path, ending: str, folder: Path) -> Path:
    """Return the file as LibreOffice converts it."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    run("libreoffice", profile, "--headless", "--convert-to", ending, "--outdir", folder, path)
    return folder / f"{path.stem}.{ending.partition(':')[0]}"
