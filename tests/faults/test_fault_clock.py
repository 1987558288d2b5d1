"""The clock of the machine is set back by more than a year, and later set right again."""

from __future__ import annotations

from pathlib import Path

import pytest
from fault_machine import clock_set_back
from fault_record import Told
from fault_runs import SECOND, Ground, fingerprints, tangga

from tangga.engine.current import last_complete

pytestmark = pytest.mark.faults


def test_a_run_does_not_ask_the_clock(ground: Ground, told: Told, tmp_path: Path) -> None:
    """Every file of the workspace is then of a day to come; what a run decides speaks of the day
    in tangga.toml."""
    back = clock_set_back()
    folder = ground.copy(tmp_path / "w")
    ran = tangga("run", folder, "--full", before=back)
    assert ran.returncode == 0, ran.stderr
    told.saw("clock set back 400 days", "a full run, then one that looks for what is new")
    assert fingerprints(last_complete(folder)) == ground.second
    again = tangga("run", folder, before=back)
    assert again.returncode == 0 and "Tidak ada yang baru" in again.stdout, again.stdout
    right = tangga("run", folder)
    assert right.returncode == 0 and "Tidak ada yang baru" in right.stdout, right.stdout
    assert last_complete(folder).name == SECOND
    told.said("Tidak ada yang baru; proses lengkap terakhir tetap berlaku / Nothing new; the last "
              "complete run stays in force")  # fmt: skip
    told.ended("the run is made as ever: no decision asks the clock", "every table equal")
