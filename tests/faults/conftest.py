"""The fault harness: whatever happens to the machine, what was in force stays in force.

./tangga test -m faults                                  all of it (some need root: they say so)
.venv/bin/python scripts/make_faults.py --from var/faults    the table, made of what it saw
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fault_record import Told
from fault_runs import Ground, make_ground


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Lets a fixture know whether its test passed."""
    made = yield
    report = made.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.stash[PASSED] = report.passed


PASSED = pytest.StashKey[bool]()


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    """The line of the table that this test writes when it has passed."""
    line = Told(f"{request.path.name}::{request.node.originalname}")
    yield line
    if request.node.stash.get(PASSED, False):
        line.write()


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A workspace with one complete run, and what its second run gives where nothing disturbs it;
    made once for all processes of the tests, so never write into it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "ground.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return make_ground(shared / "ground")
