"""Which regions there are, which one is in view, and its streets; regions and streets are kept for all sessions."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import streamlit as st

from geo.reach.streets import StreetNetwork
from geo.region.model import Region
from geo.region.package import DESCRIPTOR, load_region
from geo.region.renewal import releases_at
from geo.shipped import APP_FOLDER
from geo.siting.ask import streets_of
from pages.shared import state
from pages.shared.kept import kept

_OWN = "own_regions"
_STREETS_KEPT = 12


def region_folders() -> dict[str, Path]:
    """Return region packages by id: the shipped ones and those in ``NAHBAR_REGIONS`` and ``NAHBAR_REGION``."""
    folders = [APP_FOLDER / "data"]
    folders += [Path(text) for text in os.environ.get("NAHBAR_REGIONS", "").split(os.pathsep) if text]
    found = {
        package.parent.name: package.parent for folder in folders for package in sorted(folder.glob(f"*/{DESCRIPTOR}"))
    }
    first = os.environ.get("NAHBAR_REGION")
    if first and (Path(first) / DESCRIPTOR).is_file():
        path = Path(first).resolve()
        found = {path.name: path, **{key: other for key, other in found.items() if key != path.name}}
    elif "musterstadt" in found:
        found = {"musterstadt": found["musterstadt"], **found}
    return found


def published_packages(region_id: str) -> tuple[Path, ...]:
    """Return the packages of a region that this server shows or has shown."""
    place = region_folders().get(region_id)
    return () if place is None else releases_at(place, region_id)


def own_regions() -> dict[str, Region]:
    """Return the regions that were imported in this session; nobody else sees them."""
    return st.session_state.setdefault(_OWN, {})  # type: ignore[no-any-return]


def keep_own(region: Region) -> None:
    """Keep an imported region for this session and bring it into view."""
    own_regions()[region.id] = region
    state.remember("region", region.id)


def region_ids() -> tuple[str, ...]:
    """Return the ids of all regions at hand, imported ones first."""
    own = tuple(own_regions())
    return own + tuple(key for key in region_folders() if key not in own)


def region_names() -> dict[str, str]:
    """Return a name for every region at hand.

    Equal names bear their id, since a list on screen tells its entries apart by name only.
    """
    names = {key: region_named(key).name for key in region_ids()}
    seen = list(names.values())
    return {key: f"{name} ({key})" if seen.count(name) > 1 else name for key, name in names.items()}


def region_named(key: str) -> Region:
    """Return a region by id."""
    own = own_regions()
    return own[key] if key in own else load(region_folders()[key])


def current_region() -> Region:
    """Return the region in view."""
    ids = region_ids()
    return region_named(state.setting("region", ids, ids[0]))


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
