"""Pieces that several pages use: map frame, table, export dialog, downloads."""

from pages.shared.widgets.charts import show_chart
from pages.shared.widgets.export_dialog import Paper, export_chart, export_map
from pages.shared.widgets.export_jobs import SeriesJob
from pages.shared.widgets.files import apply_import_look, hand_out
from pages.shared.widgets.given_file import given_file
from pages.shared.widgets.map_frame import bare_frame, show_map, take_quarter
from pages.shared.widgets.quarter_table import show_table
