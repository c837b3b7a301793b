"""Maps and charts for a browser: in the app and as one file."""

from geo.output.screen.folium_map import Assets, MapWords, base_map, bounds, painting, painting_json, screen_geometry
from geo.output.screen.plotly_charts import chart_config, plotly_figure
from geo.output.screen.standalone import standalone_map

__all__ = [
    "Assets",
    "MapWords",
    "base_map",
    "bounds",
    "chart_config",
    "painting",
    "painting_json",
    "plotly_figure",
    "screen_geometry",
    "standalone_map",
]
