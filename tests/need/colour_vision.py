"""Colours as seen: luminance, distance, and the two common kinds of colour blindness."""

from __future__ import annotations

import numpy as np

# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ @ np.ones(3)


def linear(colour: str, sight: str = "normal") -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    light = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.clip(SIGHT[sight] @ light, 0, 1)


def luminance(colour: str, sight: str = "normal") -> float:
    return float(TO_XYZ[1] @ linear(colour, sight))


def contrast(first: str, second: str, sight: str = "normal") -> float:
    """WCAG contrast, 1 to 21."""
    low, high = sorted((luminance(first, sight), luminance(second, sight)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, sight: str = "normal") -> np.ndarray:
    ratio = TO_XYZ @ linear(colour, sight) / WHITE
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(first: str, second: str, sight: str = "normal") -> float:
    """Distance in CIELAB; about 2 is just noticeable side by side, 10 is seen at a glance."""
    return float(np.linalg.norm(lab(first, sight) - lab(second, sight)))
