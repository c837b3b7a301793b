"""The encoding of the table beside a shapefile: said by the file, unless the text proves it wrong."""

from __future__ import annotations

import codecs
from pathlib import Path

from geo.region.encodings import LIKELY, german_share, likeliest

_MOST_BYTES = 4 * 1024**2
_HEADER_BYTES, _FIELD_BYTES = 32, 32
_LANGUAGE_DRIVER = 29
# The languages of dBASE that GDAL knows how to read; without one it takes Latin-1.
_BY_DRIVER = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x64: "cp852", 0xC8: "cp1250"}


def proven_encoding(table: Path) -> str | None:
    """Return the encoding of a ``.dbf`` where its text proves the one it names, or the usual one, to be wrong."""
    with table.open("rb") as stream:
        content = stream.read(_MOST_BYTES)
    start = int.from_bytes(content[8:10], "little")
    names = b" ".join(
        content[at : at + 11].split(b"\0")[0] for at in range(_HEADER_BYTES, min(start, len(content)) - 1, _FIELD_BYTES)
    )
    text = b" ".join((names, *(word for word in content[start:].split() if not word.isascii())))
    if text.isascii():
        return None
    named = _named(table, content)
    least = LIKELY
    try:
        said = text.decode(named)
        if german_share(said) >= LIKELY:
            return None
    except UnicodeDecodeError:
        said = "\x80"
    if any("\x80" <= sign <= "\x9f" for sign in said):
        least = 0.0  # the encoding named is wrong for certain, so the best of the others is taken
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        found = likeliest(text, least)
        return None if found == named else "macintosh" if found == "mac_roman" else found
    return None if named == "utf-8" else "utf-8"


def _named(table: Path, content: bytes) -> str:
    for ending in (".cpg", ".CPG"):
        beside = table.with_suffix(ending)
        if beside.is_file():
            said = beside.read_bytes()[:40].decode("ascii", "ignore").strip().lower()
            said = f"cp{said}" if said.isdigit() else said.replace("ansi ", "cp")
            try:
                return codecs.lookup(said).name
            except (LookupError, ValueError):
                break
    return _BY_DRIVER.get(content[_LANGUAGE_DRIVER] if len(content) > _LANGUAGE_DRIVER else 0, "latin-1")
