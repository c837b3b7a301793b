"""Presentation: scenes for a talk, put in order here and shown over the whole screen."""

from __future__ import annotations

import streamlit as st

from pages.shared import state
from pages.shared.present import editor as present_editor
from pages.shared.present import handout as present_handout
from pages.shared.present import show_frame as present_show
from pages.shared.present import state as present_state
from pages.shared.shell import heading, language, paragraph, scope_bar, words

t = words()
region = scope_bar()
if region is not None:
    present_show.begin_from_link()
    key, presentation = present_state.in_view(t, region)
    if present_show.is_showing() and key is not None and presentation.scenes:
        present_show.show(presentation, key, region)
    else:
        heading(t("present.title"), t("present.lead"))
        key, presentation = present_editor.choose_talk(t, region)
        state.write_link(lang=language(), region=region.id, talk=key)
        present_editor.show_news()
        present_editor.tools(t, region, key, presentation)
        if presentation.scenes:
            paragraph(t("present.keys"))
            st.header(t("present.scenes"), anchor=False)
        else:
            paragraph(t("present.empty"), "nb-lead")
        for at in range(len(presentation.scenes)):
            present_editor.scene_editor(t, key, presentation, at)
        if presentation.scenes:
            present_handout.handout_button(t, region, presentation)
        present_editor.files(t, region, key, presentation)
