"""The import: files, mapping, check, result."""

from pages.shared.importing.import_steps import show_import
from pages.shared.importing.region import show_region
