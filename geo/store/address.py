"""Where the database lies."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "NAHBAR_DATABASE_URL"
DEFAULT_FILE = Path(__file__).resolve().parents[2] / "var" / "nahbar.db"


def database_address() -> str:
    """Return the database's address: what ``NAHBAR_DATABASE_URL`` says, else a SQLite file in the folder ``var``."""
    return os.environ.get(VARIABLE, "").strip() or f"sqlite:///{DEFAULT_FILE}"
