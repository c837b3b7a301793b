"""Charts of lying bars: one figure for each place, and what a component's price does to the yearly total."""

from __future__ import annotations

from collections.abc import Sequence

from geo.output.charts.chart import MARK, Axis, Bars, Chart, Rule
from geo.siting.costs import Effect
from geo.text import Texts


def bars_chart(t: Texts, names: Sequence[str], values: Sequence[float], *, title: str) -> Chart:
    """Return one bar lying for each name, the first on top; ``title`` names the axis with its unit."""
    texts = tuple(t.number(value) for value in values)
    bars = Bars(title, tuple(names), tuple(values), MARK, texts=texts, says=texts)
    return Chart((bars,), Axis(title, low=0), Axis(), height=90 + 34 * len(names))


def tornado_chart(t: Texts, effects: Sequence[Effect], total_eur: float, *, swing: float = 0.2) -> Chart:
    """Return the yearly total where one component costs less or more, the widest bar on top."""
    labels = tuple(t(f"costs.effect_{effect.component}") for effect in effects)
    parts = []
    for end, tone in (("low", ("#3f7fba", "#6ea6d8")), ("high", ("#c9741f", "#d99a5a"))):
        ends = tuple(effect.low_eur if end == "low" else effect.high_eur for effect in effects)
        says = tuple(
            t("costs.effect", component=label, euro=t.euros(value)) for label, value in zip(labels, ends, strict=True)
        )
        name = t(f"costs.swing_{end}", swing=t.percent(100 * swing, 0))
        parts.append(Bars(name, labels, ends, tone, start=total_eur, says=says))
    rule = Rule(total_eur, dash="solid")
    return Chart(tuple(parts), Axis(t("costs.axis_year"), most=3), Axis(), (rule,), height=90 + 42 * len(effects))
