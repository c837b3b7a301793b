"""Scripts and styles of our own, as the browser gets them."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def frontend_text(name: str) -> str:
    """Return the text of a script or style of this folder.

    Parameters
    ----------
    name
        Name of the file, e.g. ``nahbar.css``.
    """
    return (FOLDER / name).read_text(encoding="utf-8")
