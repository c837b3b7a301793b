"""Text on paper: the typeface, how wide a line is, and where it is broken."""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

POINT_MM = 25.4 / 72
_FAMILY = "Source Sans Pro"
_FALLBACK = "DejaVu Sans"
_MEASURED_AT = 100.0
_LOCK = threading.Lock()
_BREAK_AFTER = "-–/"
_SOFT_HYPHEN = "\u00ad"
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def font_folder() -> Path | None:
    """Return the folder of the product's typeface (Source Sans Pro, TTF), None where it is not installed."""
    found = find_spec("font_source_sans_pro")
    return Path(found.origin).parent / "files" if found is not None and found.origin else None


@lru_cache(maxsize=1)
def _families() -> tuple[str, ...]:
    """Make the typeface known to matplotlib once; signs it lacks come from matplotlib's own."""
    from matplotlib.font_manager import fontManager

    folder = font_folder()
    with _LOCK:
        if folder is None or not (folder / "SourceSansPro-Regular.ttf").is_file():
            return (_FALLBACK,)
        if not any(entry.fname.startswith(str(folder)) for entry in fontManager.ttflist):
            for weight in ("Regular", "Bold"):
                fontManager.addfont(folder / f"SourceSansPro-{weight}.ttf")
    return (_FAMILY, _FALLBACK)


def font(size: float, *, bold: bool = False) -> FontProperties:
    """Return the typeface at a size in points."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=list(_families()), size=size, weight=700 if bold else 400)


@lru_cache(maxsize=8192)
def _width_at_hundred(text: str, bold: bool) -> float:
    from matplotlib.textpath import TextToPath

    width: float = TextToPath().get_text_width_height_descent(text, font(_MEASURED_AT, bold=bold), ismath=False)[0]
    return width


def width_mm(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line of text is in millimetres; ``size`` in points."""
    return _width_at_hundred(text, bold) * size / _MEASURED_AT * POINT_MM if text else 0.0


def clean(text: str) -> str:
    """Return text in one line without control characters and without signs that turn the direction of writing."""
    kept = (
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else "" if sign in _TURNING else sign for sign in text
    )
    return " ".join("".join(kept).split(" "))


def wrap(text: str, width: float, size: float, *, bold: bool = False, most: int = 99) -> tuple[str, ...]:
    """Return text as lines no wider than ``width`` millimetres.

    Lines break at spaces, after hyphens and slashes, at soft hyphens, and inside a word only where it is wider than a
    line. What does not fit into ``most`` lines ends with an ellipsis.
    """
    lines: list[str] = []
    line = ""
    # A reader sees a few lines; ten thousand characters need not be measured for that.
    pieces = _pieces(clean(text)[: 400 * most])
    at = 0
    while at < len(pieces) and len(lines) <= most:
        piece = pieces[at]
        tried = line + piece
        if width_mm(_shown(tried), size, bold=bold) <= width:
            line = tried
            at += 1
        elif line.strip():
            lines.append(_shown(line))
            line, pieces[at] = "", piece.lstrip()
        else:
            head = _longest(piece, width, size, bold=bold)
            pieces[at] = piece[len(head) :]
            is_word = head[-1].isalpha() and pieces[at][:1].isalpha()
            lines.append(head + "-" if is_word else head)
            at += not pieces[at]
    if line.strip():
        lines.append(_shown(line))
    if len(lines) > most:
        lines = [*lines[: most - 1], _with_ellipsis(lines[most - 1], width, size, bold=bold)]
    return tuple(lines)


def _pieces(text: str) -> list[str]:
    """Return text cut where a line may break; the cuts keep every character."""
    out, piece = [], ""
    for at, sign in enumerate(text):
        if sign == " " and piece:
            out.append(piece)
            piece = ""
        piece += sign
        is_inside = 0 < at < len(text) - 1 and text[at - 1].isalpha() and text[at + 1].isalpha()
        if sign == _SOFT_HYPHEN or (sign in _BREAK_AFTER and is_inside):
            out.append(piece)
            piece = ""
    return [*out, piece] if piece else out


def _shown(line: str) -> str:
    """Return a line as it is drawn: a soft hyphen shows at its end only."""
    bare = line.strip(" ")
    end = "-" if bare.endswith(_SOFT_HYPHEN) else ""
    return bare.replace(_SOFT_HYPHEN, "") + end


def _longest(word: str, width: float, size: float, *, bold: bool) -> str:
    """Return as much of the beginning of a word as fits, at least one character."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if width_mm(word[:middle] + "-", size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return word[:low]


def _with_ellipsis(line: str, width: float, size: float, *, bold: bool) -> str:
    while line and width_mm(line + "…", size, bold=bold) > width:
        line = line[:-1]
    return line.rstrip() + "…"
