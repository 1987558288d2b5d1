"""What nobody waits for steps behind what somebody waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import psycopg
import pytest

from tangga.web.database.behind import NICENESS, server_steps_back

PROGRAM = """
import os
from tangga.web.database.behind import step_back
before = os.nice(0)
step_back()
print(os.nice(0) - before)
"""


@pytest.mark.skipif(os.nice(0) + NICENESS > 19, reason="already as far behind as one can be")
def test_a_process_and_its_servers_step_back(cluster: Any) -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert int(told.stdout) == NICENESS
    with psycopg.connect(cluster.url("postgres")) as con:
        number = con.info.backend_pid
        before = os.getpriority(os.PRIO_PROCESS, number)
        assert server_steps_back(con)
        assert os.getpriority(os.PRIO_PROCESS, number) == before + NICENESS
    with psycopg.connect(cluster.url("postgres")) as con:
        assert os.getpriority(os.PRIO_PROCESS, con.info.backend_pid) == before


def test_a_server_elsewhere_is_left_alone() -> None:
    class Elsewhere:
        class info:
            host = "db.example"
            backend_pid = os.getpid()

    before = os.nice(0)
    assert not server_steps_back(Elsewhere())  # type: ignore[arg-type]
    assert os.nice(0) == before
