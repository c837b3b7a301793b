"""Data: what the region in view holds, and how own files become a region."""

from __future__ import annotations

from geo.bounded import prepare
from pages.shared import state
from pages.shared.importing import show_import, show_region
from pages.shared.shell import heading, language, paragraph, scope_bar, words
from pages.shared.starting import takes_imports

t = words()
region = scope_bar()
heading(t("data.title"), t("data.lead"))
if region is not None:
    state.write_link(lang=language(), region=region.id)
    show_region(t, region)
if takes_imports():
    prepare()
    show_import(t)
else:
    paragraph(t("import.off"))
