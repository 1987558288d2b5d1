"""Processes that are kept alive: started again, given up, ended in order."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tangga.cli.web_serve import address
from tangga.errors import UserError
from tangga.web.serving import supervisor
from tangga.web.serving.processes import Listening, free_port, is_free
from tangga.web.serving.supervisor import Child, Supervisor, until_asked_to_stop

TOLD: list[tuple[str, int, float]] = []


def _say(name: str, code: int, pause: float) -> None:
    TOLD.append((name, code, pause))


def _child(code: str, name: str = "web") -> Child:
    return Child(name, [sys.executable, "-c", code], dict(os.environ))


def _wait_for(what: Path) -> None:
    limit = time.monotonic() + 20
    while not what.exists():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_what_dies_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)
    first, second = tmp_path / "first", tmp_path / "second"
    code = (
        "import pathlib, sys, time\n"
        f"first, second = pathlib.Path({str(first)!r}), pathlib.Path({str(second)!r})\n"
        "if not first.exists(): first.touch(); sys.exit(3)\n"
        "second.touch(); time.sleep(60)"
    )
    TOLD.clear()
    both = Supervisor([_child(code)], _say)
    both.start()
    limit = time.monotonic() + 20
    while not second.exists() and time.monotonic() < limit:
        both.look()
        time.sleep(0.02)
    both.stop()
    assert TOLD == [("web", 3, 0.05)]
    assert second.exists()


def test_what_dies_each_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.001)
    one = Supervisor([Child("worker", ["false"], dict(os.environ))], _say)
    one.start()
    with pytest.raises(UserError, match="worker ends again and again"):
        for _ in range(2000):
            one.look()
            time.sleep(0.005)
    one.stop()


def test_who_does_not_go_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    deaf = _child(
        "import pathlib, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"
    )
    one = Supervisor([deaf], _say)
    one.start()
    process = deaf.process
    assert process is not None
    _wait_for(ready)
    one.stop(seconds=0.3)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_being_asked_to_stop_breaks_nothing_off(which: signal.Signals) -> None:
    before = signal.getsignal(which)
    with until_asked_to_stop() as asked:
        threading.Timer(0.05, os.kill, (os.getpid(), which)).start()
        assert asked.wait(5)
    assert signal.getsignal(which) is before


def test_the_next_free_port_is_found() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        assert free_port("127.0.0.1", port) > port
        with pytest.raises(UserError, match="no free port"):
            free_port("127.0.0.1", port, tries=1)


def test_what_one_types_into_a_browser() -> None:
    assert Listening().url == "http://127.0.0.1:8000"
    tls = Listening("0.0.0.0", 443, 2, Path("a.pem"), Path("a.key"))
    assert tls.url == "https://127.0.0.1:443"


def test_the_address_that_is_told_is_one_that_answers() -> None:
    def told(listening: Listening, *hosts: str) -> str:
        return address(SimpleNamespace(env=SimpleNamespace(hosts=hosts)), listening)  # type: ignore[arg-type]

    tls = Listening("0.0.0.0", 8443, 2, Path("a.pem"), Path("a.key"))
    assert told(tls, "tangga.dinsos.local") == "https://tangga.dinsos.local:8443"
    assert told(tls, "localhost", "127.0.0.1") == "https://127.0.0.1:8443"
    assert told(Listening(), "tangga.dinsos.local") == "http://127.0.0.1:8000"
