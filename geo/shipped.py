"""Where the app and what comes with it lie: in a checkout, or in the folder ``nahbar`` beside an installed ``geo``."""

from __future__ import annotations

from pathlib import Path

_ABOVE = Path(__file__).resolve().parents[1]
IS_INSTALLED = (_ABOVE / "nahbar" / "app.py").is_file()
APP_FOLDER = _ABOVE / "nahbar" if IS_INSTALLED else _ABOVE
"""The folder of ``app.py``, ``pages`` and ``data``."""


def shipped(text: str | Path) -> Path:
    """Return a path as it was given; where nothing is there, the same path among what is shipped, if that is there.

    So ``data/musterstadt`` and ``data/recipes/nrw_2024.toml`` can be named from any folder.
    """
    given = Path(text)
    return APP_FOLDER / given if not given.exists() and (APP_FOLDER / given).exists() else given


def var_folder() -> Path:
    """Return the folder of the default database: ``var`` of a checkout, else the user's own folder for data."""
    if not IS_INSTALLED:
        return _ABOVE / "var"
    from platformdirs import user_data_path

    return user_data_path("nahbar", appauthor=False)
