"""Delimited text to rows: which encoding, which delimiter, which fields."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, note, warning
from geo.region.encodings import likeliest

_DELIMITERS = (";", "\t", "|", ",")  # in this order where several fit: a comma may as well be a decimal mark
_SAMPLE_CHARACTERS, _SAMPLE_FIELDS = 200_000, 5_000
_NUMBER = re.compile(r"[-+−–]?\d[\d.,\s\u00a0'’]*\s*%?")
_WITHOUT_NUMBERS = 0.2  # so that a table of words alone has a delimiter too
_SENTINEL = "\x1eend"
_DOS_END = "\x1a"
_FILLING = f"{_DOS_END}\x00\r\n "  # up to the end of the last block of a disk
_MOJIBAKE = re.compile("Ã[¤¶¼Ÿ„–œ\x84\x96\x9c\x9f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Delimited:
    """Rows of a delimited text as lists of fields, with the encoding and delimiter they were read with."""

    rows: list[list[str]]
    encoding: str
    delimiter: str
    findings: tuple[Finding, ...]


def read_delimited(
    content: bytes, *, name: str, encoding: str | None, delimiter: str | None, limits: ReadLimits
) -> Delimited:
    """Split the content of a text file into rows of fields; a row keeps its own length.

    Raises
    ------
    DataError
        ``file_empty``, ``file_binary``, ``encoding_wrong``, ``encoding_unknown``, ``quote_open``, ``field_too_long``,
        ``table_too_many_rows``, ``table_too_many_columns``.
    """
    text, used, findings = _decode(content, name, encoding)
    text = text.rstrip(_FILLING)
    if not text.strip():
        raise DataError((error("file_empty", file=name),))
    if "\x00" in text and _is_text_but_for_nothing(text):
        row = text.count("\n", 0, text.index("\x00")) + 1
        findings.append(warning("signs_of_nothing", file=name, row=row, count=text.count("\x00")))
        text = text.replace("\x00", "")
    if len(_CONTROL.findall(text[:_SAMPLE_CHARACTERS])) > 0.002 * len(text[:_SAMPLE_CHARACTERS]) or "\x00" in text:
        raise DataError((error("file_binary", file=name),))
    chosen = delimiter or _find_delimiter(text)
    if chosen is None:
        chosen = ";"
        findings.append(warning("single_column", file=name))
    return Delimited(_split(text, chosen, name, limits), used, chosen, tuple(findings))


def _is_text_but_for_nothing(text: str) -> bool:
    """Tell whether a text holds a few signs of nothing (NUL) and no other control signs."""
    sample = text[:_SAMPLE_CHARACTERS]
    return sample.count("\x00") <= 0.02 * len(sample) and len(_CONTROL.findall(sample)) == sample.count("\x00")


def _decode(content: bytes, name: str, encoding: str | None) -> tuple[str, str, list[Finding]]:
    marked = next((mark for bom, mark in _BOMS if content.startswith(bom)), None)
    used = marked or encoding or _wide_encoding(content) or "utf-8"
    findings: list[Finding] = []
    if len(content) % 2 and used.startswith("utf-16"):
        content = content.removesuffix(_DOS_END.encode())  # one byte, put behind signs of two
    try:
        text = content.decode(used)
    except LookupError as fault:
        raise DataError((error("encoding_unknown", file=name, encoding=used),)) from fault
    except UnicodeDecodeError as fault:
        row = content.count(b"\n", 0, fault.start) + 1
        if encoding or used != "utf-8":
            raise DataError((error("encoding_wrong", file=name, row=row, encoding=used),)) from fault
        if b"\x00" in content[:4096]:
            raise DataError((error("file_binary", file=name),)) from fault
        text, used, findings = _decode_old(content, name, row)
    if _MOJIBAKE.search(text):
        row = text.count("\n", 0, _MOJIBAKE.search(text).start()) + 1  # type: ignore[union-attr]
        findings.append(warning("encoding_twice", file=name, row=row))
    return text, used, findings


def _wide_encoding(content: bytes) -> str | None:
    """Return UTF-16 for content in which nearly every other byte is nothing, as in Latin text without a mark."""
    sample = content[:4096]
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half, other = sample[place::2], sample[1 - place :: 2]
        if len(sample) >= 4 and half.count(0) > 0.8 * len(half) and not other.count(0):
            return encoding
    return None


def _decode_old(content: bytes, name: str, row: int) -> tuple[str, str, list[Finding]]:
    """Decode what is not UTF-8: by the share of signs that German text uses."""
    repaired = content.decode("utf-8", errors="replace")
    high = sum(byte > 127 for byte in content[:_SAMPLE_CHARACTERS])
    damaged = repaired[:_SAMPLE_CHARACTERS].count("\ufffd")
    if high > 10 and damaged < 0.1 * high:
        return repaired, "utf-8", [error("encoding_damaged", file=name, row=row, count=repaired.count("\ufffd"))]
    used = likeliest(content[:_SAMPLE_CHARACTERS])
    if used is not None:
        return content.decode(used, errors="replace"), used, [note("encoding_guessed", file=name, encoding=used)]
    from charset_normalizer import from_bytes

    best = from_bytes(content[: 4 * _SAMPLE_CHARACTERS]).best()
    used = best.encoding if best else "cp1252"
    finding = warning("encoding_uncertain", file=name, encoding=used, row=row)
    return content.decode(used, errors="replace"), used, [finding]


def _find_delimiter(text: str) -> str | None:
    """Return the delimiter that splits most rows into the same number of fields, numbers as far as may be, or nothing.

    The wrong one cuts numbers apart or leaves them glued to their neighbours.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    scores = {}
    for delimiter in _DELIMITERS:
        rows = [row for row in _rows(sample, delimiter) if any(field.strip() for field in row)]
        widths = Counter(len(row) for row in rows)
        several = {width: count for width, count in widths.items() if width > 1}
        if several:
            usual = max(several, key=lambda width: (several[width], width))
            fields = [field.strip() for row in rows if len(row) == usual for field in row][:_SAMPLE_FIELDS]
            numbers = sum(_NUMBER.fullmatch(field) is not None for field in fields) / len(fields)
            scores[delimiter] = several[usual] / len(rows) * (_WITHOUT_NUMBERS + numbers)
    return max(scores, key=lambda delimiter: scores[delimiter], default=None)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return []


def _split(text: str, delimiter: str, name: str, limits: ReadLimits) -> list[list[str]]:
    rows: list[list[str]] = []
    # The sentinel comes back as a row of its own unless an open quote has swallowed it.
    whole = text.rstrip("\r\n") + f"\n{_SENTINEL}"
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) - 1 > limits.table_rows:
                raise DataError((error("table_too_many_rows", file=name, limit=limits.table_rows),))
            if len(row) > limits.table_columns:
                found = {"columns": len(row), "limit": limits.table_columns}
                raise DataError((error("table_too_many_columns", file=name, row=len(rows), **found),))
    except csv.Error as fault:
        code = "quote_open" if text.count('"') % 2 else "field_too_long"
        raise DataError((error(code, file=name, row=len(rows) + 1),)) from fault
    if rows.pop() != [_SENTINEL]:
        raise DataError((error("quote_open", file=name, row=len(rows) + 1),))
    return rows
