"""Maps and charts as files: one dialog with a preview, opened by a small button beside each of them.

Nothing is drawn before the dialog is open. What a reader sets is kept from map to map and from page to page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import streamlit as st

from geo.output.charts import Chart
from geo.output.paper import LOGO_BYTES, SIZES, Kind, LegendPlace, Sheet, Step, clean_logo, safe_name
from geo.output.values import MapView, Table, source_text
from geo.region.model import Region
from geo.text import Texts
from pages.shared import state
from pages.shared.shell import on_paper, paragraph
from pages.shared.widgets.export_jobs import SeriesJob
from pages.shared.widgets.files import hand_out
from pages.shared.widgets.given_file import given_file

DPIS = (96, 150, 200, 300, 400, 600)
TEXT_SIZES = (0.85, 1.0, 1.2, 1.45)
LOOK_SECONDS = 0.4
_PREVIEW_DPI = 96
_JOB = "export.job"
_LOGO = "export.logo"


@dataclass(frozen=True, eq=False)
class Paper:
    """What stands around a map or chart on paper.

    Parameters
    ----------
    what
        Part of the file's name and of the widgets' keys, unlike for each map and chart of a page.
    title, subtitle
        As proposed; the reader may write others.
    date
        Date of the figures (ISO).
    notes
        What a reader must know: threshold, way of travelling.
    scenario
        What ``{scenario}`` stands for.
    """

    what: str
    title: str
    subtitle: str = ""
    date: str = ""
    notes: tuple[str, ...] = ()
    scenario: str = ""


@dataclass(frozen=True, eq=False)
class _Thing:
    """A map or a chart to be drawn; ``at`` makes the same map at another date and asks nothing of the page."""

    paper: Paper
    source: Callable[[], MapView] | Chart
    table: Callable[[MapView], Table] | None = None
    dates: tuple[str, ...] = ()
    at: Callable[[str], MapView] | None = None

    @property
    def is_map(self) -> bool:
        return not isinstance(self.source, Chart)

    @property
    def formats(self) -> tuple[str, ...]:
        return ("png", "svg", "pdf", "html") if self.is_map else ("png", "svg", "pdf")


def export_map(
    t: Texts,
    region: Region,
    paper: Paper,
    view: Callable[[], MapView],
    *,
    table: Callable[[MapView], Table] | None = None,
    series: tuple[tuple[str, ...], Callable[[str], MapView]] | None = None,
) -> None:
    """Show the button that opens the dialog for a map.

    Parameters
    ----------
    view
        Makes the map; it is called with paper as the theme, and only when the dialog is open.
    table
        Makes the table that says the same, for the HTML file.
    series
        Dates, and what makes the map at one of them in the same classes; called outside of the page's run.
    """
    dates, at = series if series is not None and len(series[0]) > 1 else ((), None)
    _button(t, region, _Thing(paper, view, table=table, dates=dates, at=at))


def export_chart(t: Texts, region: Region, paper: Paper, chart: Chart) -> None:
    """Show the button that opens the dialog for a chart."""
    _button(t, region, _Thing(paper, chart))


def _button(t: Texts, region: Region, thing: _Thing) -> None:
    with st.container(horizontal=True, horizontal_alignment="right", key=f"nb_export_{thing.paper.what}"):
        pressed = st.button(
            t("paper.open"),
            key=f"export_{thing.paper.what}",
            type="tertiary",
            icon=":material/file_export:",
            help=t("paper.open_map" if thing.is_map else "paper.open_chart"),
        )
    if pressed:
        _stop()
        st.dialog(t("paper.title"), width="large", on_dismiss=_stop)(_dialog)(t, region, thing)


def _dialog(t: Texts, region: Region, thing: _Thing) -> None:
    seen, asked = st.columns([1.7, 1], gap="medium")
    with asked:
        format_ = _choose(t, "format", thing.formats, "png", lambda key: t(f"paper.format_{key}"), is_list=False)
        sheet = _sheet(t, region, thing, format_)
        dates = _choose_dates(t, thing) if format_ != "html" else ()
    with seen, st.spinner(t("paper.drawing"), show_time=False):
        drawn = _draw(t, region, thing, sheet, format_)
    with asked:
        if dates:
            _ask_series(t, region, thing, sheet, (format_, dates))
        else:
            _download(t, region, thing, drawn, format_)


def _choose(
    t: Texts, name: str, options: tuple[Any, ...], default: Any, said: Callable[[Any], str], *, is_list: bool = True
) -> Any:
    widget: Any = st.selectbox if is_list else st.segmented_control
    more = {} if is_list else {"required": True}
    return state.choose(widget, t(f"paper.{name}"), f"export_{name}", options, default, words=said, **more)


def _text(t: Texts, name: str, kept: str, default: str, *, most: int = 300) -> str:
    """Show a line of text; what a reader writes is kept, an untouched proposal follows the map."""
    written = state.recall(kept)
    shown = state.bind(f"widget.{kept}", default if written is None else written, partial(state.remember, kept))
    return str(st.text_input(t(f"paper.{name}"), max_chars=most, help=t("paper.placeholders"), **shown))


def _sheet(t: Texts, region: Region, thing: _Thing, format_: str) -> Sheet:
    """Show what can be set and return the sheet."""
    paper = thing.paper
    own = hashlib.sha256(f"{paper.what}|{paper.title}|{paper.subtitle}".encode()).hexdigest()[:12]
    title = _text(t, "heading", f"export_title_{own}", paper.title)
    subtitle = _text(t, "subtitle", f"export_subtitle_{own}", paper.subtitle)
    footer = _text(t, "footer", "export_footer", "")
    size, legend, dpi, text_size = "a4-landscape", "auto", 300, 1.0
    if format_ != "html":
        places = ("auto", "right", "left", "below", "inside") if thing.is_map else ("auto", "right", "below")
        left, right = st.columns(2, gap="small")
        with left:
            size = _choose(t, "size", tuple(SIZES), size, lambda key: t(f"paper.size_{key}"))
            said = "map" if thing.is_map else "chart"
            legend = _choose(t, "legend", places, legend, lambda key: t(f"paper.legend_{said}_{key}"))
        with right:
            text_size = _choose(t, "text", TEXT_SIZES, text_size, lambda key: t(f"paper.text_{key:g}"))
            if format_ == "png":
                dpi = _choose(t, "dpi", DPIS, dpi, lambda key: t("paper.dpi_said", dpi=key))
    wide, high = SIZES[size]
    place: LegendPlace = legend  # type: ignore[assignment]
    return Sheet(
        title=title,
        subtitle=subtitle,
        footer=footer,
        logo=_logo(t),
        width_mm=wide,
        height_mm=high,
        dpi=dpi,
        legend=place,
        text_scale=text_size,
        notes=paper.notes,
        source=_source(t, region, paper),
        date=paper.date,
        scenario=paper.scenario,
    ).for_region(t, region)


def _source(t: Texts, region: Region, paper: Paper) -> str:
    if not paper.date:
        return t("paper.source", source=source_text(t, region.sources))
    return t("map.source", date=t.date(paper.date), source=source_text(t, region.sources))


def _logo(t: Texts) -> bytes | None:
    """Show the logo's upload and return the logo kept for this session."""
    with st.expander(t("paper.logo"), expanded=False, icon=":material/add_photo_alternate:"):
        given = st.file_uploader(
            t("paper.logo"), type=["png", "jpg", "jpeg"], key="export_logo", label_visibility="collapsed",
            max_upload_size=LOGO_BYTES // 1_000_000 + 1,
        )  # fmt: skip
        kept = given_file(t, _LOGO, given, clean_logo)
        if kept is not None:
            st.button(t("paper.logo_remove"), on_click=_forget_logo, key="export_logo_remove")
    return kept


