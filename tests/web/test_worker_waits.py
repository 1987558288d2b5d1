"""The worker outlives its database: it waits, says so, and goes on working."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tangga.web.database.bootstrap import bootstrap
from tangga.web.database.postgres import start

pytestmark = pytest.mark.slow

WORKERS = "SELECT array_agg(id ORDER BY id) FROM procrastinate_workers"
SECONDS = 400.0
"""So that a worker that never comes is told. How fast it comes is no matter of this test: it lets
everything else go first, so on a machine that has much to do it comes late."""


def test_a_database_that_goes_away_is_waited_for(tmp_path: Path) -> None:
    server = start(tmp_path / "pg", fast=True)
    url = bootstrap(server.url("postgres"))
    environment = {**os.environ, "DATABASE_URL": url, "TANGGA_VAR": str(tmp_path / "var")}
    tangga = [sys.executable, "-m", "tangga", "web"]
    subprocess.run([*tangga, "migrate"], env=environment, check=True, capture_output=True)
    told = tmp_path / "told"
    with told.open("wb") as out:
        worker = subprocess.Popen([*tangga, "worker"], env=environment, stdout=out, stderr=out)
    try:
        _until(lambda: bool(_workers(url)), worker)
        before = _workers(url)
        assert server.process is not None
        server.stop()
        _until(lambda: b"The database does not answer" in told.read_bytes(), worker)
        server = start(tmp_path / "pg", fast=True)
        _until(lambda: bool(set(_workers(url)) - set(before)), worker)
        assert worker.poll() is None
        # A whole word: the driver itself may say that the server closed "unexpectedly".
        assert not re.search(rb"\bunexpected\b", told.read_bytes())
    finally:
        worker.terminate()
        worker.wait(SECONDS)
        server.stop()


def _workers(url: str) -> list[int]:
    with psycopg.connect(url) as con:
        row = con.execute(WORKERS).fetchone()
    return list(row[0] or ()) if row else []


def _until(what: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + SECONDS
    while not what():
        assert worker.poll() is None, "the worker ended"
        assert time.monotonic() < limit, what
        time.sleep(0.2)
