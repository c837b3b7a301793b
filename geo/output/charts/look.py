"""What all charts on screen have in common: colours by theme, separators by language, plain backgrounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.text import Texts

if TYPE_CHECKING:
    import plotly.graph_objects as go

GROUND = {"light": "#ffffff", "dark": "#12191b"}
INK = {"light": "#17262b", "dark": "#e8efee"}
GRID = {"light": "#dfe6e5", "dark": "#33403f"}
GREY = {"light": "#6f7d80", "dark": "#9fb0b0"}
BAND = {"light": "rgba(11,92,99,0.16)", "dark": "rgba(92,194,192,0.22)"}
MARK = {"light": "#b4460f", "dark": "#ffae6b"}


def dress(t: Texts, figure: go.Figure, theme: str, *, top: int = 44) -> None:
    """Give a figure the product's look; ``top`` is the room for the legend in pixels."""
    figure.update_layout(
        separators=",." if t.language == "de" else ".,",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": INK[theme], "size": 13},
        margin={"l": 8, "r": 8, "t": top, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hoverlabel={"align": "left"},
        dragmode=False,
    )
    figure.update_xaxes(showgrid=False, linecolor=GREY[theme], ticks="outside", automargin=True, fixedrange=True)
    figure.update_yaxes(gridcolor=GRID[theme], zeroline=False, automargin=True, fixedrange=True)


def plain(text: str) -> str:
    """Return text that plotly does not take for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
