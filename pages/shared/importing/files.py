"""Step 1 of the import: files are taken, bounded, looked into and named.

The uploader is emptied as soon as files are taken: they are kept in the session, so that nothing is lost
when another page is visited.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

import streamlit as st

from geo.bounded import call_bounded
from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, has_errors, megabytes, warning
from geo.region.recipes import Columns, FileView, companions, role_of, view_file
from geo.region.tables import TableSpec
from geo.text import Texts
from pages.shared import state
from pages.shared.frontend import frontend_text
from pages.shared.importing.parts import show_findings
from pages.shared.uploads import (
    MOST_FILES,
    SERVER_BYTES,
    SESSION_BYTES,
    StoredFile,
    holder_here,
    server_uploads,
    session_files,
)

LIMITS = ReadLimits()
_WATCH = st.components.v2.component("nahbar_import_watch", js=frontend_text("import-watch.js"))
USES = (
    *("boundaries", "table", "sites", "cells", "streets", "timetable"),
    *("minutes", "zones", "recipe", "package", "none"),
)

_VIEWS, _REFUSED = "import.views", "import.refused"
_TOO_LARGE = "import.too_large"
_MEMORY, _ROUND = "import.memory", "import.round"

# Names of controls that Streamlit gives in English only, for screen readers.
T = TypeVar("T")
_PREFIXES = ("import.", "setting.import.", "widget.import.")


def contents() -> dict[str, bytes]:
    """Return the bytes of the files of this session by name."""
    return {name: file.content for name, file in session_files().items()}


def take(name: str, content: bytes) -> Finding | None:
    """Keep a file for this session, or say why not."""
    name = _plain_name(name)
    if len(content) > LIMITS.file_bytes:
        return _too_large(name, len(content))
    others = [file for other, file in session_files().items() if other != name]
    if sum(len(file.content) for file in others) + len(content) > SESSION_BYTES:
        return error("import_total_too_large", file=name, limit_megabytes=SESSION_BYTES // 1024**2)
    if server_uploads().held_bytes() + len(content) > SERVER_BYTES:
        return error("import_server_full", file=name)
    if len(others) >= MOST_FILES:
        return error("import_too_many_files", file=name, limit=MOST_FILES)
    session_files()[name] = StoredFile(name, content, sha256(content).hexdigest())
    return None


def start_again() -> None:
    """Forget files and entries of the import."""
    session_files().clear()
    for key in [key for key in st.session_state if str(key).startswith(_PREFIXES)]:
        if key != _ROUND:
            del st.session_state[key]


def use_of(view: FileView) -> str:
    """Return what a file is used for: chosen, else what it looks like."""
    looks = view.role if view.role in USES else "none" if view.role == "part" else "table"
    return state.setting(f"import.use.{view.name}", USES, looks)


def view_of(name: str, spec: TableSpec | None = None, layer: str = "") -> FileView:
    """Return the view of a file; worked out again only if the file or the way to read it changed."""
    views = st.session_state.setdefault(_VIEWS, {})
    files = contents()
    marks = tuple(session_files()[other].digest for other in companions(name, files))
    key = (name, marks, spec, layer)
    if key not in views:
        for old in [old for old in views if old[0] not in files or old[0] == name]:
            del views[old]
        views[key] = _viewed(name, files, spec or TableSpec(), layer)
    return views[key]  # type: ignore[no-any-return]


def _viewed(name: str, files: dict[str, bytes], spec: TableSpec, layer: str) -> FileView:
    own = {other: files[other] for other in companions(name, files)}
    try:
        return call_bounded(view_file, name, own, spec, layer, LIMITS, file=name)
    except DataError as fault:
        return FileView(name, role_of(name, files[name]), findings=fault.findings)


def once(name: str, given: tuple[object, ...], make: Callable[[], T]) -> T:
    """Return what ``make`` returns, worked out again only if what is given to it has changed."""
    memory = st.session_state.setdefault(_MEMORY, {})
    before, value = memory.get(name, ((), None))
    if len(before) == len(given) and all(_is_same(one, other) for one, other in zip(before, given, strict=True)):
        return value  # type: ignore[no-any-return]
    value = make()
    memory[name] = (given, value)
    return value


def current_view(name: str) -> FileView:
    """Return the view of a file, read as the reader asked for."""
    return view_of(name, spec_of(name), str(state.recall(f"import.layer.{name}") or ""))


def spec_of(name: str) -> TableSpec:
    """Return how the reader wants a table to be read; what is not said is found."""
    rows = state.recall(f"import.header.{name}")
    return TableSpec(
        sheet=state.recall(f"import.sheet.{name}") or None,
        encoding=state.recall(f"import.encoding.{name}") or None,
        delimiter=state.recall(f"import.delimiter.{name}") or None,
        header_rows=int(rows) if isinstance(rows, int) and rows > 0 else None,
    )


def choose_files(t: Texts) -> tuple[FileView, ...]:
    """Show the uploader and the files taken so far; return their views."""
    key = f"import.upload.{st.session_state.setdefault(_ROUND, 0)}"

    def taken() -> None:
        uploads = st.session_state.get(key) or []
        refused = [finding for one in uploads if (finding := take(one.name, one.getvalue())) is not None]
        st.session_state[_REFUSED] = tuple(refused)
        st.session_state[_ROUND] += 1

    label = t("import.upload", limit=LIMITS.file_bytes // 1024**2, total=SESSION_BYTES // 1024**2)
    limit = LIMITS.file_bytes // 1024**2
    st.file_uploader(label, accept_multiple_files=True, key=key, on_change=taken, max_upload_size=limit)
    _watch()
    freed = (warning("import_files_freed"),) if server_uploads().was_freed(holder_here()) else ()
    show_findings(t, (*freed, *st.session_state.get(_TOO_LARGE, ()), *st.session_state.get(_REFUSED, ())))
    views = tuple(current_view(name) for name in session_files())
    for view in views:
        _file_row(t, view)
    if views:
        st.button(t("import.start_again"), icon=":material/restart_alt:", type="tertiary", on_click=start_again)
    return views


def are_readable(views: tuple[FileView, ...]) -> bool:
    """Tell whether every file that is used could be read."""
    return not any(has_errors(view.findings) for view in views if use_of(view) != "none")


def stamp_of(entered: str) -> str:
    """Return a digest of all files and of what was entered, to tell an outcome that is out of date."""
    told = [f"{name}:{file.digest}" for name, file in sorted(session_files().items())]
    return sha256("\n".join([*told, entered]).encode()).hexdigest()


def _too_large(name: str, size: int) -> Finding:
    return error("file_too_large", file=name, **megabytes(size, LIMITS.file_bytes))


def _watch() -> None:
    """Learn which files the browser did not send because they are too large."""

    def chosen() -> None:
        said = st.session_state["import_watch"].chosen
        given = said.get("refused", []) if isinstance(said, dict) else []
        st.session_state[_TOO_LARGE] = tuple(
            _too_large(_plain_name(str(one["name"])), int(one["bytes"])) for one in given[:MOST_FILES]
        )
        if given and said.get("all"):
            st.session_state[_REFUSED] = ()
            st.session_state[_ROUND] += 1

    _WATCH(key="import_watch", data={"bytes": LIMITS.file_bytes}, on_chosen_change=chosen)


def _file_row(t: Texts, view: FileView) -> None:
    def drop() -> None:
        session_files().pop(view.name, None)
        st.session_state.pop(_REFUSED, None)
        st.session_state.pop(_TOO_LARGE, None)

    with st.container(border=True):
        told, use, remove = st.columns([2.4, 1.4, 0.7], vertical_alignment="center")
        size = len(session_files()[view.name].content)
        told.markdown(f"**{escaped(view.name)}**  \n{_facts(t, view, size)}")
        label, say = t("import.use", file=view.name), lambda one: t(f"import.use_{one}")
        look = {"filter_mode": None, "label_visibility": "collapsed"}
        state.choose(use.selectbox, label, f"import.use.{view.name}", USES, use_of(view), words=say, **look)
        says = t("import.remove_help", file=view.name)
        remove.button(t("import.remove"), key=f"import.drop.{view.name}", help=says, on_click=drop)
        show_findings(t, view.findings)


def _facts(t: Texts, view: FileView, size: int) -> str:
    kind = t(f"import.kind_{view.role}")
    weight = t.number(size / 1024**2, 1) + " MB" if size >= 1024**2 else t.number(max(size, 1023) / 1024) + " kB"
    rows = t(f"import.rows_{'polygons' if view.role == 'boundaries' else 'table'}", n=view.rows) if view.rows else ""
    return " · ".join(part for part in (kind, rows, weight) if part)


def _plain_name(name: str) -> str:
    """Return a file name without folders and signs that mean something in paths."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[^\w.\- ()+,]", "_", last).lstrip(".~ ")[:120] or "file"


def _is_same(one: object, other: object) -> bool:
    return one is other or (not isinstance(one, Columns) and one == other)


def escaped(text: str) -> str:
    """Return text without anything that Markdown would read as a sign."""
    return re.sub(r"([\\`*_{}\[\]|<>~$:])", r"\\\1", text)
