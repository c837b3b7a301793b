"""Bringing a database to today's tables, under a lock, so that two processes that start at once both succeed."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from geo.store.engine import for_writing
from geo.store.errors import StoreError
from geo.store.tables import VERSION_TABLE

FOLDER = Path(__file__).resolve().parent / "migrations"
_LOCK = 7_204_551_963_001
"""Number of the advisory lock in PostgreSQL; any number will do that nobody else uses."""


def migrate(engine: Engine, place: str) -> None:
    """Bring a database to today's tables.

    Raises
    ------
    StoreError
        ``store_newer`` where the tables were made by a newer version: they are left as they are.
    """
    config = Config(attributes={})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        if _is_current(connection, script, place):
            return
    with for_writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if _is_current(connection, script, place):
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_current(connection: Connection, script: ScriptDirectory, place: str) -> bool:
    found = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads()
    known = {one.revision for one in script.walk_revisions()}
    if not set(found) <= known:
        raise StoreError("store_newer", place=place)
    return set(found) == set(script.get_heads())