def _forget_logo() -> None:
    st.session_state.pop(_LOGO, None)
    st.session_state.pop("export_logo", None)


def _choose_dates(t: Texts, thing: _Thing) -> tuple[str, ...]:
    """Return the dates of a series, none where a single map is wanted."""
    if not thing.dates:
        return ()
    if not state.switch(st.toggle, t("paper.series"), "export_series", default=False):
        return ()
    first, last = st.select_slider(
        t("paper.series_dates"), thing.dates, value=(thing.dates[0], thing.dates[-1]), format_func=t.date,
        key=f"export_dates_{thing.paper.what}",
    )  # fmt: skip
    return tuple(date for date in thing.dates if first <= date <= last)


@dataclass(frozen=True, eq=False)
class _Drawn:
    """What was drawn for the preview, ready to be drawn again as a file."""

    sheet: Sheet
    source: MapView | Chart
    table: Table | None = None


def _draw(t: Texts, region: Region, thing: _Thing, sheet: Sheet, format_: str) -> _Drawn:
    """Show the preview and return what it was made of."""
    small = replace(sheet, dpi=_PREVIEW_DPI)
    with on_paper():
        drawn = thing.source if isinstance(thing.source, Chart) else thing.source()
        table = None
        if thing.table is not None and isinstance(drawn, MapView) and format_ == "html":
            table = thing.table(drawn)
    picture = _file(t, region, drawn, small, "png")
    with st.container(border=True, key="nb_preview"):
        st.image(picture, width="stretch", output_format="PNG")
    paragraph(t("paper.preview_html") if format_ == "html" else t("paper.preview"))
    return _Drawn(sheet, drawn, table)


