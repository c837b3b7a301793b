"""The table that equals the map: sortable, searchable, for keyboard and screen reader."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geo.output.values import Table
from pages.shared.frontend import frontend_text
from pages.shared.shell import words

_SHORT_TABLE_ROWS = 12  # a table this short needs no search
_RENDER = st.components.v2.component(
    "nahbar_quarter_table",
    html='<div class="nahbar-table"></div>',
    css=frontend_text("quarter-table.css"),
    js=frontend_text("quarter-table.js"),
)


def show_table(
    table: Table,
    *,
    key: str,
    height: int = 420,
    selected: str | None = None,
    on_choose: Callable[[str], None] | None = None,
    counted: str = "table.count",
) -> None:
    """Show a table; call ``on_choose(id)`` before the page runs again when a row is chosen.

    ``counted`` is the key of the text that counts the rows.
    """
    t = words()

    def chosen() -> None:
        row = st.session_state[key].chosen
        if on_choose is not None and isinstance(row, str):
            on_choose(row)

    _RENDER(
        key=key,
        data={
            "columns": [{"label": column.label, "align": column.align} for column in table.columns],
            "rows": [
                {
                    "id": row.id,
                    "cells": list(row.cells),
                    "sort": list(row.sort),
                    "colour": row.colour,
                    "pinned": row.is_pinned,
                }
                for row in table.rows
            ],
            "sort": table.sort,
            "descending": table.is_descending,
            "selected": selected,
            "height": height,
            "short": _SHORT_TABLE_ROWS,
            "can_choose": on_choose is not None,
            "language": t.language,
            "labels": {
                "caption": table.caption,
                "search": t("table.search"),
                "sort": t("table.sort"),
                "count": t(counted),
            },
        },
        on_chosen_change=chosen,
    )
