"""Where the database lies."""

from __future__ import annotations

import os

from geo.shipped import var_folder

VARIABLE = "NAHBAR_DATABASE_URL"


def database_address() -> str:
    """Return the database's address: ``NAHBAR_DATABASE_URL``, else a SQLite file in :func:`geo.shipped.var_folder`."""
    return os.environ.get(VARIABLE, "").strip() or f"sqlite:///{var_folder() / 'nahbar.db'}"
