"""Single cells put right by the recipe: each with what stood there before and the reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from geo.findings import Finding, note, warning
from geo.region.model import CORRECTED
from geo.region.recipes.recipe import CellCorrection
from geo.region.schema import STATES_WITH_NUMBER, ValueState

_TOLERANCE = 1e-6


def correct_cells(values: pd.DataFrame, corrections: Iterable[CellCorrection]) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the values with the corrections of a recipe.

    A correction holds for the number it names. Where the file now has another one, or no such cell, it is
    left out with a warning. No finding carries a number of the table.

    Parameters
    ----------
    values
        Columns :data:`geo.region.recipes.reading.VALUE_COLUMNS`.
    """
    values, findings = values.copy(), []
    for one in corrections:
        place = {"quarter": one.key, "date": one.date, "measure": one.measure}
        is_meant = (
            ((values["file"] == Path(one.table).name) | (not one.table))
            & (values["quarter_id"] == one.key)
            & (values["date"] == one.date)
            & (values["measure"] == one.measure)
            & values["state"].isin(STATES_WITH_NUMBER)
            & ((values["value"] - one.was).abs() <= _TOLERANCE)
        )
        if not is_meant.any():
            findings.append(warning("correction_stale", **place))
            continue
        values.loc[is_meant, "value"] = one.value
        values.loc[is_meant, "state"] = (ValueState.VALUE if one.value else ValueState.TRUE_ZERO).value
        findings.append(note(CORRECTED, **place, reason=one.reason))
    return values, findings
