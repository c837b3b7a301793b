"""The parts of the start page."""

from pages.shared.start.figures import key_figures
