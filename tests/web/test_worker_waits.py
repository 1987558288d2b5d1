"""The worker outlives its database: it waits, says so, and goes on working."""

from __future__ import annotations

import os
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
        _until(lambda: bool(_workers(url)))
        before = _workers(url)
        assert server.process is not None
        server.stop()
        _until(lambda: b"The database does not answer" in told.read_bytes())
        server = start(tmp_path / "pg", fast=True)
        _until(lambda: bool(set(_workers(url)) - set(before)))
        assert worker.poll() is None
        assert b"unexpected" not in told.read_bytes()
    finally:
        worker.terminate()
        worker.wait(30)
        server.stop()


def _workers(url: str) -> list[int]:
    with psycopg.connect(url) as con:
        row = con.execute(WORKERS).fetchone()
    return list(row[0] or ()) if row else []


def _until(what: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not what():
        assert time.monotonic() < limit, what
        time.sleep(0.2)
