"""Charts that only documents have: bars of one figure for each place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from geo.output.charts import MARK, dress, plain
from geo.text import Texts

if TYPE_CHECKING:
    import plotly.graph_objects as go


def bars_chart(t: Texts, names: Sequence[str], values: Sequence[float], *, title: str, theme: str) -> go.Figure:
    """Return one bar lying for each name, the first on top; ``title`` names the axis with its unit."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Bar(
            x=list(values),
            y=[plain(name) for name in names],
            name=plain(title),
            orientation="h",
            marker={"color": MARK[theme]},
            text=[t.number(value) for value in values],
            textposition="auto",
            showlegend=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    dress(t, figure, theme, top=8)
    figure.update_xaxes(title=plain(title), rangemode="tozero", tickformat=",.0f")
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    figure.update_layout(height=90 + 34 * len(names))
    return figure
