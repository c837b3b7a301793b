"""Step 2 of the import, sites: where offices and host places are, and which columns say more about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from geo.region import SERVICES, SiteKind
from geo.region.recipes import SITE_HEADINGS, SiteSource, draft_sites
from geo.text import Texts
from pages.shared.importing.fields import pick
from pages.shared.importing.file_view import FileView
from pages.shared.importing.files import escaped
from pages.shared.importing.tables import SYSTEMS, show_preview, system_name
from pages.shared.shell import paragraph

_AT_ONCE = 3


def map_sites(t: Texts, view: FileView) -> SiteSource:
    """Show a table of places and the fields that say what it means; return what they say."""
    columns = view.columns
    assert columns is not None
    guess, name = draft_sites(columns), view.name
    headings = columns.headings
    with st.container(border=True):
        st.markdown(f"#### {t('import.sites', file=escaped(name))}")
        show_preview(t, view)
        row = st.columns(4)
        chosen = {
            field: pick(
                place, t(f"import.site_{field}"), f"site.{field}.{name}", headings, getattr(guess, field) or headings[0]
            )
            for place, field in zip(row, ("key", "name", "x", "y"), strict=True)
        }
        left, right = st.columns(2)
        kinds = tuple(kind.value for kind in SiteKind)
        by_column = tuple(f"column:{heading}" for heading in headings)
        first = f"column:{guess.kind_column}" if guess.kind_column else SiteKind.HOST.value
        kind = pick(
            left, t("import.site_kind"), f"site.kind.{name}", (*kinds, *by_column), first,
            told=lambda one: t(f"import.site_kind_{one}") if one in kinds else t("import.in_column", column=one[7:]),
        )  # fmt: skip
        crs = pick(
            right,
            t("import.site_crs"),
            f"site.crs.{name}",
            SYSTEMS[1:],
            "EPSG:4326",
            told=lambda one: system_name(t, one),
        )
        further = _further_columns(t, name, headings, guess.columns)
    is_column = kind.startswith("column:")
    return SiteSource(
        name,
        chosen["key"],
        chosen["name"],
        chosen["x"],
        chosen["y"],
        kind="" if is_column else kind,
        kind_column=kind[7:] if is_column else "",
        crs=crs,
        columns=further,
    )


def _further_columns(t: Texts, name: str, headings: Sequence[str], guess: Mapping[str, str]) -> dict[str, str]:
    """Show a field for each further column a site may have; return the headings by what they say."""
    chosen = {}
    targets = tuple(SITE_HEADINGS)
    with st.expander(t("import.site_columns", n=len(guess))):
        paragraph(t("import.site_columns_text", services=", ".join(SERVICES)))
        for start in range(0, len(targets), _AT_ONCE):
            for place, target in zip(st.columns(_AT_ONCE), targets[start : start + _AT_ONCE], strict=False):
                heading = pick(
                    place, t(f"site_column.{target}"), f"site.{target}.{name}", ("", *headings), guess.get(target, ""),
                    told=lambda one: one or t("import.none"),
                )  # fmt: skip
                if heading:
                    chosen[target] = heading
    return chosen
