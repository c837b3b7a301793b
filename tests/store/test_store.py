"""The store: the same tests on SQLite and PostgreSQL, many writers, kills, cuts, full and locked disks."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geo.errors import ContractError, DataError
from geo.labels import NAME_MOST
from geo.store import IN_MEMORY, DocumentMissing, StoreConflict, StoreError, database_address, open_store
from geo.store.documents import Store
from tests.conftest import ROOT
from tests.store import postgresql
from tests.store.postgresql import PASSWORD, Server
from tests.waiting import PATIENCE_SECONDS, wait_until

WRITER = ROOT / "tests" / "store" / "store_writer.py"
WRITERS = 8


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a PostgreSQL server, or skip where the machine has none."""
    found = postgresql.programs()
    if found is None:
        pytest.skip("PostgreSQL's programs are not installed on this machine")
    running = Server(found)
    yield running
    running.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/nahbar.db"
    return request.getfixturevalue("server").fresh(f"t{uuid.uuid4().hex}")


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    opened = open_store(place)
    yield opened
    opened.close()


def write(place: str, number: int, rounds: int, shared: str = "", sign: Path | None = None) -> subprocess.Popen[str]:
    """Start a process that writes; given a sign, it begins when that file is there."""
    return subprocess.Popen(
        [sys.executable, str(WRITER), place, str(number), str(rounds), shared, str(sign or "")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def check_whole(store: Store) -> None:
    """Fail if any document or version is half-written."""
    for archived in (False, True):
        for record in store.records("scenario", "klein", archived=archived):
            history = store.history(record.id)
            assert [one.version for one in history] == list(range(record.version, 0, -1))
            assert history[0] == record
            for one in history:
                if "digest" in one.body:
                    assert hashlib.sha256(one.body["text"].encode()).hexdigest() == one.body["digest"]
                else:
                    assert isinstance(one.body["sum"], int)


def test_what_is_kept_is_there_again(place: str) -> None:
    first = open_store(place)
    body = {"scenario": {"name": "Ä", "minutes": 15.5, "forced": ["a"], "none": None, "is": True}, "text": "\x00\ud800"}
    made = first.create("scenario", "klein", "Vorschlag A", body)
    first.create("presentation", "klein", "Vortrag", {"scenes": []})
    first.create("scenario", "gross", "Anderswo", {})
    first.close()
    again = open_store(place)
    assert again.get(made.id) == made
    assert made.body == body
    assert made.version == 1
    assert made.created_at.endswith("+00:00")
    assert [record.name for record in again.records("scenario", "klein")] == ["Vorschlag A"]
    assert [record.name for record in again.records("presentation", "klein")] == ["Vortrag"]
    again.close()


def test_every_version_is_kept_and_can_be_brought_back(store: Store) -> None:
    made = store.create("scenario", "klein", "A", {"n": 1})
    second = store.save(made.id, 1, body={"n": 2})
    third = store.rename(made.id, 2, "B")
    assert (second.name, third.body, third.version) == ("A", {"n": 2}, 3)
    undone = store.undo(made.id, 3, to=1)
    assert (undone.name, undone.body, undone.version) == ("A", {"n": 1}, 4)
    assert store.undo(made.id, 4).name == "B"
    assert [(one.version, one.name, one.body["n"]) for one in store.history(made.id)] == [
        (5, "B", 2), (4, "A", 1), (3, "B", 2), (2, "A", 2), (1, "A", 1),
    ]  # fmt: skip
    assert store.get(made.id).created_at == made.created_at <= store.get(made.id).changed_at
    with pytest.raises(DocumentMissing):
        store.undo(made.id, 5, to=9)
    with pytest.raises(DocumentMissing):
        store.undo(made.id, 1)


def test_putting_aside_keeps_and_restoring_brings_back(store: Store) -> None:
    made = store.create("scenario", "klein", "A", {"n": 1})
    store.archive(made.id, 1)
    assert store.records("scenario", "klein") == ()
    assert [record.id for record in store.records("scenario", "klein", archived=True)] == [made.id]
    store.restore(made.id, 2)
    assert store.get(made.id).version == 3
    assert store.records("scenario", "klein")[0].body == {"n": 1}
    store.archive(made.id, 3)
    assert store.undo(made.id, 4).is_archived is False


def test_the_second_of_two_is_told_and_loses_nothing(place: str) -> None:
    one, two = open_store(place), open_store(place)
    made = one.create("scenario", "klein", "A", {"n": 1})
    mine, yours = one.get(made.id), two.get(made.id)
    one.save(made.id, mine.version, name="A von Anna", body={"n": 2})
    with pytest.raises(StoreConflict) as conflict:
        two.save(made.id, yours.version, body={"n": 3})
    current = conflict.value.current
    assert (current.name, current.body, current.version) == ("A von Anna", {"n": 2}, 2)
    assert two.get(made.id) == current
    kept = two.create("scenario", "klein", "A von Bert", {"n": 3})
    assert {record.name for record in one.records("scenario", "klein")} == {"A von Anna", "A von Bert"}
    assert two.save(made.id, current.version, body=kept.body).body == {"n": 3}
    for change in (two.archive, two.restore, two.undo):
        with pytest.raises(StoreConflict):
            change(made.id, 2)
    one.close(), two.close()


def test_names_need_not_differ_and_copies_have_their_own_history(store: Store) -> None:
    made = store.create("scenario", "klein", "A", {"n": 1})
    copied = store.copy(made.id, "A")
    assert copied.id != made.id
    assert (copied.body, copied.version, copied.kind, copied.region_id) == (made.body, 1, "scenario", "klein")
    store.save(copied.id, 1, body={"n": 2})
    assert store.get(made.id).body == {"n": 1}


@pytest.mark.parametrize(
    "name", ["Robert'); DROP TABLE nahbar_documents;--", '<b>"x"</b>', "=cmd|' /C calc'!A0", "%s{x}"]
)
def test_any_name_is_only_a_name(store: Store, name: str) -> None:
    made = store.create("scenario", name, name, {name: name})
    assert (made.name, made.body) == (name, {name: name})
    assert store.get(made.id) == made
    assert store.records("scenario", name) == (made,)
    assert store.records("scenario", "klein") == ()
    with pytest.raises(DocumentMissing):
        store.get(name)


def test_a_name_of_ten_thousand_characters_is_refused_and_nothing_is_changed(store: Store) -> None:
    made = store.create("scenario", "klein", "A" * NAME_MOST, {})
    for attempt in (
        lambda: store.create("scenario", "klein", "A" * 10_000, {}),
        lambda: store.rename(made.id, 1, "A" * 10_000),
        lambda: store.create("scenario", "klein", " \x00 ", {}),
        lambda: store.create("scenario", "klein", "A", {"text": "x" * 9_000_000}),
    ):
        with pytest.raises(DataError):
            attempt()
    assert store.records("scenario", "klein") == (made,)
    assert store.create("scenario", "klein", "A\x00\nB\u202e", {}).name == "A B"


def test_what_json_does_not_know_is_a_mistake_of_the_caller(store: Store) -> None:
    with pytest.raises(ContractError):
        store.create("scenario", "klein", "A", {"x": float("nan")})
    with pytest.raises(ContractError):
        store.create("scenario", "klein", "A", {"x": object()})
    with pytest.raises(ContractError):
        store.create("Sz; --", "klein", "A", {})


def test_an_operation_handed_in_twice_is_done_once(store: Store) -> None:
    made = store.create("scenario", "klein", "A", {"n": 1}, operation="anlegen")
    assert store.create("scenario", "klein", "A", {"n": 1}, operation="anlegen") == made
    saved = store.save(made.id, 1, body={"n": 2}, operation="sichern")
    store.save(made.id, 2, body={"n": 3})
    assert store.save(made.id, 1, body={"n": 2}, operation="sichern") == saved
    assert store.get(made.id).version == 3
    assert len(store.records("scenario", "klein")) == 1


def test_one_operation_by_many_at_once_is_done_once(store: Store) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(store.create("scenario", "klein", "A", {}, operation="eins").id))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert len(store.records("scenario", "klein")) == 1


def test_eight_writers_at_once_lose_nothing(place: str) -> None:
    store = open_store(place)
    shared = store.create("scenario", "klein", "Summe", {"sum": 0})
    rounds = 12
    writers = [write(place, number, rounds, shared.id) for number in range(WRITERS)]
    said = [writer.communicate(timeout=PATIENCE_SECONDS)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS, said
    assert store.get(shared.id).body == {"sum": WRITERS * rounds}
    assert store.get(shared.id).version == 1 + WRITERS * rounds
    assert len(store.records("scenario", "klein")) == WRITERS + 1
    check_whole(store)
    store.close()


def test_killed_in_mid_write_nothing_is_lost_or_half_written(place: str) -> None:
    store = open_store(place)
    shared = store.create("scenario", "klein", "Summe", {"sum": 0})
    writers = [write(place, number, 100_000, shared.id) for number in range(WRITERS)]
    wait_until(
        lambda: len([one for one in store.records("scenario", "klein") if one.version > 2]) > WRITERS,
        "every writer has written",
    )
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
    said = [writer.communicate()[0].splitlines() for writer in writers]
    store.close()
    again = open_store(place)
    check_whole(again)
    added = 0
    for lines in said:
        whole = [line.split() for line in lines]
        added += sum(1 for line in whole if line == ["added"])
        key = next(line[1] for line in whole if line[0] == "made")
        told = max([int(line[2]) for line in whole if line[0] == "saved" and len(line) == 3], default=1)
        assert told <= again.get(key).version <= told + 1
    assert added <= again.get(shared.id).body["sum"] <= added + WRITERS
    more = write(place, 99, 3, shared.id)
    assert more.wait(timeout=PATIENCE_SECONDS) == 0
    check_whole(again)
    again.close()


def test_processes_that_open_a_new_database_at_once_all_succeed(place: str, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    writers = [write(place, number, 1, sign=sign) for number in range(4)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    sign.touch()
    said = [writer.communicate(timeout=PATIENCE_SECONDS)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4, said
    assert len(open_store(place).records("scenario", "klein")) == 4


def test_a_database_of_a_newer_version_is_left_as_it_is(place: str) -> None:
    store = open_store(place)
    made = store.create("scenario", "klein", "A", {})
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE nahbar_schema SET version_num = '9999'")
    store.close()
    with pytest.raises(StoreError) as fault:
        open_store(place)
    assert fault.value.code == "store_newer"
    assert store.get(made.id) == made


def test_a_read_body_that_is_no_json_is_an_empty_one(store: Store) -> None:
    made = store.create("scenario", "klein", "A", {"n": 1})
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE nahbar_documents SET body = '{'")
    assert store.records("scenario", "klein")[0].body == {}
    assert store.undo(made.id, 1, to=1).body == {"n": 1}


def code_of(attempt: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as fault:
        attempt()
    return fault.value.code


# SQLite alone


def test_the_file_is_made_where_the_environment_says(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("NAHBAR_DATABASE_URL", raising=False)
    assert database_address() == f"sqlite:///{ROOT / 'var' / 'nahbar.db'}"
    monkeypatch.setenv("NAHBAR_DATABASE_URL", f"sqlite:///{tmp_path}/a/b/c.db")
    open_store().close()
    assert (tmp_path / "a" / "b" / "c.db").is_file()


def test_sqlite_is_set_up_for_several_processes(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/n.db")
    with store._engine.connect() as connection:
        asked = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in (
            "journal_mode", "busy_timeout", "foreign_keys", "synchronous",
        )}  # fmt: skip
    assert asked == {"journal_mode": "wal", "busy_timeout": 10_000, "foreign_keys": 1, "synchronous": 2}


@pytest.mark.parametrize("kind", ["no_database", "cut", "scribbled"])
def test_a_damaged_file_is_told_and_left_untouched(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "nahbar.db"
    if kind == "no_database":
        file.write_bytes(b"das ist keine Datenbank" * 500)
    else:
        store = open_store(f"sqlite:///{file}")
        for number in range(30):
            store.create("scenario", "klein", f"A{number}", {"text": "x" * 5_000})
        store.close()
        whole = file.read_bytes()
        middle = len(whole) // 2
        file.write_bytes(whole[:middle] if kind == "cut" else whole[:4096] + b"\xa5" * 12_000 + whole[16_096:])
    before = file.read_bytes()
    assert code_of(lambda: open_store(f"sqlite:///{file}")) == "store_damaged"
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """As another user where the tests run as root, whom no folder refuses."""
    folder = tmp_path / "zu"
    folder.mkdir()
    (tmp_path / "datei").write_text("")
    assert code_of(lambda: open_store(f"sqlite:///{tmp_path}/datei/n.db")) == "store_read_only"
    for parent in (folder, *folder.parents[:3]):
        if parent.owner() == Path.home().owner() and str(parent).startswith(str(tmp_path.parents[2])):
            parent.chmod(0o755)
    folder.chmod(0o555)
    script = (
        "import os, sys\n"
        "from geo.store import StoreError, open_store\n"
        "import geo.store.documents, sqlalchemy.dialects.sqlite.pysqlite\n"
        "open_store('sqlite://').create('scenario', 'k', 'A', {})\n"
        "os.geteuid() or os.seteuid(65534)\n"
        "for name in ('n.db', 'tief/n.db'):\n"
        "    try:\n"
        "        open_store(f'sqlite:///{sys.argv[1]}/{name}')\n"
        "        print('opened')\n"
        "    except StoreError as fault:\n"
        "        print(fault.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["store_read_only", "store_read_only"], done.stderr


def test_a_full_database_keeps_what_it_has(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/n.db")
    made = store.create("scenario", "klein", "A", {"n": 1})
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    assert code_of(lambda: store.create("scenario", "klein", "B", {"text": "x" * 500_000})) == "store_full"
    assert code_of(lambda: store.save(made.id, 1, body={"text": "x" * 500_000})) == "store_full"
    assert store.records("scenario", "klein") == (made,)
    store.close()
    again = open_store(f"sqlite:///{tmp_path}/n.db")
    assert again.save(made.id, 1, body={"text": "x" * 500_000}).version == 2


def test_a_full_disk_keeps_what_it_has(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a small disk can be mounted by an administrator only")
    try:
        store = open_store(f"sqlite:///{disk}/n.db")
        made = store.create("scenario", "klein", "A", {"n": 1})
        codes = set()
        for number in range(12):
            try:
                store.create("scenario", "klein", f"B{number}", {"text": "x" * 40_000})
            except StoreError as fault:
                codes.add(fault.code)
        assert codes == {"store_full"}
        kept = store.records("scenario", "klein")
        assert kept[0] == made
        assert all(len(record.body["text"]) == 40_000 for record in kept[1:])
        store.close()
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        again = open_store(f"sqlite:///{disk}/n.db")
        assert again.records("scenario", "klein") == kept
        assert again.create("scenario", "klein", "C", {"text": "x" * 40_000}).version == 1
        again.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_file_locked_too_long_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("geo.store.engine.BUSY_MILLISECONDS", 200)
    store = open_store(f"sqlite:///{tmp_path}/n.db")
    made = store.create("scenario", "klein", "A", {})
    other = sqlite3.connect(tmp_path / "n.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert code_of(lambda: store.save(made.id, 1, name="B")) == "store_busy"
    assert store.get(made.id) == made
    other.execute("COMMIT")
    assert store.save(made.id, 1, name="B").name == "B"


def test_a_store_in_memory_lasts_as_long_as_it_is_held() -> None:
    store = open_store(IN_MEMORY)
    names = [f"A{number}" for number in range(20)]
    threads = [threading.Thread(target=store.create, args=("scenario", "klein", name, {})) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(record.name for record in store.records("scenario", "klein")) == sorted(names)
    assert open_store(IN_MEMORY).records("scenario", "klein") == ()


# PostgreSQL alone


def test_stopped_in_mid_save_and_started_again(server: Server) -> None:
    place = server.fresh(f"t{uuid.uuid4().hex}")
    store = open_store(place)
    made = store.create("scenario", "klein", "A", {"n": 0})
    shared = store.create("scenario", "klein", "Summe", {"sum": 0})
    writer = write(place, 1, 100_000, shared.id)
    wait_until(lambda: store.get(shared.id).version > 10, "the writer has written")
    server.stop()
    began = time.monotonic()
    with pytest.raises(StoreError) as fault:
        store.save(made.id, 1, body={"n": 1}, operation="sichern")
    assert time.monotonic() - began < 20
    assert (fault.value.code, fault.value.operation) == ("store_unreachable", "sichern")
    said = writer.communicate(timeout=PATIENCE_SECONDS)[0].splitlines()
    assert said[-1] == "failed store_unreachable"
    assert code_of(lambda: open_store(place)) == "store_unreachable"
    server.start()
    saved = store.save(made.id, 1, body={"n": 1}, operation="sichern")
    assert (saved.version, saved.body) == (2, {"n": 1})
    assert said.count("added") <= store.get(shared.id).body["sum"] <= said.count("added") + 1
    for record in store.records("scenario", "klein"):
        assert store.history(record.id)[0] == record
    store.close()


def test_a_connection_cut_after_the_save_arrived_does_not_save_twice(server: Server) -> None:
    """The answer of a commit is lost: the save is tried anew by itself and found done."""
    from sqlalchemy import event

    store = open_store(server.fresh(f"t{uuid.uuid4().hex}"))
    made = store.create("scenario", "klein", "A", {"n": 0})
    cut: list[int] = []

    @event.listens_for(store._engine, "commit")
    def lose_the_answer(connection) -> None:
        if cut:
            return
        cut.append(1)
        driver = connection.connection.dbapi_connection
        driver.commit()
        driver.close()

    saved = store.save(made.id, 1, body={"n": 1})
    assert cut == [1]
    assert (saved.version, saved.body) == (2, {"n": 1})
    assert [one.version for one in store.history(made.id)] == [2, 1]


def test_a_short_restart_is_not_even_noticed(server: Server) -> None:
    store = open_store(server.fresh(f"t{uuid.uuid4().hex}"))
    made = store.create("scenario", "klein", "A", {"n": 0})
    server.stop("fast")
    server.start()
    assert store.save(made.id, 1, body={"n": 1}).version == 2


# No secrets


@pytest.mark.parametrize(
    "place",
    [
        f"postgresql://nahbar:{PASSWORD}@127.0.0.1:1/x",
        f"postgresql://nahbar:{PASSWORD}@[::1/x",
        f"postgresql://nahbar:{PASSWORD}@127.0.0.1:port/x",
        f"mysql://nahbar:{PASSWORD}@127.0.0.1/x",
        f"nahbar:{PASSWORD}@127.0.0.1/x",
        f"postgresql://127.0.0.1:1/x?user=nahbar&password={PASSWORD}",
    ],
)
def test_a_password_is_in_no_message_or_log(place: str, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StoreError) as fault:
        open_store(place)
    assert fault.value.code in ("store_unreachable", "store_address_unknown")
    said = "".join(traceback.format_exception(fault.value)) + caplog.text + repr(fault.value.findings)
    assert PASSWORD not in said.replace(repr(place), "")
    assert PASSWORD not in str(fault.value)


def test_a_wrong_password_is_in_no_message_or_log(server: Server, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = PASSWORD[::-1]
    with pytest.raises(StoreError) as fault:
        open_store(server.address("postgres").replace(PASSWORD, wrong))
    assert fault.value.code == "store_unreachable"
    assert wrong not in "".join(traceback.format_exception(fault.value)) + caplog.text
