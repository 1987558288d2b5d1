"""The service as an office starts it, and the demo's: started, killed in parts, stopped whole."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import signal
import stat
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tangga.cli.demo_visit import Visitor
from tangga.web.database.postgres import running
from tangga.web.serving.processes import Listening, answers, free_port

OURS = re.compile(r"^(TANGGA_|DJANGO_|DATABASE_URL)")
PATIENCE = 900.0
"""Seconds, for a machine that does much else."""


def _environment(**more: str) -> dict[str, str]:
    """Ours, without what other tests have set."""
    return {k: v for k, v in os.environ.items() if not OURS.match(k)} | {"COLUMNS": "150"} | more


@pytest.fixture
def office(tmp_path: Path) -> dict[str, str]:
    """An office without a PostgreSQL of its own."""
    return _environment(
        TANGGA_VAR=str(tmp_path / "var"),
        TANGGA_SECRET_KEY=secrets.token_urlsafe(48),
        TANGGA_FIELD_KEY=b64encode(secrets.token_bytes(32)).decode(),
        TANGGA_INSECURE_HTTP="yes",
    )


def _tangga(
    environment: dict[str, str], *arguments: str, **more: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tangga", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        **({"stdin": subprocess.DEVNULL} | more if "input" not in more else more),
    )


@contextmanager
def _started(
    environment: dict[str, str], log: Path, *arguments: str, says: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A command that runs on, from the moment it says so; ended whatever happens."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tangga", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        try:
            limit = time.monotonic() + PATIENCE
            while says not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < limit, log.read_text()
                time.sleep(0.1)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()


def _children(of: int) -> dict[int, str]:
    """Process number -> command line, of those that a process started."""
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(of)], capture_output=True, text=True, check=False
    )
    lines = [line.strip().split(" ", 1) for line in found.stdout.splitlines()]
    return {int(pid): arguments for pid, arguments in lines}


def _child(of: int, word: str) -> int:
    return next((pid for pid, args in _children(of).items() if word in args), 0)


def _logins(pid: int) -> set[str]:
    """Whom a process can log in to the database as, by all that its environment says."""
    said = Path(f"/proc/{pid}/environ").read_bytes().decode()
    return set(re.findall(r"postgresql://([a-z_]+)@", said))


def _wait(true: Any) -> None:
    limit = time.monotonic() + 60
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.2)


@pytest.mark.slow
def test_whatever_is_killed_is_started_again(office: dict[str, str], tmp_path: Path) -> None:
    """The worker, the web and PostgreSQL itself; then all of it ends with SIGTERM."""
    port = free_port("127.0.0.1", 8400)
    here, data = Listening("127.0.0.1", port), Path(office["TANGGA_VAR"]) / "postgres"
    log = tmp_path / "log"
    command = ("web", "serve", "--port", str(port), "--workers", "1")
    with _started(office, log, *command, says="The service is ready") as process:
        assert answers(here, "localhost")
        assert _logins(_child(process.pid, "granian")) == {"tangga_web"}
        assert _logins(_child(process.pid, "web worker")) == {"tangga_owner"}
        for word in ("web worker", "granian"):
            old = _child(process.pid, word)
            assert old
            os.kill(old, signal.SIGKILL)
            _wait(lambda word=word, old=old: _child(process.pid, word) not in {0, old})
        _wait(lambda: answers(here, "localhost"))
        server = running(data)
        assert server is not None
        (first,) = (data / "cluster" / "postmaster.pid").read_text().splitlines()[:1]
        os.kill(int(first), signal.SIGKILL)
        _wait(lambda: running(data) is not None)
        _wait(lambda: Visitor("127.0.0.1", port).get("/masuk/")[0] == 200)
        taken = _tangga(office, "web", "serve", "--port", str(port))
        assert (taken.returncode, f"port {port} is in use" in taken.stderr) == (2, True)
        assert running(data) is not None  # whoever is refused takes nothing away
        process.terminate()
        assert process.wait(60) == 0
    said = log.read_text()
    assert "is started again" in said
    assert "PostgreSQL is down" in said
    assert running(data) is None
    assert not answers(here, "localhost")


@pytest.mark.slow
def test_the_commands_of_an_operator(web: Any, office: dict[str, str], release: Path) -> None:
    """On a database that an administrator made."""
    from tangga.web.audit.seal import seal_now

    there = office | {"DATABASE_URL": web.url, "TANGGA_FIELD_KEY": os.environ["TANGGA_FIELD_KEY"]}
    assert _tangga(there, "web", "migrate").returncode == 0
    made = _tangga(there, "web", "user", "admin.satu", "--area", "1811")
    assert made.returncode == 0, made.stderr
    assert re.search(r"first login: [a-z-]+-\d{4}", made.stdout)
    again = _tangga(there, "web", "user", "admin.satu", "--area", "1811")
    assert again.returncode == 2
    short = _tangga(there, "web", "user", "admin.dua", "--password-stdin", input="geheim\n")
    assert short.returncode == 2
    good = secrets.token_urlsafe(16)
    done = _tangga(there, "web", "user", "admin.dua", "--password-stdin", input=good + "\n")
    assert done.returncode == 0, done.stderr
    assert good not in done.stdout + done.stderr
    wrong = _tangga(there, "web", "user", "admin.tiga", "--role", "raja")
    assert wrong.returncode == 2
    nowhere = _tangga(there, "web", "user", "admin.tiga", "--area", "9999")
    assert nowhere.returncode == 2 and "knows no such area: '9999'" in nowhere.stderr
    name = _tangga(there, "web", "user", "y")
    assert name.returncode == 2 and "username: " in name.stderr
    listed = _tangga(there, "web", "releases")
    assert "berlaku" in listed.stdout, listed.stderr
    loaded = _tangga(there, "web", "load", str(release))
    assert loaded.returncode == 0, loaded.stderr
    assert hashlib.sha256((release / "manifest.json").read_bytes()).hexdigest() in loaded.stdout
    assert _tangga(there, "web", "discard", "2").returncode == 0
    kept = _tangga(there, "web", "discard", "1")
    assert kept.returncode == 2 and "only one that waits can be discarded" in kept.stderr
    checked = _tangga(there, "web", "check")
    assert checked.returncode == 2
    for told in ("TANGGA_INSECURE_HTTP is on", "There is no backup", "runs with fsync = off"):
        assert told in checked.stdout, checked.stderr
    # The worker's part, each minute: what the database was made with may be older than that.
    seal_now()
    assert _tangga(there, "web", "verify-audit").returncode == 0
    bound = _tangga(there, "web", "backup")
    assert (bound.returncode, "TANGGA_BACKUP_URL" in bound.stderr) == (2, True)
    there |= {"TANGGA_BACKUP_URL": web.superuser_url}
    kept = _tangga(there, "web", "backup")
    assert kept.returncode == 0, kept.stderr
    assert "THE KEY IS NOT IN THE BACKUP" in kept.stdout


def test_what_is_missing_is_told_before_anything_starts(tmp_path: Path) -> None:
    told = _tangga(_environment(TANGGA_VAR=str(tmp_path / "var")), "web", "serve")
    assert told.returncode == 2
    assert "not set: TANGGA_SECRET_KEY, TANGGA_FIELD_KEY" in told.stderr
    assert not (tmp_path / "var").exists()


def test_settings_of_a_demo_are_for_its_own_account_and_any_shell(tmp_path: Path) -> None:
    from tangga.cli.demo_web import _write_settings

    file = tmp_path / "env.sh"
    _write_settings(file, {"TANGGA_WORKSPACE": "/tmp/a b'c", "TANGGA_DEMO": "yes"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = subprocess.run(
        ["sh", "-c", f'. {file} && printf "%s|%s" "$TANGGA_WORKSPACE" "$TANGGA_DEMO"'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "/tmp/a b'c|yes"


@pytest.mark.slow
def test_the_demo_ends_in_a_browser(tmp_path: Path) -> None:
    """Twice: the second start uses what the first made, with new passwords."""
    port = str(free_port("127.0.0.1", 8500))
    command = ("demo", "--people", "800", "--dir", str(tmp_path / "demo"), "--port", port)
    until, kept = "until it is stopped", tmp_path / "demo-web" / "secrets.json"
    began = time.monotonic()
    first = _visit_demo(tmp_path / "first", command, until)
    took_first = time.monotonic() - began
    keys = _keys(kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    began = time.monotonic()
    second = _visit_demo(tmp_path / "second", command, until)
    took = time.monotonic() - began
    assert "is used again" in (tmp_path / "second").read_text()
    assert _keys(kept) == keys
    assert first.keys() == second.keys()
    assert not set(first.values()) & set(second.values())
    assert not [word for word in second.values() if word in kept.read_text()]
    assert took < took_first / 2


def _keys(file: Path) -> dict[str, str]:
    """What seals and signs, of the demo's file."""
    kept = json.loads(file.read_text())
    return {name: kept[name] for name in ("secret_key", "field_key")}


def _visit_demo(log: Path, command: tuple[str, ...], until: str) -> dict[str, str]:
    """Account -> password, as printed; each can log in; nothing is left running."""
    environment = _environment()
    with _started(environment, log, *command, says=until) as process:
        said = log.read_text()
        found = re.findall(r"^ *([a-z_]+) +([a-z]+-[a-z]+-[a-z]+-\d{4}) ", said, re.MULTILINE)
        (url,) = set(re.findall(r"http://127\.0\.0\.1:\d+", said))
        name, password = found[0]
        visitor = Visitor("127.0.0.1", int(url.rpartition(":")[2]))
        token = re.search(
            r'name="csrfmiddlewaretoken"\s+value="([^"]+)"', visitor.get("/masuk/")[1]
        )
        assert token is not None
        fields = {"login": name, "password": password, "csrfmiddlewaretoken": token[1]}
        status, page = visitor.post("/masuk/", fields)
        assert (status, 'name="password"' in page) == (200, False)
        second = _tangga(environment, *command)
        assert (second.returncode, "a demo is running here" in second.stderr) == (2, True)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert "has been stopped" in log.read_text()
    assert running(Path(command[4]).parent / "demo-web" / "postgres") is None
    return dict(found)
