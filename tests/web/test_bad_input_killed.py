"""The service killed in the middle of a signature: what stands is what stood before, or all of it.

A real server answers the mayor's browser. It is held up in the middle of signing a batch, when some
of it is written already, and killed as a power cut would; then again at moments of no choosing.
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from families import ask, one
from proposing import Office, a_family, evidence_in, fingerprint, state

from tangga.web.today import pretend

pytestmark = pytest.mark.slow

DAY = date(2026, 2, 5)
COLUMNS = ("floor", "wall", "roof", "toilet", "lighting", "cooking_fuel")
MOMENTS = (0.03, 0.1, 0.3)
"""Seconds after the mayor's click at which the power goes."""
SECONDS = 60.0


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with pretend(DAY):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("killed")
    with evidence_in(made):
        yield made


@pytest.fixture(scope="module")
def family(web: Any) -> dict[str, Any]:
    return a_family(web)


@pytest.fixture(scope="module")
def office(web: Any, folder: Path, family: dict[str, Any]) -> Office:
    return Office(web, family["area"])


class Server:
    """The processes that answer, as the service has them."""

    def __init__(self, web: Any, folder: Path) -> None:
        from tangga.web.serving.processes import Listening, answering, free_port

        self.listening = Listening(port=free_port("127.0.0.1", 9700 + os.getpid() % 200), workers=1)
        environment = {
            **os.environ,
            "DATABASE_URL": web.url,
            "TANGGA_VAR": str(folder),
            "TANGGA_TODAY": DAY.isoformat(),
        }
        self.child = answering(self.listening, environment)

    def start(self) -> None:
        from tangga.web.serving.processes import wait_until_it_answers

        self.child.start()
        wait_until_it_answers(self.listening, "127.0.0.1", [self.child], threading.Event())

    def kill(self) -> None:
        """As the kernel or a power cut does: nobody is asked, nothing is put in order."""
        assert self.child.process is not None
        os.killpg(self.child.process.pid, signal.SIGKILL)
        self.child.process.wait(20)

    def browser(self, client: Any) -> requests.Session:
        """A browser with the session of a client."""
        from django.conf import settings

        found = requests.Session()
        name = settings.SESSION_COOKIE_NAME
        found.cookies.set(name, client.cookies[name].value, domain="127.0.0.1")
        return found


@pytest.fixture
def server(web: Any, folder: Path) -> Iterator[Server]:
    made = Server(web, folder)
    made.start()
    yield made
    if made.child.died() is None:
        made.kill()


def until(what: Callable[[], Any], said: str) -> None:
    """Wait for something to be so."""
    limit = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < limit, said
        time.sleep(0.02)


def batch_of(office: Office, family: dict[str, Any], *columns: str) -> tuple[str, list[str]]:
    """A batch that waits for the signature, and what is in it."""
    items = [office.value(family["family_id"], column) for column in columns]
    office.verified(*items)
    return office.batch(*items), items


def form_at(browser: requests.Session, address: str) -> dict[str, str]:
    """The form of the signature as the mayor has it before them."""
    page = browser.get(address).text
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    version = re.search(r'name="versi" value="(\d+)"', page)
    assert mark and version, page[:500]
    return {
        "csrfmiddlewaretoken": mark[1],
        "langkah": "sign",
        "versi": version[1],
        "dampak": fingerprint(page),
        "dokumen": "SK 460/2026",
    }


def send(browser: requests.Session, address: str, form: dict[str, str]) -> threading.Thread:
    """Press the button, and do not wait."""

    def sent() -> None:
        with suppress(requests.RequestException):  # nobody answers any more
            browser.post(f"{address}langkah/", form, allow_redirects=False, timeout=SECONDS)

    thread = threading.Thread(target=sent)
    thread.start()
    return thread


def values(web: Any, items: list[str]) -> int:
    query = "SELECT count(*) AS n FROM overlay_value WHERE item_id = ANY(%s::uuid[])"
    return int(one(web, query, items)["n"])


def trail(web: Any, to: int | None = None) -> list[tuple[Any, ...]]:
    """Every event of the trail (up to one of them)."""
    with psycopg.connect(web.superuser_url) as con:
        query = "SELECT * FROM audit_events WHERE %s::bigint IS NULL OR id <= %s ORDER BY id"
        return con.execute(query, [to, to]).fetchall()


def others(web: Any) -> int:
    """Connections of the server that still do something."""
    query = (
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    with psycopg.connect(web.superuser_url) as con:
        return int(con.execute(query).fetchone()[0])


def test_killed_while_some_of_it_is_written(
    web: Any, office: Office, family: dict[str, Any], server: Server
) -> None:
    from tangga.web.audit.seal import seal_now
    from tangga.web.audit.verify import verify_audit

    batch, items = batch_of(office, family, *COLUMNS[:3])
    address = f"{server.listening.url}/usul/bundel/{batch}/"
    browser = server.browser(office.client("mayor"))
    form = form_at(browser, address)
    # No worker runs here that seals each minute: events of the release's loading wait for us.
    assert seal_now(SECONDS)
    before = trail(web)
    with psycopg.connect(web.superuser_url) as held:
        held.execute("LOCK TABLE overlay_value IN EXCLUSIVE MODE")
        sent = send(browser, address, form)
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        until(lambda: held.execute(waits, ["overlay_value"]).fetchone()[0], "it never began")
        server.kill()
        held.rollback()
    sent.join(SECONDS)
    until(lambda: not others(web), "the killed server's transaction is still there")
    assert state(web, batch) == "presented"
    assert {state(web, item) for item in items} == {"recommended"}
    assert values(web, items) == 0
    assert trail(web, before[-1][0]) == before, "what was recorded is recorded"
    assert "sign" not in {row["step"] for row in _taken(web, batch)}
    seal_now(SECONDS)
    assert [one.what for one in verify_audit()] == []
    server.start()
    assert browser.post(f"{address}langkah/", form_at(browser, address)).status_code == 200
    assert state(web, batch) == "signed" and {state(web, item) for item in items} == {"ready"}
    assert values(web, items) == len(items)


def _taken(web: Any, item: str) -> list[dict[str, Any]]:
    return ask(web, "SELECT step FROM work_taken WHERE item_id = %s", item)


def test_killed_at_any_moment_it_is_before_or_after(
    web: Any, office: Office, family: dict[str, Any], server: Server
) -> None:
    for moment, column in zip(MOMENTS, COLUMNS[3:], strict=True):
        batch, items = batch_of(office, family, column)
        address = f"{server.listening.url}/usul/bundel/{batch}/"
        browser = server.browser(office.client("mayor"))
        sent = send(browser, address, form_at(browser, address))
        time.sleep(moment)
        server.kill()
        sent.join(SECONDS)
        until(lambda: not others(web), "the killed server's transaction is still there")
        stands = (state(web, batch), {state(web, one) for one in items}, values(web, items))
        signed = [row["step"] for row in _taken(web, batch)].count("sign")
        assert (*stands, signed) in (
            ("presented", {"recommended"}, 0, 0),
            ("signed", {"ready"}, 1, 1),
        ), moment
        server.start()
        if stands[0] == "presented":
            browser.post(f"{address}langkah/", form_at(browser, address))
        assert state(web, batch) == "signed" and values(web, items) == 1
