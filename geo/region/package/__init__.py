"""A region on disk: a Frictionless Data Package, written and read."""

from geo.region.package.bundle import load_region, write_region
from geo.region.package.descriptor import DESCRIPTOR
