"""Regions and their streets, kept for all sessions."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import streamlit as st

from geo.reach.streets import StreetNetwork
from geo.region.model import Region
from geo.region.package import load_region
from geo.siting.ask import (
    streets_of,
)
from pages.shared.kept import kept

_STREETS_KEPT = 12


def load(folder: Path) -> Region:
    """Return the region in a package folder, read again when its files have changed."""
    return _load(str(folder), max(file.stat().st_mtime_ns for file in folder.iterdir()))


@st.cache_resource(max_entries=12, show_spinner=False)
def _load(folder: str, changed: int) -> Region:
    region = load_region(Path(folder))
    # A region lives as long as the server; taken out of the collector's sight it costs no rerun any time.
    gc.collect()
    gc.freeze()
    return region


@kept(6)
def network(region: Region) -> StreetNetwork:
    """Return the streets of a region; kept on disk too, since reading them takes a second."""
    return streets_of(region, cache=_streets_folder())


def _streets_folder() -> Path | None:
    """Return the folder in which streets are kept, or None where there is no place to write."""
    from platformdirs import user_cache_path

    folder = user_cache_path("nahbar", appauthor=False) / "streets"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(folder.glob("streets-*.npz"), key=lambda file: file.stat().st_mtime)
        for old in files[:-_STREETS_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
