"""Imports what the app uses once, so that byte code is on disk and the first page opens quickly."""

from __future__ import annotations

import importlib
import sys

MODULES = (
    "streamlit.web.cli",
    "streamlit.web.bootstrap",
    "streamlit_folium",
    "plotly.graph_objects",
    "geo.output.atlas",
    "geo.output.charts",
    "geo.output.compare",
    "geo.output.compare_charts",
    "geo.output.costs",
    "geo.output.profile",
    "geo.output.screen",
    "geo.output.sites",
    "geo.output.sites_tables",
    "geo.output.summary",
    "geo.region.bundle",
    "geo.region.build",
    "geo.siting.answer",
    "geo.siting.outcome",
    "geo.siting.store.documents",
    "mapclassify",
    "esda.moran",
    "libpysal.graph",
    "highspy",
    "scipy.optimize",
)


def main() -> int:
    """Import every module of the app; return 0."""
    for name in MODULES:
        importlib.import_module(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
