"""The service: loads that are killed, PostgreSQL killed under load, two at once, a full disk, a
flipped byte in what it reads, its clock."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from fault_machine import clock_set_back, read_only, small_disk
from fault_record import Told
from fault_runs import SECOND, Ground, fingerprints
from fault_service import Loads, Office, kill_postgres, open_office, release_tables, until

from tangga.engine.current import last_complete
from tangga.texts import say

pytestmark = pytest.mark.faults

OFFICERS = 4
"""Who write at the same time; each may keep forty filters."""


@pytest.fixture(scope="module")
def office(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("office"), ground) as opened:
        yield opened


@pytest.fixture(scope="module")
def undisturbed(office: Office) -> dict[str, str]:
    """The tables of a load that nothing disturbed; it waits for approval beside the first."""
    loaded = office.web("load", office.workspace)
    assert loaded.returncode == 0, loaded.stderr
    number = max(office.states())
    with office.connect() as con:
        return release_tables(con, number)


def assert_loads_equal(office: Office, undisturbed: dict[str, str]) -> str:
    """A load now gives the same rows in every table, and leaves nothing of those that died; what
    it said."""
    loaded = office.web("load", office.workspace)
    assert loaded.returncode == 0, loaded.stderr
    states = office.states()
    number = max(states)
    assert states[number] == "staged" and "loading" not in states.values()
    with office.connect() as con:
        assert release_tables(con, number) == undisturbed
        schemas = "SELECT nspname FROM pg_namespace WHERE nspname ~ '^r_'"
        there = {row[0] for row in con.execute(schemas).fetchall()}
    assert there == {f"r_{n}" for n, s in states.items() if s in ("staged", "in_force", "former")}
    return loaded.stdout


def _line(text: str, word: str) -> str:
    """The line with this word, and the one after it in the other language."""
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if word in line)
    return f"{lines[at]} / {lines[at + 1]}"


def _begun(office: Office) -> set[int]:
    """The numbers of loads that have begun and not ended, as far as the ledger knows."""
    return {number for number, state in office.states().items() if state == "loading"}


def release(office: Office) -> Path:
    return last_complete(office.workspace) / "publish" / "release"


# --- A load that is killed ------------------------------------------------------------------------


def test_a_load_killed_at_every_second_and_at_its_steps(
    office: Office, undisturbed: dict[str, str], told: Told
) -> None:
    loads = Loads(office)
    before = office.in_force()
    _, _, steps = loads.load(release(office), "never")
    try:
        for moment in [*map(str, range(0, steps, max(1, steps // 10))), str(steps - 1)]:
            status, _, _ = loads.load(release(office), moment)
            assert os.WIFSIGNALED(status), moment
            told.saw("kill -9", "a load into the service: at every second, and at steps of it")
            office.alone()
            assert office.in_force() == before, moment
        for second in range(1, 60):
            status, _, _ = loads.load(release(office), f"{second}.0s")
            if not os.WIFSIGNALED(status):
                break
            told.saw(told.fault, told.where)
            office.alone()
            assert office.in_force() == before, second
        assert not os.WIFSIGNALED(status), "it never came to its end"
    finally:
        loads.close()
    loads = Loads(office)
    loads.load(release(office), "3")
    loads.close()
    told.said(_line(assert_loads_equal(office, undisturbed), "terputus"))
    told.ended(
        "the release in force and every acknowledged row are as they were",
        "every table of the next load equal; what the dead ones left is dropped by it",
    )


def test_the_second_of_two_loads_is_refused(
    office: Office, undisturbed: dict[str, str], told: Told, tmp_path: Path
) -> None:
    before = office.in_force()
    past = _begun(office)
    first = office.starting("load", office.workspace, log=tmp_path / "first")
    until(lambda: _begun(office) - past, "the first never began")
    os.killpg(first.pid, signal.SIGSTOP)  # it holds the lock for as long as we look
    second = office.web("load", office.workspace)
    os.killpg(first.pid, signal.SIGCONT)
    assert second.returncode == 2 and "another load" in second.stderr, second.stderr
    told.saw("two at once", "a second load while a load is at work")
    told.said(second.stderr)
    assert first.wait(300) == 0, (tmp_path / "first").read_text()
    assert office.in_force() == before
    assert_loads_equal(office, undisturbed)
    told.ended("the second is refused at once, the first is not disturbed", "every table equal")


# --- PostgreSQL -----------------------------------------------------------------------------------


class Writer(threading.Thread):
    """An officer who keeps filters one after the other, and remembers which the service answered
    for."""

    def __init__(self, url: str, session: str, number: int, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.url, self.number, self.over = url, number, over
        self.acknowledged: list[str] = []
        self.refused: list[tuple[int, str]] = []
        self.browser = requests.Session()
        self.browser.cookies.set("sessionid", session, domain="127.0.0.1")

    def run(self) -> None:
        while not self.over.is_set() and len(self.acknowledged) < 38:
            before = len(self.acknowledged)
            with suppress(requests.RequestException):
                self.keep(f"Saringan {self.number} {before}")
            time.sleep(0.3 if len(self.acknowledged) > before else 1.0)

    def keep(self, name: str) -> None:
        """Until it is answered for, or refused."""
        page = self.browser.get(f"{self.url}/daftar/families/", timeout=30)
        mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if page.status_code != 200 or mark is None:
            self.refused.append((page.status_code, page.text))
            return
        form = {"csrfmiddlewaretoken": mark[1], "nama": name}
        address = f"{self.url}/daftar/families/simpan/?desil=1"
        answer = self.browser.post(address, form, allow_redirects=False, timeout=30)
        if answer.status_code == 302:
            self.acknowledged.append(name)
        else:
            self.refused.append((answer.status_code, answer.text))


@pytest.fixture
def serving(office: Office, tmp_path: Path) -> Iterator[str]:
    """`tangga web serve`, answering; its address."""
    from tangga.web.serving.processes import Listening, answers, free_port

    port = free_port("127.0.0.1", 9900 + os.getpid() % 90)
    asked = ("serve", "--port", str(port), "--workers", "1", "--without-worker")
    serve = office.starting(*asked, log=tmp_path / "serve")
    listening = Listening(port=port, workers=1)
    try:
        until(lambda: answers(listening, "localhost"), "the service does not answer")
        yield listening.url
    finally:
        serve.terminate()
        serve.wait(60)


def test_postgres_killed_under_load(
    office: Office, undisturbed: dict[str, str], serving: str, told: Told, tmp_path: Path
) -> None:
    over = threading.Event()
    sessions = office.inside("sessions", str(OFFICERS))
    writers = [Writer(serving, key, n, over) for n, key in enumerate(sessions)]
    number, tables, _ = office.in_force()
    for writer in writers:
        writer.start()
    said = []
    for death in range(2):
        wanted = sum(len(w.acknowledged) for w in writers) + 6
        until(lambda w=wanted: sum(len(x.acknowledged) for x in writers) >= w, "nobody could write")
        past = _begun(office)
        load = office.starting("load", office.workspace, log=tmp_path / f"load-{death}")
        until(lambda p=past: _begun(office) - p, "the load never began")
        kill_postgres(office.server)
        told.saw("PostgreSQL killed (-9)", "while officers write and a release is being loaded")
        assert load.wait(120) == 2, (tmp_path / f"load-{death}").read_text()
        said.append((tmp_path / f"load-{death}").read_text())
        until(lambda: office.states(), "it was not started again")
    wanted = sum(len(w.acknowledged) for w in writers) + 6
    until(lambda: sum(len(x.acknowledged) for x in writers) >= wanted, "nobody could write again")
    over.set()
    for writer in writers:
        writer.join(60)
    for text in said:
        assert "basis data berhenti menjawab" in text and "ulangi perintah ini" in text, text
        told.said(text[text.index("tangga: ") :], office.folder)
    refused = [one for w in writers for one in w.refused]
    assert {status for status, _ in refused} <= {503, 500}, refused
    assert not [text for status, text in refused if status == 500], "a page without a remedy"
    with office.connect() as con:
        kept = {row[0] for row in con.execute("SELECT name FROM search_savedfilter").fetchall()}
        asked = "SELECT count(*) FROM audit_events WHERE what = 'filter_saved'"
        trail = con.execute(asked).fetchone()
    acknowledged = [name for w in writers for name in w.acknowledged]
    assert set(acknowledged) <= kept, "an acknowledged write is gone"
    assert trail and trail[0] >= len(acknowledged)
    assert office.in_force()[:2] == (number, tables)
    assert_loads_equal(office, undisturbed)
    told.ended(
        "every write that was answered for is there, the release in force is as it was; `tangga "
        "web serve` starts PostgreSQL again by itself",
        "every table of the next load equal",
    )


def test_the_disk_of_the_database_is_full(
    office: Office, undisturbed: dict[str, str], told: Told, tmp_path: Path
) -> None:
    """The tables of loads go to a small disk; all else stays where it was."""
    before = office.in_force()
    disk = Path("/tmp") / f"tangga-faults-{os.getpid()}"
    with small_disk(disk, 3 * 2**20):
        place = disk / "tables"
        place.mkdir(mode=0o777)
        place.chmod(0o777)
        shutil.chown(place, (office.server.data / "cluster").stat().st_uid)
        with office.connect() as con:
            con.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            con.execute("ALTER DATABASE tangga SET default_tablespace = small")
            con.execute("GRANT CREATE ON TABLESPACE small TO tangga_owner")
            try:
                loaded = office.web("load", office.workspace)
            finally:
                con.execute("ALTER DATABASE tangga RESET default_tablespace")
            assert loaded.returncode == 2, (loaded.stdout, loaded.stderr)
            assert "disk basis data penuh" in loaded.stderr, loaded.stderr
            told.saw("disk full", "under the tables of PostgreSQL, while a release is loaded")
            told.said(loaded.stderr)
            assert office.in_force() == before
            assert_loads_equal(office, undisturbed)
            con.execute("DROP TABLESPACE small")
    told.ended("the release in force and every acknowledged row are as they were",
               "every table of the next load equal")  # fmt: skip


# --- Another byte ---------------------------------------------------------------------------------


def flipped(file: Path) -> bytes:
    """One bit in the middle of a file is another; what stood there before."""
    whole = file.read_bytes()
    other = bytearray(whole)
    other[len(other) // 2] ^= 0x10
    file.write_bytes(other)
    return whole


def test_a_flipped_byte_or_a_cut_in_a_release(
    office: Office, undisturbed: dict[str, str], told: Told, tmp_path: Path
) -> None:
    before = office.in_force()
    folder = tmp_path / "publish"
    shutil.copytree(release(office).parent, folder)
    hurt = sorted((folder / "release").glob("*.parquet"))
    for file in hurt:
        flipped(file)
    loaded = office.web("load", folder / "release")
    assert loaded.returncode == 2, loaded.stdout
    for file in hurt[:30]:
        assert f"{file.name}: is not the file" in loaded.stderr, file.name
    told.saw("flipped byte", "in every table of a release; in its open tables; a table cut off")
    lines = loaded.stderr.splitlines()
    told.said(f"{lines[0]}: {lines[1]} … {lines[-1]}", folder)
    shutil.rmtree(folder)
    for name in ("open", "cut"):
        shutil.copytree(release(office).parent, folder)
        if name == "open":
            flipped(next(iter(sorted((folder / "open").glob("*.csv")))))
        else:
            os.truncate(folder / "release" / "persons.parquet", 1000)
        loaded = office.web("load", folder / "release")
        assert loaded.returncode == 2 and "sha256" in loaded.stderr, (name, loaded.stderr)
        assert "tangga run DIR --full" in loaded.stderr, loaded.stderr
        told.saw(told.fault, told.where)
        shutil.rmtree(folder)
    assert office.in_force() == before
    assert_loads_equal(office, undisturbed)
    told.ended("refused, each file by name, before a row is in the database",
               "every table of the next load equal")  # fmt: skip


# --- Backups --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def backup(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole one."""
    to = tmp_path_factory.mktemp("backups")
    made = office.web("backup", "--to", to)
    assert made.returncode == 0, made.stderr
    (folder,) = to.iterdir()
    return folder


