"""Where the demo data come from: nowhere but the generator, and everything says so."""

from __future__ import annotations

from geo.region import Source

TITLE = "Fiktive Daten für Vorführung und Test"
LICENCE = "CC0-1.0"
LICENCE_URL = "https://creativecommons.org/publicdomain/zero/1.0/"


def sources(cells: str, *more: str) -> tuple[Source, ...]:
    """Return one source for each part of a demo region; ``cells`` says how large its cells are, ``more`` what else."""
    parts = (
        "Quartiere",
        "Statistik zum 31.12., 2014 bis 2025",
        f"Bevölkerung in {cells}",
        "Standorte",
        "Landschaft",
        "Straßennetz",
        *more,
    )
    return tuple(
        Source(
            title=f"{TITLE}: {part}", publisher="Nahbar", licence=LICENCE, licence_url=LICENCE_URL, is_fictional=True
        )
        for part in parts
    )
