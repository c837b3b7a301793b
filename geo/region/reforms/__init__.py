"""Boundary reforms: figures of old quarters carried over to new ones."""

from geo.region.reforms.changes import Change, carry_over, read_changes
from geo.region.reforms.crosswalk import CONVERTED
from geo.region.reforms.lines import read_change_lines
