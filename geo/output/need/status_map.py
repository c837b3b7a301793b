"""Status and dynamics of quarters as a map, and the 4 × 3 key of its colours."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo.need import DYNAMICS_CLASSES, STATUS_CLASSES, StatusDynamics
from geo.output.need.atlas import category_view
from geo.output.values import NO_DATA, STATUS_COLOURS, WITHHELD, MapView, palette
from geo.region import ValueState
from geo.region.model import Region
from geo.text import Texts


def status_view(t: Texts, region: Region, found: StatusDynamics, *, theme: str) -> MapView:
    """Return the map of status and dynamics: twelve classes, or four where there are no dynamics."""
    pairs = _pairs(found)
    colours = {pair: _status_colour(pair, theme) for pair in pairs}
    rows = found.quarters.to_dict("index")
    withheld = {one.quarter_id for one in found.status.left_out if one.state == ValueState.SUPPRESSED}
    classes, tooltips = [], []
    for key in region.quarters.index.astype(str):
        row = rows.get(key)
        pair = (str(row["status"]), row["dynamics"] or "") if row is not None else ("", "")
        if found.dynamics is None:
            pair = (pair[0], "")
        is_known = pair in colours
        classes.append(pairs.index(pair) if is_known else WITHHELD if key in withheld else NO_DATA)
        lines = [t("status.tooltip", status=t(f"status.{pair[0]}.label"))] if pair[0] else []
        lines += [t("dynamics.tooltip", dynamics=t(f"dynamics.{pair[1]}.label"))] if pair[1] else []
        if row is not None and not pd.isna(row["needs_attention"]) and row["needs_attention"]:
            lines.append(t("status.needs_attention.label"))
        tooltips.append(tuple(lines) or (t("map.withheld") if key in withheld else t("map.no_data"),))
    return category_view(
        t,
        region,
        (tuple(classes), tuple(tooltips)),
        colours=tuple(colours.values()),
        labels=tuple(_pair_label(t, pair) for pair in pairs),
        title=t("persistence.legend.status", date=t.date(found.date)),
        date=found.date,
        theme=theme,
    )


@dataclass(frozen=True)
class KeyCell:
    """One field of the 4 × 3 key: its colour, how many quarters, and whether they need attention."""

    colour: str
    quarters: int
    needs_attention: bool


def status_key(found: StatusDynamics, *, theme: str) -> tuple[tuple[KeyCell, ...], ...]:
    """Return the key of status (rows, high first) and dynamics (columns, positive first) with numbers of quarters."""
    if found.dynamics is None:
        counts = found.quarters["status"].value_counts()
        return tuple(
            (KeyCell(_status_colour((name, ""), theme), int(counts.get(name, 0)), name == "very_low"),)
            for name in STATUS_CLASSES
        )
    return tuple(
        tuple(
            KeyCell(
                _status_colour((status, dynamics), theme),
                found.matrix[row][column],
                status == "very_low" or (status == "low" and dynamics == "negative"),
            )
            for column, dynamics in enumerate(DYNAMICS_CLASSES)
        )
        for row, status in enumerate(STATUS_CLASSES)
    )


def _pairs(found: StatusDynamics) -> list[tuple[str, str]]:
    if found.dynamics is None:
        return [(status, "") for status in STATUS_CLASSES]
    return [(status, dynamics) for status in STATUS_CLASSES for dynamics in DYNAMICS_CLASSES]


def _status_colour(pair: tuple[str, str], theme: str) -> str:
    row = STATUS_CLASSES.index(pair[0])
    return palette(4, theme=theme)[row] if not pair[1] else STATUS_COLOURS[theme][row][DYNAMICS_CLASSES.index(pair[1])]


def _pair_label(t: Texts, pair: tuple[str, str]) -> str:
    status = t(f"status.{pair[0]}.label")
    return f"{status} · {t(f'dynamics.{pair[1]}.label')}" if pair[1] else status
