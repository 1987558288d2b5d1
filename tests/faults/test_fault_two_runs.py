"""Two runs of one workspace at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fault_record import Told
from fault_runs import SECOND, Ground, files, fingerprints, starting, tangga

from tangga.engine.current import last_complete

pytestmark = pytest.mark.faults


def test_the_second_of_two_runs_is_refused(ground: Ground, told: Told, tmp_path: Path) -> None:
    folder = ground.copy(tmp_path / "w")
    before = files(folder)
    first = starting("run", folder, "--full")
    while not (folder / "runs" / SECOND).exists():
        assert first.poll() is None
        time.sleep(0.01)
    for asked in (("run", folder, "--full"), ("purge", folder, "--keep", "1")):
        second = tangga(*asked)
        assert second.returncode == 2, second.stdout
        assert "proses lain sedang bekerja" in second.stderr and "Wait for it" in second.stderr
        told.saw("two at once", "a second run, and a purge, while a run is at work")
        told.said(second.stderr, folder)
        assert first.poll() is None and files(folder) == before
    assert first.wait(300) == 0
    assert last_complete(folder).name == SECOND
    assert fingerprints(last_complete(folder)) == ground.second
    told.ended("the second is refused at once, the first is not disturbed", "every table equal")
