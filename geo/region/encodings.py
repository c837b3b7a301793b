"""Which encoding a text was written in, judged by the signs German text uses; nothing else is guessed."""

from __future__ import annotations

import re

# What German offices have written in; a wrong guess beyond these would pass for text.
OLD_ENCODINGS = ("cp1252", "cp850", "mac_roman")
LIKELY = 0.6
_GERMAN = frozenset("äöüÄÖÜßéèáàóçñ§°²³€©–„“”‚‘’…·×µ\u00a0\u00ad«»")
# Umlauts of DOS and Mac as Windows shows them: K”ln, KÜln, Stra§e, Groáweiler. No German word has these signs there.
_WITHIN_A_WORD = re.compile(
    r"(?<=[^\W\d_])[„”“‚‘…§](?=[^\W\d_])|(?<=[A-Za-z])[ÄÖÜ](?=[a-z])|(?<=[Ss]tra)á(?=e)|(?<=[Gg]ro)á"
)


def german_share(text: str) -> float:
    """Return the share of signs beyond ASCII that German text uses; a control sign (C1) proves a wrong encoding: 0."""
    foreign = [sign for sign in text if ord(sign) > 127]
    if any("\x80" <= sign <= "\x9f" for sign in foreign):
        return 0.0
    german = sum(sign in _GERMAN for sign in foreign) - len(_WITHIN_A_WORD.findall(text))
    return german / max(len(foreign), 1)


def likeliest(content: bytes, least: float = LIKELY) -> str | None:
    """Return the old encoding that makes most of ``content`` German, or nothing where none does by ``least``."""
    shares = {}
    for candidate in OLD_ENCODINGS:
        try:
            shares[candidate] = german_share(content.decode(candidate))
        except UnicodeDecodeError:
            continue
    best = max(shares, key=lambda candidate: shares[candidate], default=None)
    return best if best is not None and shares[best] >= least else None
