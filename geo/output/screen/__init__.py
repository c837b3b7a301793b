"""Maps and charts for a browser: in the app and as one file."""

from geo.output.screen.folium_map import Assets, MapWords, base_map, bounds, painting, painting_json, screen_geometry
from geo.output.screen.plotly_charts import chart_config, plotly_figure
from geo.output.screen.standalone import standalone_map
