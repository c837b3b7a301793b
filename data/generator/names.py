"""Invented names of streets and places."""

from __future__ import annotations

import numpy as np

_STEMS = [
    "Ahorn",
    "Akazien",
    "Amsel",
    "Anger",
    "Apfel",
    "Backhaus",
    "Bäcker",
    "Binsen",
    "Birken",
    "Böttcher",
    "Brunnen",
    "Buchen",
    "Dohlen",
    "Dorn",
    "Drossel",
    "Eiben",
    "Eichen",
    "Erlen",
    "Eschen",
    "Fähr",
    "Falken",
    "Färber",
    "Feld",
    "Fichten",
    "Finken",
    "Fischer",
    "Flieder",
    "Furt",
    "Garten",
    "Gerber",
    "Gersten",
    "Ginster",
    "Glocken",
    "Grenz",
    "Hafer",
    "Hain",
    "Hasel",
    "Heide",
    "Hirten",
    "Holunder",
    "Hopfen",
    "Iltis",
    "Kamp",
    "Kapellen",
    "Kastanien",
    "Kiebitz",
    "Kiefern",
    "Kies",
    "Kirch",
    "Klee",
    "Korn",
    "Kranich",
    "Kreuz",
    "Lärchen",
    "Lehm",
    "Lerchen",
    "Linden",
    "Lupinen",
    "Markt",
    "Meisen",
    "Mohn",
    "Moor",
    "Mühlen",
    "Nelken",
    "Nuss",
    "Obst",
    "Pappel",
    "Pfarr",
    "Platanen",
    "Quell",
    "Reiher",
    "Roggen",
    "Rosen",
    "Rotdorn",
    "Sand",
    "Schäfer",
    "Schlehen",
    "Schmiede",
    "Schul",
    "Schwalben",
    "Seiler",
    "Sonnen",
    "Speicher",
    "Star",
    "Stein",
    "Stern",
    "Tannen",
    "Tauben",
    "Teich",
    "Tor",
    "Töpfer",
    "Trift",
    "Tulpen",
    "Ulmen",
    "Veilchen",
    "Wacholder",
    "Wasser",
    "Weber",
    "Weiden",
    "Weizen",
    "Wiesel",
    "Wiesen",
    "Winkel",
    "Zaunkönig",
    "Ziegel",
    "Zimmer",
]
_ENDINGS = ("straße", "weg", "gasse", "allee", "ring", "steig", "hof", "grund", "zeile", "winkel")
_ODDS = np.array([0.36, 0.28, 0.07, 0.05, 0.05, 0.05, 0.04, 0.04, 0.03, 0.03])


class StreetNames:
    """Gives each street a name no other street has, as long as there are any."""

    def __init__(self, rng: np.random.Generator) -> None:
        names = [stem + ending for stem in _STEMS for ending in _ENDINGS if not stem.endswith(ending)]
        odds = np.array([_ODDS[_ENDINGS.index(next(e for e in _ENDINGS if name.endswith(e)))] for name in names])
        order = rng.choice(len(names), len(names), replace=False, p=odds / odds.sum())
        self._names = [names[index] for index in order]
        self._given = 0

    def next(self) -> str:
        """Return the next name."""
        name = self._names[self._given % len(self._names)]
        self._given += 1
        return name
