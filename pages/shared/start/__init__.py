"""The parts of the start page."""

from pages.shared.start.figures import about_data, key_figures

__all__ = ["about_data", "key_figures"]
