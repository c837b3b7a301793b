"""Imports what the app uses once, so that byte code is on disk and the first page opens quickly."""

from __future__ import annotations

import importlib
import sys

MODULES = (
    "streamlit.web.cli",
    "streamlit.web.bootstrap",
    "streamlit_folium",
    "plotly.graph_objects",
    "geo.output.need.atlas",
    "geo.output.charts.trend",
    "geo.output.sites.compare",
    "geo.output.charts.scenarios",
    "geo.output.sites.costs",
    "geo.output.need.profile",
    "geo.output.screen.folium_map",
    "geo.output.sites.plan_map",
    "geo.output.sites.site_tables",
    "geo.output.need.summary",
    "geo.region.package.bundle",
    "geo.region.recipes.build",
    "geo.siting.ask.answers",
    "geo.siting.scenario.outcome",
    "geo.store.documents",
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
