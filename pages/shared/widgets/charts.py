"""A chart on a page, with the button that gives it out."""

from __future__ import annotations

import streamlit as st

from geo.output.charts import Chart
from geo.output.screen import chart_config, plotly_figure
from geo.region.model import Region
from geo.text import Texts
from pages.shared.shell import theme
from pages.shared.widgets.export_dialog import Paper, export_chart


def show_chart(
    t: Texts,
    region: Region,
    chart: Chart,
    paper: Paper | None,
    *,
    key: str,
    alt: str | None = None,
    saves: bool = False,
) -> None:
    """Show a chart and below it the button of the dialog; ``saves`` puts one above it that saves the drawing at once.

    Parameters
    ----------
    paper
        What stands around it as a file; None where the page sets the button itself.
    alt
        What the chart shows, for who cannot see it.
    """
    figure = plotly_figure(t, chart, theme(), saves=saves)
    st.plotly_chart(figure, key=key, config=chart_config(t, saves=saves), alt=alt)
    if paper is not None:
        export_chart(t, region, paper, chart)