def test_a_flipped_byte_in_a_backup(
    office: Office, backup: Path, told: Told, tmp_path: Path
) -> None:
    from tangga.errors import UserError
    from tangga.web.backup.folder import check_files, newest, read

    copy = tmp_path / "backups" / backup.name
    shutil.copytree(backup, copy)
    for file in sorted(copy.iterdir()):
        size = file.stat().st_size
        for place in {0, size // 4, size // 2, size - 2}:
            whole = file.read_bytes()
            other = bytearray(whole)
            other[place] ^= 0x01
            file.write_bytes(other)
            with pytest.raises(UserError, match="Use another backup") as refused:
                check_files(read(copy))
            assert file.name in str(refused.value)
            told.saw("flipped byte", "in each file of a backup, its manifest too, at four places")
            told.said(str(refused.value), copy)
            file.write_bytes(whole)
    with (copy / "database.dump").open("ab") as out:
        out.write(b"x")
    to = tmp_path / "again"
    refusal = office.web("restore", copy, "--workspace", to)
    assert refusal.returncode == 2 and "database.dump" in refusal.stderr, refusal.stderr
    assert not to.exists(), "nothing was written"
    check_files(read(backup))
    assert newest(backup.parent) == read(backup)
    told.ended("refused by name before anything is restored", "the backup beside it is whole")


def test_a_backup_to_a_disk_that_is_full_or_read_only(
    office: Office, backup: Path, told: Told, tmp_path: Path
) -> None:
    place = tmp_path / "small"
    with small_disk(place, 64 * 1024):
        full = office.web("backup", "--to", place)
        assert full.returncode == 2, full.stderr
        told.saw("disk full", "where a backup is written; and a folder that is read-only")
        told.said(full.stderr, place)
        assert list(place.iterdir()) == [], "no half backup is left"
    closed = tmp_path / "closed"
    closed.mkdir()
    with read_only(closed):
        refused = office.web("backup", "--to", closed)
    assert refused.returncode == 2 and "hanya-baca" in refused.stderr, refused.stderr
    told.saw(told.fault, told.where)
    again = office.web("backup", "--to", place)
    assert again.returncode == 0, again.stderr
    tables = [json.loads((f / "manifest.json").read_text())["tables"] for f in (
        backup, next(place.iterdir()))]  # fmt: skip
    assert tables[0].keys() == tables[1].keys()
    told.ended("no half backup is left, and those before it stay", "a backup, every table in it")


def test_the_clock_of_the_service_is_set_back(
    office: Office, undisturbed: dict[str, str], backup: Path, told: Told, tmp_path: Path
) -> None:
    back = clock_set_back()
    to = tmp_path / "backups"
    shutil.copytree(backup.parent, to)
    checked = office.web("check", before=back, TANGGA_BACKUPS=str(to))
    said = next(line for line in checked.stdout.splitlines() if "sesudah jam komputer" in line)
    told.said(said, to)
    made = office.web("backup", "--to", to, "--keep", "1", before=back)
    assert made.returncode == 0, made.stderr
    (left,) = to.iterdir()
    assert left.name < backup.name, "the new one is kept, though it is named before the others"
    told.saw("clock set back 400 days", "a backup that keeps one; sealing the trail; a load")
    _, wrong = office.inside("seal", before=tuple(back))
    assert wrong == []
    _, wrong = office.inside("seal")
    assert wrong == []
    told.saw(told.fault, told.where)
    before = office.in_force()
    loaded = office.web("load", office.workspace, before=back)
    assert loaded.returncode == 0, loaded.stderr
    told.saw(told.fault, told.where)
    assert office.in_force() == before
    with office.connect() as con:
        assert release_tables(con, max(office.states())) == undisturbed
    told.ended("the new backup is kept; the trail still proves itself",
               "every table of that load equal")  # fmt: skip


# --- Workers --------------------------------------------------------------------------------------


def test_two_workers_at_once(
    office: Office, undisturbed: dict[str, str], ground: Ground, serving: str, told: Told,
    tmp_path: Path,
) -> None:  # fmt: skip
    """One job of processing, two workers that want it."""
    assert last_complete(office.workspace).name == "00001"
    (session,) = office.inside("nation")
    browser = requests.Session()
    browser.cookies.set("sessionid", session, domain="127.0.0.1")
    workers = [office.starting("worker", log=tmp_path / f"worker-{n}") for n in range(2)]
    try:
        page = browser.get(f"{serving}/unggah/", timeout=60)
        mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert mark, page.text[:500]
        form = {"csrfmiddlewaretoken": mark[1], "per": "2026-01-31"}
        for _ in range(2):  # pressed twice
            answer = browser.post(f"{serving}/pekerjaan/", form, timeout=60)
            assert answer.status_code == 200
        told.saw("two at once", "two workers, one job of processing, its button pressed twice")
        said = say("web_intake.run_already", "id")
        assert said in answer.text
        told.said(f"{said} / {say('web_intake.run_already', 'en')}")
        until(lambda: set(jobs(office).values()) <= {"done"}, "the job never ended", 400)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(60)
    assert len(jobs(office)) == 1, "it was done once"
    assert last_complete(office.workspace).name == SECOND
    assert not (office.workspace / "runs" / "00003").exists()
    assert fingerprints(last_complete(office.workspace)) == ground.second
    told.ended("one of them takes the job, once; the other waits", "every table equal")


def jobs(office: Office) -> dict[str, str]:
    """Jobs of processing and their states."""
    with office.connect() as con:
        rows: list[Any] = con.execute(
            "SELECT id::text, state FROM intake_job WHERE kind = 'run'"
        ).fetchall()
    return dict(rows)
