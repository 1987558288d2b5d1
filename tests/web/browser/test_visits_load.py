"""Workers save visits while a release loads and comes into force: nothing is lost. How fast that is
`bench/web_visits.py` measures; here nobody looks at the clock."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow

WORKERS, PAUSE, CALM = 20, 1.0, 4.0


def test_nothing_is_lost_while_a_release_loads(
    web: Any, served: str, release: Path, tmp_path: Path
) -> None:
    from bench.web_visits import figures, renamed, work_while, workers

    from tangga.web.register import commands

    staff = workers(WORKERS, under="1811")
    second = renamed(release, tmp_path / "second")

    def load() -> list[float]:
        began = time.time()
        entry = commands.load_release(second, "bench")
        loaded = time.time()
        commands.approve_release(entry.number, "approver")
        return [began, loaded, time.time()]

    port = urlsplit(served).port
    assert port is not None
    told, began, ended = work_while(load, staff, port, PAUSE, CALM)
    found = figures(staff, told, began, ended, PAUSE)
    assert found["wrong"] == {}, found
    assert found["lost"] == found["not_acknowledged"] == 0, found
    assert found["acknowledged"] > 2 * WORKERS
    assert found["sent_twice_saved_once"] > 0
    before, after = found["save_before"], found["save_after"]
    assert before and after and found["save_while_loading"], found
