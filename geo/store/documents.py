"""Documents that are kept with every version they had.

Saving names the version that was read; where somebody else has saved since, :class:`StoreConflict` carries what they
saved, and nothing is overwritten. Every write bears an operation, a key of the caller's choice: a write that arrived
although its answer was lost is found by it and not done twice. Nothing is ever deleted; putting aside is a version too.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, and_, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import StaticPool

from geo.errors import ContractError, DataError
from geo.findings import error, megabytes
from geo.labels import clean_name
from geo.store.engine import for_writing, make_engine, parsed_url, place_of
from geo.store.errors import DocumentMissing, StoreConflict, StoreError
from geo.store.faults import told
from geo.store.migrate import migrate
from geo.store.records import Record
from geo.store.tables import documents, versions

T = TypeVar("T")

BODY_BYTES_MOST = 8 * 1024**2
CHECKED_BYTES_MOST = 64 * 1024**2
"""A larger database file is not read through when it is opened."""
_KEY = re.compile(r"[a-z][a-z_]{0,39}")
_RETRY_AFTER_SECONDS = (0.2, 1.0)


class Store:
    """Documents in a database. Safe to share between threads; open one per process."""

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine = engine
        self._writing = for_writing(engine)
        self._lock: AbstractContextManager[Any] = (
            threading.RLock() if isinstance(engine.pool, StaticPool) else nullcontext()
        )
        self.place = place
        """Where the database lies, as it may be said: a file, or host and database."""

    @classmethod
    def open(cls, address: str) -> Store:
        """Open the database at an address; see :func:`geo.store.open_store`."""
        url = parsed_url(address)
        place = place_of(url)
        engine = make_engine(url)
        with told(place):
            if engine.dialect.name == "sqlite":
                _check_file(engine, url.database, place)
            migrate(engine, place)
        return cls(engine, place)

    def close(self) -> None:
        """Close all connections; the store opens new ones when it is asked again."""
        self._engine.dispose()

    def records(self, kind: str, region_id: str, *, archived: bool = False) -> tuple[Record, ...]:
        """Return the documents of a kind and region, oldest first; those that were put aside if ``archived``."""
        asked = (
            select(documents)
            .where(documents.c.kind == kind, documents.c.region_id == region_id, documents.c.is_archived.is_(archived))
            .order_by(documents.c.created_at, documents.c.id)
        )
        return self._read(lambda connection: tuple(_record(row) for row in connection.execute(asked)))

    def everything(self) -> tuple[Record, ...]:
        """Return all documents that were not put aside, of any kind and region, oldest first."""
        asked = select(documents).where(documents.c.is_archived.is_(False)).order_by(documents.c.created_at)
        return self._read(lambda connection: tuple(_record(row) for row in connection.execute(asked)))

    def get(self, key: str) -> Record:
        """Return a document as it is now.

        Raises
        ------
        DocumentMissing
            If there is none.
        """
        return self._read(lambda connection: _current(connection, key))

    def history(self, key: str) -> tuple[Record, ...]:
        """Return every version of a document, newest first."""

        def read(connection: Connection) -> tuple[Record, ...]:
            now = _current(connection, key)
            asked = select(versions).where(versions.c.document_id == key).order_by(versions.c.version.desc())
            return tuple(_version(now, row) for row in connection.execute(asked))

        return self._read(read)

    def create(
        self, kind: str, region_id: str, name: str, body: Mapping[str, Any], *, operation: str | None = None
    ) -> Record:
        """Keep a new document.

        Parameters
        ----------
        kind, region_id
            What it is, and where it belongs.
        name
            Cleaned before it is kept.
        body
            Plain values: what JSON knows.
        operation
            Key of this write; made here if None. Handed in again, the write is done once.

        Raises
        ------
        DataError
            ``name_empty``, ``name_too_long``, ``document_too_large``.
        StoreError
            Where the database does not take it.
        """
        if not _KEY.fullmatch(kind):
            raise ContractError(f"kind {kind[:60]!r} is not a key of lower-case letters")
        now = _now()
        record = Record(secrets.token_hex(8), kind, region_id, clean_name(name), 1, {}, False, now, now)  # noqa: FBT003
        return self._keep(record, _text(body), operation, is_new=True)

    def save(
        self,
        key: str,
        version: int,
        *,
        name: str | None = None,
        body: Mapping[str, Any] | None = None,
        operation: str | None = None,
    ) -> Record:
        """Keep a new version of a document.

        Parameters
        ----------
        key, version
            The document, and the version that was read.
        name, body
            What is to change; None leaves it as it is.
        operation
            As in :meth:`create`.

        Raises
        ------
        StoreConflict
            If somebody saved since; nothing is changed.
        DocumentMissing
            If there is no such document.
        """
        wanted = None if name is None else clean_name(name)
        text = None if body is None else _text(body)
        return self._change(
            key,
            version,
            lambda now, old: (replace(now, name=now.name if wanted is None else wanted), old if text is None else text),
            operation,
        )

    def copy(self, key: str, name: str, *, operation: str | None = None) -> Record:
        """Keep a document once more under another name and return the copy."""
        found = self.get(key)
        return self.create(found.kind, found.region_id, name, found.body, operation=operation)

    def rename(self, key: str, version: int, name: str, *, operation: str | None = None) -> Record:
        """Give a document another name."""
        return self.save(key, version, name=name, operation=operation)

    def archive(self, key: str, version: int, *, operation: str | None = None) -> Record:
        """Put a document aside; it is kept."""
        return self._change(key, version, lambda now, old: (replace(now, is_archived=True), old), operation)

    def restore(self, key: str, version: int, *, operation: str | None = None) -> Record:
        """Bring back a document that was put aside."""
        return self._change(key, version, lambda now, old: (replace(now, is_archived=False), old), operation)

    def undo(self, key: str, version: int, *, to: int | None = None, operation: str | None = None) -> Record:
        """Make a new version with the name and content of a former one.

        Parameters
        ----------
        key, version
            The document, and the version that was read.
        to
            The version to return to; None takes the one before.

        Raises
        ------
        DocumentMissing
            If there was no such version.
        StoreConflict
            If somebody saved since.
        """
        wanted = version - 1 if to is None else to
        asked = select(versions).where(versions.c.document_id == key, versions.c.version == wanted)
        former = self._read(lambda connection: connection.execute(asked).one_or_none())
        if former is None:
            raise DocumentMissing(key, wanted)
        return self._change(
            key,
            version,
            lambda now, _: (replace(now, name=former.name, is_archived=former.is_archived), former.body),
            operation,
        )

    def _change(
        self, key: str, version: int, changed: Callable[[Record, str], tuple[Record, str]], operation: str | None
    ) -> Record:
        """Keep what ``changed`` makes of the document as it is now, if that still is ``version``."""

        def write(connection: Connection, said: str) -> Record:
            row = _row(connection, key)
            now = _record(row)
            if now.version != version:
                raise StoreConflict(now, version)
            made, text = changed(now, row.body)
            made = replace(made, version=version + 1, changed_at=_now())
            values = {
                "name": made.name, "version": made.version, "body": text, "is_archived": made.is_archived,
                "changed_at": made.changed_at,
            }  # fmt: skip
            is_mine = and_(documents.c.id == key, documents.c.version == version)
            if connection.execute(update(documents).where(is_mine).values(**values)).rowcount != 1:
                raise StoreConflict(_current(connection, key), version)
            connection.execute(insert(versions).values(document_id=key, operation=said, **values))
            return replace(made, body=_body(text))

        return self._write(write, operation)

    def _keep(self, record: Record, text: str, operation: str | None, *, is_new: bool) -> Record:
        values = {
            "name": record.name, "version": record.version, "body": text, "is_archived": record.is_archived,
            "changed_at": record.changed_at,
        }  # fmt: skip

        def write(connection: Connection, said: str) -> Record:
            about = {"kind": record.kind, "region_id": record.region_id, "created_at": record.created_at}
            connection.execute(insert(documents).values(id=record.id, **about, **values))
            connection.execute(insert(versions).values(document_id=record.id, operation=said, **values))
            return replace(record, body=_body(text))

        return self._write(write, operation)

    def _write(self, write: Callable[[Connection, str], Record], operation: str | None) -> Record:
        """Write once: what an earlier attempt already did is returned, a lost connection is tried anew."""
        said = operation or secrets.token_hex(16)
        if not 0 < len(said) <= 64:
            raise ContractError("an operation is a key of 1 to 64 characters")
        for wait in (*_RETRY_AFTER_SECONDS, None):
            try:
                return self._write_once(write, said)
            except StoreError as fault:
                if fault.code != "store_unreachable" or wait is None:
                    raise
                self._engine.dispose()
                time.sleep(wait)
        raise AssertionError  # the last round returns or raises

    def _write_once(self, write: Callable[[Connection, str], Record], said: str) -> Record:
        with told(self.place, said), self._lock:
            try:
                with self._writing.begin() as connection:
                    done = _done(connection, said)
                    return write(connection, said) if done is None else done
            except IntegrityError:  # the same operation, by another connection, a moment ago
                with self._engine.begin() as connection:
                    done = _done(connection, said)
                if done is None:
                    raise StoreError("store_failed", operation=said, place=self.place) from None
                return done

    def _read(self, read: Callable[[Connection], T]) -> T:
        with self._reading() as connection:
            return read(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(self.place), self._lock, self._engine.begin() as connection:
            yield connection


def _check_file(engine: Engine, database: str | None, place: str) -> None:
    """Read a database file through, so that damage is told when it is opened and not in the middle of a save."""
    file = Path(database) if database else None
    if file is None or not file.is_file() or not 0 < file.stat().st_size <= CHECKED_BYTES_MOST:
        return
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            raise StoreError("store_damaged", place=place)


def _row(connection: Connection, key: str) -> Row[Any]:
    row = connection.execute(select(documents).where(documents.c.id == key)).one_or_none()
    if row is None:
        raise DocumentMissing(key)
    return row


def _current(connection: Connection, key: str) -> Record:
    return _record(_row(connection, key))


def _done(connection: Connection, operation: str) -> Record | None:
    """Return what an operation made, if it was done before."""
    row = connection.execute(select(versions).where(versions.c.operation == operation)).one_or_none()
    return None if row is None else _version(_current(connection, row.document_id), row)


def _record(row: Row[Any]) -> Record:
    return Record(
        id=row.id,
        kind=row.kind,
        region_id=row.region_id,
        name=row.name,
        version=row.version,
        body=_body(row.body),
        is_archived=bool(row.is_archived),
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def _version(now: Record, row: Row[Any]) -> Record:
    return replace(
        now,
        name=row.name,
        version=row.version,
        body=_body(row.body),
        is_archived=bool(row.is_archived),
        changed_at=row.changed_at,
    )


def _text(body: Mapping[str, Any]) -> str:
    """Return plain values as text of ASCII characters, which any database keeps as they are."""
    try:
        text = json.dumps(body, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as fault:
        raise ContractError(f"a document holds plain values only: {fault}") from fault
    if len(text) > BODY_BYTES_MOST:
        raise DataError((error("document_too_large", **megabytes(len(text), BODY_BYTES_MOST)),))
    return text


def _body(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
