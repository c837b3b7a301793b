"""Which ground is built up, and with what: the part of each quarter people can live on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from data.generator.plan import FABRICS, PLOTS, Plot
from data.generator.quarters import divide
from data.generator.shapes import Floats, Warp, blob, coordinates
from data.generator.terrain import Terrain

BANK_M = 12.0


@dataclass(frozen=True)
class Ground:
    """Quarters with their built-up ground.

    Parameters
    ----------
    shapes
        Polygon of each plot; together a valid coverage of the outline.
    built
        Built-up ground of each plot.
    middles
        Middle of each plot in metres.
    lanes
        Bent lines halfway between plots.
    barrier
        Ground no local street enters: water with its banks, tracks, motorway.
    """

    shapes: list[Polygon]
    built: list[BaseGeometry]
    middles: Floats
    lanes: BaseGeometry
    barrier: BaseGeometry


def lay_out(terrain: Terrain, rng: np.random.Generator) -> tuple[Terrain, Ground]:
    """Return the terrain with its woods cleared for villages, and the quarters with what is built in each."""
    warp = Warp(rng, [(1200, 58), (340, 22), (130, 6)])
    plan = coordinates([(plot.x, plot.y) for plot in PLOTS])
    strong = {
        "river": [terrain.river],
        "rail": [line for _, line in terrain.rails],
        "motorway": [terrain.motorway],
        "road": [road.line for road in terrain.roads if road.kind != "tertiary"],
    }
    shapes, lanes = divide(terrain.outline, plan, strong, warp)
    middles = np.array([_middle(shape, point) for shape, point in zip(shapes, plan, strict=True)])
    wet = shapely.union_all([area for name, area in terrain.water.items() if name not in ("Hallbach", "Kaltenbach")])
    barrier = shapely.union_all([wet.buffer(BANK_M), terrain.rail_area, terrain.motorway_area])
    kept_free = shapely.union_all([barrier, *terrain.parks.values()])
    woods, works = shapely.union_all(list(terrain.forests.values())), shapely.union_all(list(terrain.works.values()))
    built = []
    for plot, shape, middle in zip(PLOTS, shapes, middles, strict=True):
        without = [kept_free]
        without += [] if plot.fabric in ("vil", "wood") else [woods]
        without += [] if plot.fabric == "ind" else [works.buffer(40)]
        built.append(_built_up(rng, plot, shape, middle, shapely.union_all(without)))
    cleared = shapely.union_all(built)
    forests = {name: area.difference(cleared) for name, area in terrain.forests.items()}
    return replace(terrain, forests=forests), Ground(shapes, built, middles, lanes, barrier)


def _middle(shape: Polygon, planned: Floats) -> Floats:
    """Return the planned middle, or one well inside if the borders left it near the edge."""
    point = shapely.Point(planned)
    if shape.contains(point) and shape.exterior.distance(point) > 120:
        return np.asarray(planned)
    return np.asarray(shapely.maximum_inscribed_circle(shape, tolerance=20).coords[0])


def _built_up(
    rng: np.random.Generator, plot: Plot, shape: Polygon, middle: Floats, without: BaseGeometry
) -> BaseGeometry:
    reach = FABRICS[plot.fabric].built_m
    ground = shape if reach > 5e3 else shape.intersection(blob(rng, tuple(middle), reach, 0.2, rng.uniform(1.0, 1.5)))
    ground = ground.difference(without)
    return ground if plot.fabric in ("ind", "wood") else ground.buffer(-25).buffer(25)
