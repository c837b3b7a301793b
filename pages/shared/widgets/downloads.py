"""A button that hands a table over as CSV."""

from __future__ import annotations

import streamlit as st


def csv_button(label: str, data: bytes, name: str) -> None:
    """Show the button; ``name`` is the file's name without its ending."""
    st.download_button(
        label, data, file_name=f"{name}.csv", mime="text/csv", icon=":material/download:", on_click="ignore"
    )
