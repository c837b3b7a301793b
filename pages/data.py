"""Data: what the region in view holds, and how own files become a region."""

from __future__ import annotations

from pages.shared import state
from pages.shared.import_region import show_region
from pages.shared.importing import show_import
from pages.shared.language import language, words
from pages.shared.look import heading
from pages.shared.scope import scope_bar

t = words()
region = scope_bar()
heading(t("data.title"), t("data.lead"))
if region is not None:
    state.write_link(lang=language(), region=region.id)
    show_region(t, region)
show_import(t)
