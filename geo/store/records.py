"""A document as the store gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Record:
    """One version of a document.

    Parameters
    ----------
    id
        Sixteen hexadecimal digits, given by the store.
    kind
        ``scenario`` or ``presentation``.
    region_id
        Region it belongs to.
    name
        Clean (:mod:`geo.labels`), not unique.
    version
        1, 2, ...; each save makes the next.
    body
        Plain values; not to be changed. Empty where what is stored cannot be read.
    is_archived
        Whether it was put aside.
    created_at, changed_at
        ISO times in UTC.
    """

    id: str
    kind: str
    region_id: str
    name: str
    version: int
    body: Mapping[str, Any]
    is_archived: bool
    created_at: str
    changed_at: str
