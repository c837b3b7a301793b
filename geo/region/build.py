"""From files to a region: what a recipe says is read, checked, joined and assembled."""

from __future__ import annotations

from geo.region.assemble import assemble_region

__all__ = ["assemble_region"]
