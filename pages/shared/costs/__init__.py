"""The parts of the costs page."""

from pages.shared.costs import view
