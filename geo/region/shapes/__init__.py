"""Boundaries: geographic files opened with care, placed on the earth, mended and checked."""

from geo.region.shapes.boundaries import KeyCorrection, cell_text, describe_layers, read_boundaries, simplify_for_screen
from geo.region.shapes.closed_formats import check_geopackage
from geo.region.shapes.coordinates import SYSTEMS, Reading, guess_reading, places_of
from geo.region.shapes.layers import choose_layer, declares_crs, opened, read_layer
from geo.region.shapes.polygons import geometry_faults, mend
