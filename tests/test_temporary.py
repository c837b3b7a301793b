"""What a killed process left in the temporary folder goes at the next start; what a living one has stays."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from geo.temporary import new_folder, own_folder, sweep


def test_only_what_the_dead_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f"nahbar-geometry-{gone.pid}-abc"
    left.mkdir()
    (left / "a.json").write_text("{}")
    mine = new_folder("geometry")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"nahbar-link-{gone.pid}-x").symlink_to(elsewhere)
    (tmp_path / "nahbar-notes").mkdir()
    sweep()
    assert not left.exists()
    assert mine.is_dir()
    assert elsewhere.is_dir()
    assert (tmp_path / "nahbar-notes").is_dir()
    assert str(os.getpid()) in mine.name


def test_an_own_folder_goes_with_its_context() -> None:
    with own_folder("test") as folder:
        (folder / "a").write_text("x")
    assert not folder.exists()
