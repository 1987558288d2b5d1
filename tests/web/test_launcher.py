"""A PostgreSQL server of our own: made, found, killed and recovered."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from tangga.errors import UserError
from tangga.web.database import binaries
from tangga.web.database.bootstrap import (
    APP,
    EXTENSIONS,
    OWNER,
    WEB,
    bootstrap,
    prepare,
    require_version,
)
from tangga.web.database.postgres import Server, running, socket_folder, start


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """In a folder with blanks and quotes in its name, deeper than a socket's path may be."""
    deep = tmp_path_factory.mktemp("data") / 'it\'s a "folder"' / ("long" * 30)
    server = start(deep, fast=True)
    yield server
    server.stop()


def _value(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as con:
        row = con.execute(query.encode()).fetchone()
    return row and row[0]


def test_it_answers_whatever_the_folder_is_called(server: Server) -> None:
    url = server.url("postgres")
    assert _value(url, "SELECT current_user") == "postgres"
    assert _value(url, "SELECT upper('ñ') || current_setting('server_encoding')") == "ÑUTF8"
    assert _value(url, "SELECT current_setting('data_checksums')") == "on"
    assert len(os.fsencode(socket_folder(server.data))) < 80


def test_nobody_else_can_come_in(server: Server) -> None:
    assert _value(server.url("postgres"), "SELECT current_setting('listen_addresses')") == ""
    for folder in (server.data, server.data / "cluster", server.socket):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.data / "server.log").stat().st_mode) == 0o600


def test_values_stay_out_of_the_log(server: Server) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as con:
        con.execute("CREATE TABLE card (nik text PRIMARY KEY)")
        for query in ("INSERT INTO card VALUES ('1811000000000001')", "SELECT 'Siti Aminah'::int"):
            with pytest.raises(psycopg.Error):
                for _ in range(2):
                    con.execute(query.encode())
    log = (server.data / "server.log").read_text()
    assert "duplicate key" in log
    assert "1811000000000001" not in log
    assert "Key (nik)" not in log


def test_a_second_start_finds_the_first(server: Server) -> None:
    again = start(server.data, fast=True)
    assert not again.ours
    assert again.url("postgres") == server.url("postgres")


