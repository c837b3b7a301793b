"""Maps and charts on paper: PNG, SVG and PDF; typeset pages."""

from geo.output.paper.print_files import chart_file, map_file
from geo.output.paper.series import Step, safe_name, series_pdf, series_zip
from geo.output.paper.sheet import LEAST_MM, LOGO_BYTES, SIZES, Kind, LegendPlace, Sheet, clean_logo
from geo.output.paper.typesetting import COUNTRIES, typeset
