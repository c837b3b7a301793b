"""Small inputs, one kind of fault each, that people really send."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REAL_DATA


@pytest.fixture
def fault() -> Callable[[str], Path]:
    """Return the folder of a kind of fault by its name, or skip where it is absent."""

    def folder(name: str) -> Path:
        path = REAL_DATA / "faults" / name
        if not path.is_dir():
            pytest.skip(f"the inputs of this fault are not part of the project and are not at {path}")
        return path

    return folder
