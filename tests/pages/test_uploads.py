"""Files that people upload: bounded for one and for all, and gone when their session is."""

from __future__ import annotations

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.shared import uploads
from pages.shared.uploads import FREED_AFTER_SECONDS, StoredFile, Uploads


class World:
    def __init__(self) -> None:
        self.now = 0.0
        self.active = {"a", "b"}
        self.uploads = Uploads(lambda session: session in self.active, lambda: self.now)
        for holder in (("a", "1"), ("b", "1")):
            self.uploads.of(holder)["t.csv"] = StoredFile("t.csv", b"1234", "")


def test_files_of_a_session_that_is_gone_are_freed_and_said_once() -> None:
    world = World()
    world.active.discard("a")
    assert world.uploads.free() == ()
    world.now = FREED_AFTER_SECONDS + 1
    assert world.uploads.free() == ("a",)
    assert world.uploads.held_bytes() == 4
    assert world.uploads.of(("b", "1"))
    world.active.add("a")
    assert world.uploads.was_freed(("a", "1"))
    assert not world.uploads.was_freed(("a", "1"))
    assert world.uploads.of(("a", "1")) == {}


def test_a_short_loss_of_the_line_frees_nothing() -> None:
    world = World()
    world.active.discard("a")
    world.uploads.free()
    world.now = FREED_AFTER_SECONDS - 1
    world.active.add("a")
    world.uploads.free()
    world.active.discard("a")
    world.now = FREED_AFTER_SECONDS + 1
    assert world.uploads.free() == ()
    assert world.uploads.held_bytes() == 8


def record(number: int, size: int) -> UploadedFileRec:
    return UploadedFileRec(str(number), "t.csv", "text/csv", bytes(size))


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    monkeypatch.setattr(uploads, "SESSION_BYTES", 100)
    monkeypatch.setattr(uploads, "SERVER_BYTES", 250)
    made = MemoryUploadedFileManager("/upload")
    uploads._bound(made, World().uploads)
    return made


def test_the_address_of_uploads_takes_no_more_than_a_session_may_hold(manager: MemoryUploadedFileManager) -> None:
    manager.add_file("a", record(1, 60))
    with pytest.raises(ValueError, match="quota"):
        manager.add_file("a", record(2, 60))
    manager.add_file("b", record(1, 60))


def test_the_address_of_uploads_takes_no_more_than_the_server_may_hold(manager: MemoryUploadedFileManager) -> None:
    for session in ("a", "b"):
        manager.add_file(session, record(1, 100))
    with pytest.raises(ValueError, match="quota"):
        manager.add_file("c", record(1, 60))
    manager.remove_session_files("a")
    manager.add_file("c", record(1, 60))


def test_the_address_of_uploads_takes_no_more_files_than_a_session_may_hold(manager: MemoryUploadedFileManager) -> None:
    for number in range(uploads.MOST_FILES):
        manager.add_file("a", record(number, 1))
    with pytest.raises(ValueError, match="quota"):
        manager.add_file("a", record(99, 1))
