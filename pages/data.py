"""Data: what the region in view holds, and how own files become a region."""

from __future__ import annotations

from pages.shared import state
from pages.shared.importing import show_import, show_region
from pages.shared.shell import heading, language, scope_bar, words

t = words()
region = scope_bar()
heading(t("data.title"), t("data.lead"))
if region is not None:
    state.write_link(lang=language(), region=region.id)
    show_region(t, region)
show_import(t)
