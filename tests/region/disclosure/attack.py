"""An attacker on disclosure control, written without the library's own arithmetic.

He takes what is shown, adds the true totals of every district, and what anybody knows about the order
of the measures, and asks a linear program for the least and greatest value of each withheld cell.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linprog

ORDER = [
    (("recipients",), "residents"),
    (("recipients",), "residents_under_pension_age"),
    (("employable",), "recipients"),
    (("employable",), "residents_15_to_pension_age"),
    (("children",), "recipients"),
    (("children",), "residents_under_15"),
    (("employable", "children"), "recipients"),
    (("single_parent_units",), "units"),
    (("units",), "employable"),
    (("units",), "recipients"),
    (("transfer_rate",), "residents"),
]
REFERENCES = {
    "recipients": ("residents", "residents_under_pension_age"),
    "employable": ("residents_15_to_pension_age",),
    "children": ("residents_under_15",),
    "units": (),
    "single_parent_units": (),
}
POPULATIONS = ("residents", "residents_under_pension_age", "residents_15_to_pension_age", "residents_under_15")


def as_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Quarter x measure of one date; a rate per cent of residents as the count it amounts to."""
    wide = frame.set_index(["quarter_id", "measure"])["value"].unstack()
    if "transfer_rate" in wide:
        wide["transfer_rate"] = wide["transfer_rate"] * wide["residents"] / 100
    return wide


def intervals(
    truth: pd.DataFrame, shown: pd.DataFrame, district: pd.Series | None
) -> dict[tuple[str, str], tuple[float, float]]:
    """Least and greatest value of every cell that is not shown, at one date.

    ``truth`` and ``shown`` are quarter x measure; ``district`` says which totals are known (None: only the
    region's).
    """
    hidden = [(q, m) for m in shown.columns for q in shown.index if np.isnan(shown.loc[q, m])]
    number = {cell: i for i, cell in enumerate(hidden)}
    groups = [list(shown.index)] if district is None else [list(part.index) for _, part in district.groupby(district)]
    equal, total = [], []
    for measure in shown.columns:
        for members in groups:
            inside = [number[q, measure] for q in members if (q, measure) in number]
            if inside:
                row = np.zeros(len(hidden))
                row[inside] = 1
                equal.append(row)
                total.append(sum(truth.loc[q, measure] for q in members if (q, measure) in number))
    below, limit = [], []
    for parts, whole in ORDER:
        if whole not in shown or any(part not in shown for part in parts):
            continue
        for quarter in shown.index:
            row, rest = np.zeros(len(hidden)), 0.0
            for key, sign in [*((part, 1.0) for part in parts), (whole, -1.0)]:
                if (quarter, key) in number:
                    row[number[quarter, key]] += sign
                else:
                    rest -= sign * shown.loc[quarter, key]
            if row.any():
                below.append(row)
                limit.append(rest)
    leasts = least_values(hidden, shown, truth)
    found = {}
    for cell, i in number.items():
        aim = np.zeros(len(hidden))
        aim[i] = 1
        ends = []
        for sign in (1, -1):
            answer = linprog(
                sign * aim,
                A_ub=np.array(below) if below else None,
                b_ub=limit if below else None,
                A_eq=np.array(equal),
                b_eq=total,
                bounds=[(least, None) for least in leasts],
            )
            assert answer.status in (0, 3), answer.message
            ends.append(np.inf if answer.status == 3 else sign * answer.fun)
        found[cell] = (ends[0], ends[1])
    return found


def least_values(hidden: list[tuple[str, str]], shown: pd.DataFrame, truth: pd.DataFrame) -> list[float]:
    """What he knows a withheld count to be at least: a zero is shown unless the population is too small for that.

    Where a zero went for another reason (nothing but it is left of a small whole), he is spared the false guess.
    """
    return [
        1.0
        if measure in REFERENCES and truth.loc[quarter, measure] >= 1 and shows_zero(shown.loc[quarter], measure)
        else 0.0
        for quarter, measure in hidden
    ]


def shows_zero(row: pd.Series, measure: str) -> bool:
    people = [row[reference] for reference in REFERENCES[measure] if reference in row.index]
    is_large = all(np.isnan(number) or number >= 100 for number in people)
    return is_large and not ("residents" in row.index and row["residents"] < 300)


def narrow_cells(
    truth: pd.DataFrame, shown: pd.DataFrame, district: pd.Series | None, width: float
) -> list[tuple[str, str, float, float]]:
    """Withheld cells found too closely, without those that totals and populations alone give away."""
    found = intervals(truth, shown, district)
    suspects = {cell: ends for cell, ends in found.items() if ends[1] - ends[0] < width - 1e-6}
    if not suspects:
        return []
    protected = [column for column in shown if column not in POPULATIONS]
    nothing = shown.copy()
    nothing[protected] = shown[protected].where(shown[protected] == 0)
    anyway = intervals(truth, nothing, district)
    return [(*cell, *ends) for cell, ends in suspects.items() if anyway[cell][1] - anyway[cell][0] >= width - 1e-6]
