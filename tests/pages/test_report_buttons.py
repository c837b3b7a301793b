"""Report and slides on their pages: made beside the page, stopped, made anew when the question changes."""

from __future__ import annotations

from io import BytesIO

from pptx import Presentation
from streamlit.testing.v1 import AppTest

from geo.text import texts
from pages.shared.widgets.export_jobs import SeriesJob
from tests.conftest import demo_region
from tests.pages.test_pages import run
from tests.waiting import wait_until

T = texts("de")
JOB = "report.job"


def siting() -> AppTest:
    return run("pages/siting.py", region=demo_region("musterkreis"), mode="line")


def pressed(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def job_of(app: AppTest) -> SeriesJob:
    job = app.session_state[JOB]
    assert isinstance(job, SeriesJob)
    return job


def made(app: AppTest) -> bytes:
    wait_until(lambda: not job_of(app).is_running, "the file is made")
    assert job_of(app).fault is None
    data = job_of(app).file
    assert data is not None
    return data


def test_files_are_made_on_demand_and_can_be_saved() -> None:
    app = siting()
    assert JOB not in app.session_state
    data = made(pressed(app, "report_pdf"))
    assert data.startswith(b"%PDF-")
    app.run()
    labels = [one.proto.label for one in app.get("download_button")]
    assert T("report.save_pdf") in labels
    deck = Presentation(BytesIO(made(pressed(app, "report_pptx"))))
    assert len(deck.slides) > 10
    app.run()
    labels = [one.proto.label for one in app.get("download_button")]
    assert T("report.save_pptx") in labels
    assert T("report.save_pdf") not in labels


def test_a_file_can_be_stopped() -> None:
    app = pressed(siting(), "report_pdf")
    job = job_of(app)
    pressed(app, "report_stop")
    assert job.is_stopped
    assert JOB not in app.session_state
    wait_until(lambda: not job.is_running, "the job has stopped")
    assert job.file is None
    assert T("report.save_pdf") not in [one.proto.label for one in app.get("download_button")]


def test_another_question_takes_the_file_away() -> None:
    app = siting()
    made(pressed(app, "report_docx"))
    app.run()
    assert T("report.save_docx") in [one.proto.label for one in app.get("download_button")]
    app.session_state["setting.minutes"] = 30
    app.run()
    assert JOB not in app.session_state
    assert T("report.save_docx") not in [one.proto.label for one in app.get("download_button")]
