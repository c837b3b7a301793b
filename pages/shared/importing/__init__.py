"""The import: files, mapping, check, result."""

from pages.shared.importing.region import show_region
from pages.shared.importing.steps import show_import

__all__ = [
    "show_import",
    "show_region",
]
