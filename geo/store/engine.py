"""Connections: SQLite so that several server processes can share a file, PostgreSQL so that a cut does not hang.

A write begins with its lock (``BEGIN IMMEDIATE``), since a SQLite transaction that begins by reading cannot wait for
one that writes. Write-ahead logging lets readers go on meanwhile; each commit is on the disk before it is told.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool, StaticPool

from geo.store.errors import StoreError

BUSY_MILLISECONDS = 10_000
CONNECT_SECONDS = 5
STATEMENT_MILLISECONDS = 15_000
_BEGIN = "nahbar_begin"


def parsed_url(address: str) -> URL:
    """Return an address as SQLAlchemy knows it; plain ``postgresql`` is taken to psycopg.

    Raises
    ------
    StoreError
        ``store_address_unknown``. The address itself is not told: it may hold a password.
    """
    try:
        url = make_url(address)
        port_is_fine = url.port is None or 0 < url.port < 65536
    except (ArgumentError, ValueError):
        raise StoreError("store_address_unknown") from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg") and port_is_fine:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return url
    raise StoreError("store_address_unknown")


def place_of(url: URL) -> str:
    """Return what may be said of an address: file and folder, or host and database; neither user nor password."""
    if url.get_backend_name() == "sqlite":
        return _short(Path(url.database)) if url.database else "memory"
    port = f":{url.port}" if url.port else ""
    return f"{url.host or 'localhost'}{port}/{url.database or ''}"


def make_engine(url: URL) -> Engine:
    """Return an engine for an address; nothing is connected yet. Statements are never logged with their values."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_recycle=1_800,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": STATEMENT_MILLISECONDS,
            "application_name": "nahbar",
            "options": f"-c statement_timeout={STATEMENT_MILLISECONDS} -c timezone=UTC",
        },
    )


def for_writing(engine: Engine) -> Engine:
    """Return the same engine whose transactions begin with the lock for writing."""
    return engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})


def _sqlite(url: URL) -> Engine:
    in_memory = not url.database or url.database == ":memory:"
    if not in_memory:
        _make_folder(Path(str(url.database)))
    engine = create_engine(
        url,
        poolclass=StaticPool if in_memory else QueuePool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver begins no transaction of its own
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        connection.execute("PRAGMA foreign_keys = ON")
        if not in_memory:
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; two processes that do so at once may each find the file locked for a moment."""
    for _ in range(40):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            time.sleep(0.05)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def _short(file: Path) -> str:
    """Return file and folder; where that lies on the server is nobody's business who reads it in a browser."""
    return str(Path(*file.parts[-2:]))


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreError("store_read_only", place=_short(file)) from fault
