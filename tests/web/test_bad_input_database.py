"""The database goes away, in mid-request too, and comes back: clear answers, and nothing lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from api_tokens import Program, token

ROLE, HERE = "operator_kabkota", "1811"
FORM = {"name": "sebelum putus", "scopes": ["figures"], "days": "30"}


class Switch:
    """Stops the server of the tests for real, and starts it again."""

    def __init__(self, cluster: Any) -> None:
        self.cluster = cluster

    def off(self) -> None:
        self.cluster.stop()

    def on(self) -> None:
        from tangga.web.database.postgres import start

        self.cluster = start(self.cluster.data, fast=True)


@pytest.fixture
def switch(cluster: Any, web: Any) -> Iterator[Switch]:
    """The server's switch; on again at the end, whatever the test did. Nobody waits for long."""
    from django.db import connection

    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"]["pool"]["timeout"] = 1.0
    made = Switch(cluster)
    yield made
    made.on()


def _tokens(web: Any) -> int:
    with web.owner() as con:
        return int(con.execute("SELECT count(*) FROM api_token").fetchone()[0])


def _is_calm(answer: Any) -> None:
    text = answer.content.decode()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    for inside in ("Traceback", "psycopg", "OperationalError", ".py", "postgresql://", "SELECT"):
        assert inside not in text


def _within(seconds: float, ask: Any) -> Any:
    """The first answer that is no 503."""
    limit = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer.status_code != 503 or time.monotonic() > limit:
            return answer
        time.sleep(0.2)


def test_without_a_database_each_page_says_so_and_with_it_all_is_as_before(
    web: Any, switch: Switch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = web.client(ROLE, HERE)
    browser.raise_request_exception = False
    asks = Program(token(web, ROLE, HERE))
    before = asks.get("families", limit=3).json()
    switch.off()
    page = browser.get("/akun/token/")
    _is_calm(page)
    assert "<h1>" in page.content.decode()
    answer = asks.get("families", limit=3)
    _is_calm(answer)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"].endswith("#unavailable")
    switch.on()
    assert _within(15, lambda: asks.get("families", limit=3)).json() == before
    assert browser.get("/akun/token/").status_code == 200
    told = caplog.text
    for secret in ("tangga_", "allowlist", "password"):
        assert secret not in told.replace("tangga_owner", "").replace("tangga_module", "")


def test_gone_in_mid_request_nothing_is_half_done_and_the_next_try_is_whole(
    web: Any, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.api import tokens

    browser = web.client(ROLE, HERE)
    browser.raise_request_exception = False
    before = _tokens(web)
    written = tokens.audit.record

    def gone(*given: Any, **named: Any) -> None:
        # The token stands in the transaction already, and its event does not.
        switch.off()
        written(*given, **named)

    monkeypatch.setattr(tokens.audit, "record", gone)
    _is_calm(browser.post("/akun/token/", FORM))
    monkeypatch.undo()
    switch.on()
    assert _tokens(web) == before
    made = _within(15, lambda: browser.post("/akun/token/", FORM))
    assert made.status_code == 200
    assert _tokens(web) == before + 1
