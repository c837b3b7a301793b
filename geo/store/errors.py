"""What can go wrong with a store.

``DataError``
 └── ``StoreError``            the database cannot be used now; the finding says why and what to do
      ├── ``StoreConflict``    somebody else has saved in the meantime; carries what they saved
      └── ``DocumentMissing``  there is no such document

No finding, message or cause bears a password: addresses are named without user and password, and what a database driver
says about a failed connection is not passed on.
"""

from __future__ import annotations

from typing import Any

from geo.errors import DataError
from geo.findings import error
from geo.store.records import Record


class StoreError(DataError):
    """The database cannot do what was asked.

    Parameters
    ----------
    code
        Code of the finding.
    operation
        Key of the write that failed, if it was one: handed in again, it is done once at most.
    """

    def __init__(self, code: str, *, operation: str | None = None, **where: Any) -> None:
        self.code = code
        self.operation = operation
        super().__init__((error(code, **where),))


class StoreConflict(StoreError):  # noqa: N818 - it is news, not a mistake
    """A document was saved by somebody else since it was read.

    Parameters
    ----------
    current
        The document as it is now. What the caller wanted to save is still the caller's: save it as a copy, or on
        top of :attr:`current`.
    """

    def __init__(self, current: Record, asked: int) -> None:
        self.current = current
        super().__init__("store_conflict", name=current.name, asked=asked, current=current.version)


class DocumentMissing(StoreError):  # noqa: N818
    """There is no document with this key, or no such version of it."""

    def __init__(self, key: str, version: int | None = None) -> None:
        place = key[:40] if version is None else f"{key[:40]}/{version}"
        super().__init__("document_missing", document=place)