def _file(t: Texts, region: Region, drawn: MapView | Chart, sheet: Sheet, kind: Kind) -> bytes:
    from geo.output.paper import chart_file, map_file

    return chart_file(t, drawn, sheet, kind) if isinstance(drawn, Chart) else map_file(t, region, drawn, sheet, kind)


def _download(t: Texts, region: Region, thing: _Thing, drawn: _Drawn, format_: str) -> None:
    def file() -> bytes:
        from geo.output.screen import standalone_map

        if format_ == "html" and isinstance(drawn.source, MapView):
            return standalone_map(t, region, drawn.source, drawn.sheet, drawn.table)
        return _file(t, region, drawn.source, drawn.sheet, _kind(format_))

    name = _file_name(region, thing.paper, format_)
    hand_out(t("paper.save"), file, name, type="primary", key="export_save", width="stretch")


@dataclass(frozen=True, eq=False)
class _Series:
    """A series as asked for; equal ``of`` means equal files."""

    thing: _Thing
    sheet: Sheet
    format: str
    dates: tuple[str, ...]
    packed: Literal["one", "zip"]
    of: object

    @property
    def ending(self) -> str:
        return "pdf" if self.packed == "one" else "zip"


def _ask_series(t: Texts, region: Region, thing: _Thing, sheet: Sheet, asked: tuple[str, tuple[str, ...]]) -> None:
    """Show how the files are to be packed, and the part that makes them."""
    format_, dates = asked
    packed: Literal["one", "zip"] = "zip"
    if format_ == "pdf":
        packed = _choose(t, "packed", ("one", "zip"), "one", lambda key: t(f"paper.packed_{key}"), is_list=False)
    of = (region.fingerprint, t.language, thing.paper.what, thing.paper.title, sheet, format_, dates, packed)
    job = _job()
    if job is not None and job.of != of:
        _stop()
    _make_series(t, region, _Series(thing, sheet, format_, dates, packed, of))


@st.fragment(run_every=LOOK_SECONDS)
def _make_series(t: Texts, region: Region, series: _Series) -> None:
    """Show the button that makes a series; while it is made, how far it is and how to stop; then the file."""
    job, count = _job(), len(series.dates)
    if job is not None and job.is_running:
        st.progress(job.done / count, t("paper.series_at", done=job.done, of=count))
        st.button(t("paper.cancel"), on_click=_stop, key="export_stop", icon=":material/stop_circle:", width="stretch")
        return
    if job is not None and job.file is not None:
        # The bytes themselves, not what makes them: their address stays the same while this part looks in again.
        years = replace(series.thing.paper, date="-".join(dict.fromkeys((series.dates[0][:4], series.dates[-1][:4]))))
        label, name = t("paper.save_series", n=count), _file_name(region, years, series.ending)
        hand_out(label, job.file, name, type="primary", key="export_save", width="stretch")
        return
    if job is not None and job.fault is not None:
        st.error(t("paper.series_failed"), icon=":material/error:")
    st.button(
        t("paper.make", n=count), on_click=_start, args=(t, region, series), type="primary",
        icon=":material/burst_mode:", key="export_make", width="stretch",
    )  # fmt: skip


def _start(t: Texts, region: Region, series: _Series) -> None:
    at = series.thing.at
    if at is None:
        return
    steps = tuple(Step(date, partial(at, date), date=date) for date in series.dates)

    def draw(progress: Callable[[int, int], None], stop: Callable[[], bool]) -> bytes | None:
        from geo.output.paper import series_pdf, series_zip

        if series.packed == "one":
            return series_pdf(t, region, steps, series.sheet, progress=progress, stop=stop)
        return series_zip(t, region, steps, series.sheet, _kind(series.format), progress=progress, stop=stop)

    st.session_state[_JOB] = SeriesJob(series.of, len(steps), draw)


def _job() -> SeriesJob | None:
    job: SeriesJob | None = st.session_state.get(_JOB)
    return job


def _stop() -> None:
    job: SeriesJob | None = st.session_state.pop(_JOB, None)
    if job is not None:
        job.stop()


def _kind(format_: str) -> Kind:
    return "svg" if format_ == "svg" else "pdf" if format_ == "pdf" else "png"


def _file_name(region: Region, paper: Paper, ending: str) -> str:
    parts = (safe_name(part) for part in (region.id, paper.what, paper.date) if part)
    return f"{'_'.join(parts)}.{ending}"
