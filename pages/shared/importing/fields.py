"""Fields of the import whose values outlast a change of page; each starts with a guess.

A label that comes from a file has to be escaped by the caller: labels are read as Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from pages.shared import state

T = TypeVar("T")


def pick(
    place: Any, label: str, name: str, options: Sequence[T], guess: T, *, told: Callable[[T], str] = str, **more: Any
) -> T:
    """Show a choice and return it; ``guess`` counts until something else is chosen."""
    setting = f"import.{name}"
    return state.choose(place.selectbox, label, setting, tuple(options), guess, words=told, filter_mode=None, **more)


def write(place: Any, label: str, name: str, guess: str = "", *, is_trimmed: bool = True, **more: Any) -> str:
    """Show a line of text and return it, without blanks at its ends if ``is_trimmed``."""
    kept = state.recall(f"import.{name}")
    text = str(_kept(place.text_input, label, name, guess if kept is None else kept, **more))
    return text.strip() if is_trimmed else text


def count(place: Any, label: str, name: str, guess: int, least: int, **more: Any) -> int:
    """Show a whole number and return it."""
    kept = state.recall(f"import.{name}")
    value = guess if not isinstance(kept, int) else kept
    return int(_kept(place.number_input, label, name, max(value, least), min_value=least, step=1, **more))


def tick(place: Any, label: str, name: str, *, guess: bool = False, **more: Any) -> bool:
    """Show a box to tick and return whether it is."""
    kept = state.recall(f"import.{name}")
    return bool(_kept(place.checkbox, label, name, guess if kept is None else bool(kept), **more))


def _kept(widget: Callable[..., Any], label: str, name: str, value: Any, **more: Any) -> Any:
    shown = state.bind(f"widget.import.{name}", value, partial(state.remember, f"import.{name}"))
    return widget(label, **shown, **more)
