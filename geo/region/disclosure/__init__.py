"""Disclosure control: which counts are withheld so that nobody can be recognised."""

from geo.region.disclosure.suppression import apply_disclosure, is_publicly_small, round_people, violates

__all__ = [
    "apply_disclosure",
    "is_publicly_small",
    "round_people",
    "violates",
]
