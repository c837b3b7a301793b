"""Concentration: in how few quarters need is, by how much, and where like lies beside like."""

from __future__ import annotations

import streamlit as st

from geo.output.charts import lorenz_chart, years_chart
from geo.output.need import (
    METHODS,
    NEIGHBOURHOODS,
    cluster_lines,
    cluster_view,
    concentration_table,
    converted_lines,
    half_sentence,
    left_out_lines,
    measures,
    neighbourhood_text,
)
from geo.output.values import measure_label
from geo.region.reforms import CONVERTED
from pages.shared import state
from pages.shared.atlas import choose_quarter
from pages.shared.need import cache as need_cache
from pages.shared.need import cannot_be_said, choose_indicator, notes, profile_link
from pages.shared.shell import Figure, figures, heading, language, paragraph, scope_bar, theme, words
from pages.shared.widgets import Paper, export_map, show_chart, show_map, show_table, take_quarter

CORRECTIONS = ("false_discovery", "none")

t = words()
region = scope_bar()
if region is not None:
    heading(t("concentration.title"))
    lead = st.empty()
    chosen = choose_indicator(t, region)
    if chosen is not None:
        indicator, date = chosen
        quarter = choose_quarter(region)
        shown = {"indicator": indicator.key, "date": date, "quarter": quarter}
        rule = state.recalled("beside", "control", "cluster_method")
        state.write_link(lang=language(), region=region.id, **shown, **rule)
        beside = state.setting("beside", NEIGHBOURHOODS, "queen")
        control = state.setting("control", CORRECTIONS, "false_discovery")
        found = need_cache.concentration(region, indicator, date)
        with lead:
            if found.reason is not None:
                cannot_be_said(t, "concentration.cannot_be_said", found.reason, indicator)
            else:
                paragraph(half_sentence(t, region, indicator, found), "nb-lead")
        notes(converted_lines(t, region, [date]))
        with st.spinner(t("concentration.working")):
            lying = need_cache.clusters(region, indicator, date, beside, control)
        said = measures(t, found, lying.moran)
        if said:
            figures(
                Figure(one.number, f"{t(f'concentration.measure.{one.key}')}: {one.meaning}", one.range) for one in said
            )
        size = found.unit_size
        if size is not None and found.reason is None:
            told = {"quarters": t.number(size.units), "people": t.number(size.mean_residents)}
            notes([t("concentration.unit_size", **told), *left_out_lines(t, found.left_out)])

        st.header(t("clusters.title"), anchor=False)
        how, near, strict = st.columns([1, 1, 1.2], gap="medium")
        label, words_of = t("clusters.method"), lambda key: t(f"clusters.method.{key}")
        method = state.choose(how.selectbox, label, "cluster_method", METHODS, "moran", words=words_of)
        label, words_of = t("clusters.beside"), lambda key: neighbourhood_text(t, key)
        state.choose(near.selectbox, label, "beside", NEIGHBOURHOODS, "queen", words=words_of)
        label, words_of = t("clusters.control"), lambda key: t(f"clusters.control.{key}")
        state.choose(strict.selectbox, label, "control", CORRECTIONS, CORRECTIONS[0], words=words_of)
        view, others = None, []
        if lying.reason is not None:
            cannot_be_said(t, "clusters.cannot_be_said", lying.reason, indicator)
        else:
            view = cluster_view(t, region, indicator, lying, method, theme=theme())
            first, *others = cluster_lines(t, lying, method)
            others += left_out_lines(t, lying.left_out) if found.reason is not None else ()
            paragraph(first, "nb-lead")
        map_side, curve_side = st.columns([1.5, 1], gap="medium") if found.lorenz else (st.container(), None)
        if view is not None:
            with map_side:
                show_map(
                    region, view.with_selected(quarter), key="concentration_map", height=560, on_choose=take_quarter
                )
                paper = Paper("clusters_map", view.legend.title, t(f"clusters.method.{method}"), date)
                export_map(t, region, paper, lambda: cluster_view(t, region, indicator, lying, method, theme=theme()))
                notes(others)
        if curve_side is not None:
            with curve_side:
                st.subheader(t("concentration.lorenz"), anchor=False)
                counted, among = (
                    measure_label(t, region, key) for key in (indicator.numerator, str(indicator.denominator))
                )
                axes = {key: t("chart.cumulated", what=name) for key, name in (("counted", counted), ("among", among))}
                paper = Paper("lorenz", f"{t('concentration.lorenz')}, {region.name}", t("paper.stand"), date)
                chart = lorenz_chart(t, found, **axes)
                show_chart(t, region, chart, paper, key="lorenz", alt=t("concentration.lorenz"), saves=True)
                paragraph(t("concentration.lorenz_text", value=t.number(found.gini_residents or 0.0, 2)))

        st.header(t("concentration.ranks"), anchor=False)
        paragraph(t("concentration.ranks_text" if indicator.denominator else "concentration.ranks_plain"))
        table = concentration_table(t, region, indicator, found, view)
        show_table(
            table, key="concentration_table", selected=quarter, on_choose=lambda key: state.remember("quarter", key)
        )
        profile_link(t, region, quarter)

        if len(region.dates) > 1:
            st.header(t("concentration.years"), anchor=False)
            years = need_cache.years(region, indicator, beside)
            if int(years.notna().any(axis=1).sum()) < 2:
                st.info(t("concentration.years_none"), icon=":material/info:")
            else:
                paper = Paper("concentration_years", f"{t('concentration.years')}, {region.name}", "", region.dates[-1])
                chart = years_chart(t, region, years)
                show_chart(t, region, chart, paper, key="years", alt=t("concentration.years"), saves=True)
                is_converted = any(key == CONVERTED for _, key in region.breaks)
                paragraph(t("concentration.years_text"))
                notes([t("concentration.years_converted") if is_converted else ""])
