"""What people make and want to keep: scenarios, presentations; every version of them.

:func:`open_store` opens the database that :func:`database_address` names: a SQLite file by default,
PostgreSQL where the environment says so. Faults come as :class:`StoreError` with a
finding; a caller that meets one loses nothing it holds. SQLAlchemy is imported only when a store is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.store.address import database_address
from geo.store.errors import DocumentMissing, StoreConflict, StoreError
from geo.store.records import Record

if TYPE_CHECKING:
    from geo.store.documents import Store


IN_MEMORY = "sqlite://"
"""Address of a store that lives as long as it is held."""


def open_store(url: str | None = None) -> Store:
    """Open a store; make and migrate its database where needed.

    Parameters
    ----------
    url
        ``sqlite:///path``, ``postgresql://...`` or :data:`IN_MEMORY`; None takes :func:`database_address`.

    Raises
    ------
    StoreError
        ``store_address_unknown``, ``store_newer``, ``store_damaged``, ``store_read_only``, ``store_full``,
        ``store_busy``, ``store_unreachable`` or ``store_failed``.
    """
    from geo.store.documents import Store

    return Store.open(database_address() if url is None else url)
