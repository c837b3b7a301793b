"""Tables as they are sent: CSV and workbooks to frames of text, text to numbers and dates."""

from geo.region.tables.dates import parse_date, parse_dates
from geo.region.tables.grid import grid_columns, read_grid
from geo.region.tables.markers import MARKER_SETS, MarkerSet
from geo.region.tables.numbers import Thousands, parse_numbers
from geo.region.tables.table import Table, TableSpec, read_table, sheet_names
