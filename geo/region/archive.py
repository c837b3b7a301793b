"""Zip files as strangers send them: checked in full before anything is written or handed on.

What the directory of a zip file says about sizes is a claim of whoever made it. So every member is
unpacked once in small pieces and counted, and nothing is believed that was not counted.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error

_CHUNK_BYTES = 256 * 1024
# Below this a ratio says nothing: a nearly empty text packs a thousand to one and harms nobody.
_RATIO_FROM_BYTES = 4 * 1024**2
_DRIVE_LETTER = re.compile(r"^[A-Za-z]:")
_FORBIDDEN_MARKUP = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_BROKEN = (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error, ValueError, RuntimeError)


def is_zip(head: bytes) -> bool:
    """Tell whether a file that begins with ``head`` says it is a zip file."""
    return head[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def check_zip(source: Path | bytes, *, name: str, limits: ReadLimits, refuse_doctype: bool = False) -> tuple[str, ...]:
    """Unpack a zip file to nowhere and return the names of its members.

    Parameters
    ----------
    limits
        ``archive_members``, ``unpacked_bytes`` and ``unpacked_ratio`` (unpacked bytes per packed byte).
    refuse_doctype
        Refuse XML members with a document type or entities (workbooks have neither).

    Raises
    ------
    DataError
        ``archive_broken``, ``archive_members``, ``archive_path``, ``archive_link``, ``archive_encrypted``,
        ``archive_duplicate``, ``archive_too_large``, ``archive_ratio`` or ``archive_doctype``.
    """
    try:
        with _opened(source) as archive:
            members = _safe_members(archive, name, limits)
            counter = _Counter(name, limits, packed_bytes=_size(source))
            for member in members:
                watched = refuse_doctype and member.filename.lower().endswith((".xml", ".rels", ".vml"))
                _drain(archive, member, counter, watched=watched, name=name)
            return tuple(member.filename for member in members)
    except DataError:
        raise
    except _BROKEN as fault:
        raise DataError((error("archive_broken", file=name),)) from fault


def extract_zip(source: Path | bytes, target: Path, *, name: str, limits: ReadLimits) -> tuple[Path, ...]:
    """Unpack a zip file into the folder ``target`` and return the files written.

    The folder must exist and belong to the caller, who removes it. Members that archivers of
    operating systems add (``__MACOSX``, ``.DS_Store``) are left out.

    Raises
    ------
    DataError
        As :func:`check_zip`; files written until then lie in ``target`` and nowhere else.
    """
    written = []
    try:
        with _opened(source) as archive:
            counter = _Counter(name, limits, packed_bytes=_size(source))
            for member in _safe_members(archive, name, limits):
                parts = PurePosixPath(member.filename.replace("\\", "/")).parts
                if member.is_dir() or "__MACOSX" in parts or parts[-1] in (".DS_Store", "Thumbs.db"):
                    continue
                path = target.joinpath(*parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as out:
                    for piece in _pieces(archive, member, counter):
                        out.write(piece)
                written.append(path)
    except DataError:
        raise
    except _BROKEN as fault:
        raise DataError((error("archive_broken", file=name),)) from fault
    return tuple(written)


class _Counter:
    """Counts unpacked bytes over all members and stops at the limits."""

    def __init__(self, name: str, limits: ReadLimits, packed_bytes: int) -> None:
        self.name, self.limits, self.packed_bytes, self.unpacked_bytes = name, limits, max(packed_bytes, 1), 0

    def add(self, count: int) -> None:
        self.unpacked_bytes += count
        if self.unpacked_bytes > self.limits.unpacked_bytes:
            megabytes = self.limits.unpacked_bytes // 1024**2
            raise DataError((error("archive_too_large", file=self.name, limit_megabytes=megabytes),))
        ratio = self.unpacked_bytes / self.packed_bytes
        if self.unpacked_bytes > _RATIO_FROM_BYTES and ratio > self.limits.unpacked_ratio:
            raise DataError((error("archive_ratio", file=self.name, limit=self.limits.unpacked_ratio),))


def _opened(source: Path | bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)


def _size(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _safe_members(archive: zipfile.ZipFile, name: str, limits: ReadLimits) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > limits.archive_members:
        raise DataError((error("archive_members", file=name, count=len(members), limit=limits.archive_members),))
    found = [finding for member in members for finding in _member_faults(member, name)]
    seen: set[str] = set()
    for member in members:
        folded = member.filename.replace("\\", "/").casefold()
        if folded in seen:
            found.append(error("archive_duplicate", file=name, member=member.filename[:200]))
        seen.add(folded)
    if found:
        raise DataError(tuple(found[:20]))
    return members


def _member_faults(member: zipfile.ZipInfo, name: str) -> Iterator[Finding]:
    path = member.filename.replace("\\", "/")
    shown = member.filename[:200]
    parts = PurePosixPath(path).parts
    # A drive in the middle leads out of the folder too: joined on Windows, it begins anew.
    if path.startswith("/") or ".." in parts or any(map(_DRIVE_LETTER.match, parts)) or "\x00" in path:
        yield error("archive_path", file=name, member=shown)
    if stat.S_ISLNK(member.external_attr >> 16):
        yield error("archive_link", file=name, member=shown)
    if member.flag_bits & 0x1:
        yield error("archive_encrypted", file=name, member=shown)


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo, counter: _Counter) -> Iterator[bytes]:
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK_BYTES):
            counter.add(len(piece))
            yield piece


def _drain(archive: zipfile.ZipFile, member: zipfile.ZipInfo, counter: _Counter, *, watched: bool, name: str) -> None:
    tail = b""
    for piece in _pieces(archive, member, counter):
        if watched:
            window = tail + piece
            if any(mark in window for mark in _FORBIDDEN_MARKUP):
                raise DataError((error("archive_doctype", file=name, member=member.filename[:200]),))
            tail = window[-32:]
