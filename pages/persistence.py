"""Lasting need: where need stays high over years, begins, ends, and by which rule."""

from __future__ import annotations

import streamlit as st

from geo.output.need import converted_lines, group_lines, lasting_table, lead, members, remarks, rule_text, variant_text
from pages.shared import state
from pages.shared.atlas import choose_quarter
from pages.shared.need import (
    apply_need_look,
    cannot_be_said,
    causes_of,
    choose_groups,
    choose_indicator,
    choose_map,
    choose_rule,
    export_lasting,
    map_of,
    mark_cause,
    notes,
    profile_link,
    show_heat,
    status_side,
)
from pages.shared.need import cache as need_cache
from pages.shared.shell import bullets, heading, language, paragraph, scope_bar, words
from pages.shared.widgets import show_map, show_table, take_quarter

t = words()
region = scope_bar()
if region is not None:
    apply_need_look()
    heading(t("persistence.title"))
    first_words = st.empty()
    chosen = choose_indicator(t, region)
    if chosen is not None:
        indicator, date = chosen
        quarter = choose_quarter(region)
        shown = {"indicator": indicator.key, "date": date, "quarter": quarter}
        how = state.recalled("lasting_needed", "lasting_dates", "lasting_sure", "lasting_map")
        state.write_link(lang=language(), region=region.id, **shown, **how)
        dates = tuple(day for day in region.dates if day <= date)
        rule = choose_rule(t, len(dates))
        marked = tuple(sorted(causes_of(region).items()))
        found = need_cache.persistence(region, indicator, dates, rule, marked)
        if found.reason is not None:
            with first_words:
                cannot_be_said(t, "persistence.cannot_be_said", found.reason, indicator)
            notes(remarks(t, indicator, found))
        else:
            said, *others = lead(t, region, found)
            with first_words.container():
                paragraph(said, "nb-lead")
                said_too = [*remarks(t, indicator, found), *converted_lines(t, region, found.window)]
                notes([*others, rule_text(t, indicator, found), *said_too])
            mark_cause(t, region, found, quarter)
            if any(cause != "none" for _, cause in marked):
                without = need_cache.persistence_without(region, indicator, dates, rule, marked)
                paragraph(variant_text(t, found, without), "nb-lead")

            st.header(t("persistence.heat"), anchor=False)
            groups = choose_groups(t, found)
            keys = members(found, groups)
            show_heat(t, region, indicator, found, keys)

            st.header(t("persistence.where"), anchor=False)
            shown = choose_map(t)
            map_side, key_side = st.columns([1.5, 1], gap="medium")
            with key_side:
                if shown == "status":
                    view = status_side(t, region, indicator, found.dates[-1])
                else:
                    view = map_of(t, region, indicator, found, shown)
                    bullets(group_lines(t, found, shown))
            if view is not None:
                with map_side:
                    show_map(region, view.with_selected(quarter), key="lasting_map", height=600, on_choose=take_quarter)
                    export_lasting(t, region, indicator, found, shown)

            st.header(t("persistence.list"), anchor=False)
            paragraph(t("persistence.list_text"))
            show_table(
                lasting_table(t, region, indicator, found, (keys, view)),
                key="lasting_table",
                selected=quarter,
                on_choose=lambda key: state.remember("quarter", key),
            )
            profile_link(t, region, quarter)