def test_two_starts_at_once_make_one_server(tmp_path: Path) -> None:
    found: list[Server] = []
    threads = [
        threading.Thread(target=lambda: found.append(start(tmp_path / "pg"))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert sorted(one.ours for one in found) == [False, True]
    finally:
        for one in found:
            one.stop()
    assert running(tmp_path / "pg") is None


def test_what_was_committed_outlives_a_kill(tmp_path: Path) -> None:
    server = start(tmp_path / "pg")
    with psycopg.connect(server.url("postgres"), autocommit=True) as con:
        con.execute("CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) AS g")
        pids = [pid for (pid,) in con.execute("SELECT pid FROM pg_stat_activity").fetchall()]
    assert server.process is not None
    for pid in (server.process.pid, *pids):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    again = start(tmp_path / "pg")
    try:
        assert again.ours
        assert _value(again.url("postgres"), "SELECT count(*) FROM t") == 1000
    finally:
        again.stop()
    assert running(tmp_path / "pg") is None
    assert not again.socket.exists()


def test_a_server_outlives_who_started_it(tmp_path: Path) -> None:
    """As the demo's does that was killed: the next start finds it."""
    code = "import sys, pathlib; from tangga.web.database.postgres import start; "
    code += "start(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, tmp_path / "pg"], check=True)
    found = start(tmp_path / "pg")
    assert not found.ours
    found.stop()
    assert running(tmp_path / "pg") is None


def test_data_of_another_version_are_named(tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "PG_VERSION").write_text("9\n")
    with pytest.raises(UserError, match="made by PostgreSQL 9, and this machine has"):
        start(tmp_path)
    assert running(tmp_path) is None


def test_a_folder_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    with pytest.raises(UserError, match="PG_VERSION is missing"):
        start(tmp_path)


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "cluster.new").mkdir()
    (tmp_path / "cluster.new" / "PG_VERSION").write_text("18\n")
    server = start(tmp_path, fast=True)
    assert server.answers()
    server.stop()


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = socket_folder(tmp_path / "pg")
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    try:
        with pytest.raises(UserError, match="others can enter it"):
            start(tmp_path / "pg", fast=True)
    finally:
        folder.rmdir()


def test_why_it_does_not_start_is_told(tmp_path: Path) -> None:
    start(tmp_path, fast=True).stop()
    with (tmp_path / "cluster" / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = 'a lot'\n")
    with pytest.raises(UserError, match=r"did not start: .*shared_buffers"):
        start(tmp_path, fast=True)


def test_without_any_postgresql_the_user_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "installed", lambda: ())
    with pytest.raises(UserError, match="no PostgreSQL 15 or newer"):
        binaries.preferred()


@pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL refuses nobody but root")
def test_as_root_where_namespaces_are_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account `nobody` must reach folder and programs, so both stand in the open here."""
    monkeypatch.setattr(binaries, "as_nobody_special", binaries.by_account)
    folder = Path(tempfile.mkdtemp(prefix="tangga-", dir="/tmp"))
    folder.chmod(0o755)
    fitting = [b for b in binaries.installed() if _reachable(b.folder)]
    if not fitting:
        pytest.skip("no PostgreSQL that others could run")
    try:
        server = start(folder / "pg", fast=True, programs=fitting[0])
        assert _value(server.url("postgres"), "SELECT 1") == 1
        assert (folder / "pg" / "cluster").stat().st_uid != 0
        server.stop()
    finally:
        shutil.rmtree(folder)


def _reachable(folder: Path) -> bool:
    command = [*binaries.by_account(), "test", "-x", str(folder / "postgres")]
    return subprocess.run(command, check=False).returncode == 0


def test_the_owner_is_no_superuser_and_the_role_of_requests_owns_nothing(server: Server) -> None:
    url = bootstrap(server.url("postgres"))
    assert bootstrap(server.url("postgres")) == url
    rights = "rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication"
    for role in (OWNER, APP, WEB):
        assert _value(url, f"SELECT {rights} FROM pg_roles WHERE rolname = '{role}'") is False
    assert _value(url, f"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{APP}'") is False
    with psycopg.connect(url, autocommit=True) as con:
        con.execute(f"SET ROLE {APP}")
        for query in ("CREATE TABLE t (a int)", "CREATE SCHEMA s", "CREATE TEMP TABLE t (a int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                con.execute(query.encode())
    there = _value(url, "SELECT array_agg(extname::text) FROM pg_extension")
    assert isinstance(there, list)
    assert set(EXTENSIONS) <= set(there)


def test_a_database_made_by_hand_is_checked(server: Server) -> None:
    """What is missing is named, with the SQL for it; what the owner may do is done."""
    admin = server.url("postgres")
    owner = bootstrap(admin, database="by hand")
    with psycopg.connect(server.url("by hand"), autocommit=True) as con:
        con.execute("DROP EXTENSION pg_trgm")
    prepare(owner)
    assert _value(owner, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'") == 1
    with pytest.raises(UserError, match=r"not prepared: .*pg_trgm(.|\n)*CREATE EXTENSION"):
        prepare(server.url("template1", OWNER))
    with psycopg.connect(admin, autocommit=True) as con:
        con.execute("CREATE ROLE stranger LOGIN")
        con.execute("CREATE DATABASE strange OWNER stranger")
    with pytest.raises(UserError, match=f"membership of stranger in {APP}"):
        prepare(server.url("strange", "stranger"))


def test_only_a_superuser_prepares_a_server(server: Server) -> None:
    owner = bootstrap(server.url("postgres"))
    with pytest.raises(UserError, match="not that of a superuser"):
        bootstrap(owner)


def test_a_server_that_is_too_old_is_refused(server: Server) -> None:
    old = SimpleNamespace(info=SimpleNamespace(server_version=140012))
    with pytest.raises(UserError, match="PostgreSQL 14; Tangga needs 15"):
        require_version(old)  # type: ignore[arg-type]


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(UserError, match="cannot be reached") as wrong:
        prepare("postgresql://someone:geheim@127.0.0.1:1/tangga")  # pragma: allowlist secret
    assert "geheim" not in str(wrong.value)
