"""What a database driver says, as a finding that tells a person what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from geo.store.errors import StoreError

_SQLITE = {
    sqlite3.SQLITE_FULL: "store_full",
    sqlite3.SQLITE_READONLY: "store_read_only",
    sqlite3.SQLITE_CANTOPEN: "store_read_only",
    sqlite3.SQLITE_PERM: "store_read_only",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_NOTADB: "store_damaged",
    sqlite3.SQLITE_BUSY: "store_busy",
    sqlite3.SQLITE_LOCKED: "store_busy",
}
_NO_ROOM = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_FSYNC)
_POSTGRESQL = {
    "53100": "store_full",
    "25006": "store_read_only",
    "42501": "store_read_only",
    "55P03": "store_busy",
    "57014": "store_busy",
    "40P01": "store_busy",
    "XX001": "store_damaged",
    "XX002": "store_damaged",
}


@contextmanager
def told(place: str, operation: str | None = None) -> Iterator[None]:
    """Turn what a driver raises into a :class:`StoreError`; a value that is there already is the caller's to see.

    The driver's own words stay with the error as its cause, except where a connection failed: they may name users.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as fault:
        code = code_of(fault)
        if code == "store_unreachable":
            raise StoreError(code, operation=operation, place=place) from None
        raise StoreError(code, operation=operation, place=place) from fault
    except SQLAlchemyError as fault:
        code = "store_busy" if isinstance(fault, TimeoutError) or "QueuePool" in str(fault) else "store_failed"
        raise StoreError(code, operation=operation, place=place) from None


def code_of(fault: DBAPIError) -> str:
    """Return the code of the finding for what a driver raised."""
    if isinstance(fault.orig, sqlite3.Error):
        return _of_sqlite(fault.orig)
    state = getattr(fault.orig, "sqlstate", None) or ""
    if state in _POSTGRESQL:
        return _POSTGRESQL[state]
    if fault.connection_invalidated or state[:2] in ("08", "57", "28", "3D", "53") or _is_operational(fault):
        return "store_unreachable"
    return "store_failed"


def _of_sqlite(fault: sqlite3.Error) -> str:
    code = getattr(fault, "sqlite_errorcode", None)
    if code is None:
        return "store_failed"
    if code in _NO_ROOM:
        return "store_full"
    return _SQLITE.get(code & 0xFF, "store_failed")


def _is_operational(fault: DBAPIError) -> bool:
    from psycopg import OperationalError

    return isinstance(fault.orig, OperationalError)
