"""Catalogues and locale-aware formats.

Messages are looked up by key (``atlas.title``), never by an English sentence: a key that is missing
raises, so no page shows a half-translated line. Babel reads the catalogues and formats numbers and
dates.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("de", "en")
_LOCALES = Path(__file__).parent / "locales"
_NO_BREAK_SPACE = "\u00a0"
_MINUS = "\u2212"


@dataclass(frozen=True)
class Texts:
    """Sentences and formats of one language.

    Call it with a key and named values: ``t("atlas.title")``, ``t("start.quarters", n=84)``. A message with a
    plural form chooses it by ``n``.
    """

    language: str
    messages: Mapping[str, str | tuple[str, ...]]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence for ``key`` with ``values`` filled in.

        Raises
        ------
        KeyError
            If the catalogue has no such key or the sentence wants a value that was not given.
        """
        message = self.messages[key]
        if isinstance(message, tuple):
            message = message[0 if values.get("n") == 1 else 1]
            if isinstance(values.get("n"), int):
                values = {**values, "n": self.number(float(values["n"]))}  # type: ignore[arg-type]
        return message.format(**values) if values else message

    def has(self, key: str) -> bool:
        """Tell whether the catalogue has ``key``."""
        return key in self.messages

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with the language's separators and ``digits`` decimals: ``1.234,5``."""
        if not math.isfinite(value):
            return self("value.none")
        group, decimal = _separators(self.language)
        # Python groups with commas and points; thousands of cells a page are too many for a pattern engine.
        plain = f"{_without_negative_zero(value, digits):,.{digits}f}"
        return plain.translate({ord(","): group, ord("."): decimal, ord("-"): _MINUS})

    def shortest(self, value: float) -> str:
        """Return a number without decimals where it is whole, else with one: ``15``, ``7,5``."""
        return self.number(value, 0 if float(value).is_integer() else 1)

    def percent(self, value: float, digits: int = 1) -> str:
        """Return a value already in percent: ``24,0 %`` in German, ``24.0%`` in English."""
        space = _NO_BREAK_SPACE if self.language == "de" else ""
        return f"{self.number(value, digits)}{space}%"

    def points(self, value: float, digits: int = 1) -> str:
        """Return a difference of percentages with its sign, in percentage points."""
        sign = "+" if _without_negative_zero(value, digits) > 0 else ""
        return self("value.points", value=f"{sign}{self.number(value, digits)}")

    def date(self, iso: str) -> str:
        """Return an ISO date as ``31.12.2025`` or ``31 Dec 2025``."""
        day = dt.date.fromisoformat(iso)
        if self.language == "de":
            return f"{day:%d.%m.%Y}"
        from babel.dates import format_date

        return str(format_date(day, "d MMM y", locale="en_GB"))

    def euros(self, value: float, digits: int = 0) -> str:
        """Return an amount in euros, whole ones if nothing else is said: ``12.500 €`` or ``€12,500``."""
        amount = self.number(value, digits)
        return f"{amount}{_NO_BREAK_SPACE}€" if self.language == "de" else f"€{amount}"


@lru_cache(maxsize=len(LANGUAGES))
def texts(language: str) -> Texts:
    """Return the texts of a language; an unknown one falls back to German."""
    chosen = language if language in LANGUAGES else "de"
    merged: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((_LOCALES / chosen).glob("*.po")):
        for key, message in read_messages(path).items():
            if key in merged:
                raise KeyError(f"{key} stands in two catalogues, the second is {path.name}")
            merged[key] = message
    return Texts(chosen, MappingProxyType(merged))


def read_messages(path: Path) -> dict[str, str | tuple[str, ...]]:
    """Return the messages of one ``.po`` file by key; plural messages as a tuple of forms."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file)
    messages: dict[str, str | tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        messages[key] = tuple(message.string) if isinstance(message.string, (tuple, list)) else message.string
    return messages


@lru_cache(maxsize=len(LANGUAGES))
def _separators(language: str) -> tuple[str, str]:
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_group_symbol(language), get_decimal_symbol(language)


def digits_apart(values: Iterable[float], digits: int = 0, most: int = 6) -> int:
    """Return how many decimals keep numbers apart that differ, so that a comparison never reads "80, not 80".

    At least ``digits``, at most ``most``: numbers that are the same at ``most`` decimals count as equal.
    """
    known = {round(value, most) for value in values if math.isfinite(value)}
    return next((n for n in range(digits, most) if len({round(value, n) for value in known}) == len(known)), most)


def digits_needed(value: float, digits: int = 0, most: int = 4) -> int:
    """Return how many decimals a number that somebody has set needs to be read as it was set."""
    return digits_apart((value, round(value, digits)), digits, most)


def _without_negative_zero(value: float, digits: int) -> float:
    rounded = round(value, digits)
    return 0.0 if rounded == 0 else value
