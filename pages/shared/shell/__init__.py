"""The frame of every page: state, language, look, link, region in view, store."""

from pages.shared.shell import link, regions
from pages.shared.shell.language import language, name_controls, words
from pages.shared.shell.look import (
    ICON,
    Figure,
    act_button,
    apply_look,
    bullets,
    figures,
    heading,
    on_paper,
    paragraph,
    sentences,
    stacked,
    theme,
    warn,
)
from pages.shared.shell.regions import network, published_packages
from pages.shared.shell.scope import scope_bar
from pages.shared.shell.server_store import store, store_fault
