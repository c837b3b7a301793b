"""Ways to damage a file: in its bytes, in the members of an archive, in the values of a text."""

from __future__ import annotations

import io
import random
import re
import zipfile

TOKENS = (
    *(b"9" * 5000, b"-" + b"9" * 400, b"1e999", b"-1e999", b"NaN", b"inf", b"Infinity", b"1e-400", b"0x10", b"-1"),
    *(b"4294967296", b"1.2.3", b"1,2,3", b"2024-13-45", b"0000-00-00", b"null", b"true", b"[]", b"{}", b""),
    *(b"\x00", b"\x1a", b"\x81\x8f", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\x93", b"\r", b"\n" * 500),
    *(b'"' * 7, b"[" * 20_000, b"{" * 20_000, b"(" * 2000, b";" * 2000, b"," * 2000, b"A" * 100_000),
    *(b"/vsicurl/http://127.0.0.1/x", b"../../../../etc/passwd", b'{"type":"gdal_streamed_alg"', b"%s%n"),
    *(b"=cmd|' /C calc'!A0", b"\xf0\x9f\x98\x80" * 50, b"(a|a)*b", b"[", b"(?!", b"EPSG:999999", b"EPSG:4326"),
)
_VALUE = re.compile(rb"[-+\w.\x80-\xff]+")


def mutant(content: bytes, seed: int) -> bytes:
    """Return a damaged copy; the same seed damages in the same way."""
    chance = random.Random(seed)
    if content[:2] == b"PK" and chance.random() < 0.6:
        packed = _in_archive(content, chance)
        if packed is not None:
            return packed
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = chance.choice(_WAYS)(content, chance)
    return content


def _in_archive(content: bytes, chance: random.Random) -> bytes | None:
    """Damage one member and pack again, so that sums and sizes are right."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(info, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return None
    if not members:
        return None
    at = chance.randrange(len(members))
    way = chance.random()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (info, data) in enumerate(members):
            name = info.filename
            if place == at and way < 0.1:
                continue
            if place == at and way < 0.2:
                name = chance.choice(("../x", "/x", "C:\\x", "a" * 5000, "x\x00y", name.upper(), name + "/"))
            archive.writestr(name, chance.choice(_WAYS)(data, chance) if place == at and way >= 0.2 else data)
    return out.getvalue()


def _flip(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 64))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _drop(content: bytes, chance: random.Random) -> bytes:
    start, size = _block(content, chance)
    return content[:start] + content[start + size :]


def _double(content: bytes, chance: random.Random) -> bytes:
    start, size = _block(content, chance)
    times = chance.choice((1, 1, 3, 50)) if size < 2_000 else 1
    return content[:start] + content[start : start + size] * times + content[start:]


def _splice(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(TOKENS) + content[at:]


def _value(content: bytes, chance: random.Random) -> bytes:
    """Put something else in place of one word or number."""
    found = list(_VALUE.finditer(content[:200_000]))
    if not found:
        return _splice(content, chance)
    at = chance.choice(found)
    return content[: at.start()] + chance.choice(TOKENS) + content[at.end() :]


def _length(content: bytes, chance: random.Random) -> bytes:
    """Put a large or negative number where a length may stand."""
    if len(content) < 8:
        return content
    at = chance.randrange(len(content) - 4)
    number = chance.choice((0xFFFFFFFF, 0x7FFFFFFF, 0, 1, 0x80000000, 0x00FFFFFF))
    return content[:at] + number.to_bytes(4, chance.choice(("little", "big"))) + content[at + 4 :]


def _block(content: bytes, chance: random.Random) -> tuple[int, int]:
    size = min(len(content), chance.choice((1, 4, 16, 100, 1000)))
    return chance.randrange(len(content) - size + 1), size


_WAYS = (_flip, _cut, _drop, _double, _splice, _value, _value, _length)
