"""Every file that can be taken away: workbook, spatial data, archives."""

from geo.output.files.csv import Style, style_of, table_csv
from geo.output.files.formats import NEEDS_SITES, WHATS, FileMaker, FileOptions, Part, as_zip, parts_of, stem_of
from geo.output.files.geodata import geopackage
from geo.output.files.xlsx import workbook
