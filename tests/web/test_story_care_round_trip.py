"""Care, there and back: what the case team and the offices decided is in the next release.

The real engine: a person in a service of rehabilitation, a family that moved to another regency, a
stop, and a restoration go out as sources, and the release that is made of them is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from care import acting
from families import ask, one
from releases import release_of
from returned import copy_of
from test_care_cases import DAY, SENTRA, opened, referred, step
from test_care_moves import proposed
from test_care_moves import take as answer
from test_care_tangguh import clock, decided, take

pytestmark = pytest.mark.slow

BACK, AS_OF = date(2026, 6, 10), "2026-06-30"


@dataclass
class Trip:
    """What was decided, and the service after the next release."""

    web: Any
    case: Any
    move: Any
    months: int
    stopped: Any
    restored: Any


@pytest.fixture(scope="module")
def trip(web: Any, workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    from tangga.engine.run import run_workspace
    from tangga.web.overlay.commands import export
    from tangga.web.register.commands import approve_release, load_release
    from tangga.web.today import pretend

    case = step(web, referred(web, opened(web)), "accept", role=SENTRA)
    case = step(web, case, "begin", role=SENTRA)
    move = answer(web, proposed(web, 0), "accept")
    clocks = "SELECT months_protected AS n FROM family_clock WHERE family_id = %s"
    months = one(web, clocks, move.family_id)["n"]
    stopped, restored = decided(web, 0), decided(web, 1)
    clock(DAY + timedelta(days=15))
    stopped.refresh_from_db()
    restored.refresh_from_db()
    restored = take(web, restored, "restore", BACK)
    folder = copy_of(workspace, tmp_path_factory.mktemp("care") / "workspace")
    with pretend(date.fromisoformat(AS_OF)):
        export(folder)
    settings = folder / "tangga.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    said = [f"as_of = {AS_OF}" if line.startswith("as_of") else line for line in lines]
    settings.write_text("\n".join(said) + "\n", encoding="utf-8")
    run_workspace(folder, full=True)
    second = load_release(release_of(folder), by="loader")
    approve_release(second.number, by="approver")
    return Trip(web, case, move, months, stopped, restored)


def test_the_case_is_in_the_release_and_holds_the_person_alone(trip: Trip) -> None:
    from tangga.web.journeys.care import service

    found = ask(trip.web, "SELECT * FROM cases WHERE source_id = %s", str(trip.case.pk))
    (case,) = found
    assert (case["person_id"], case["state"]) == (trip.case.person_id, "in_service")
    (assessed,) = ask(
        trip.web, "SELECT * FROM assessments WHERE person_id = %s", trip.case.person_id
    )
    assert assessed["need"] == "psychosocial"
    with acting(trip.web, "kepala_dinas", "1811"):
        assert service.held(trip.case.family_id) == {trip.case.person_id}


def test_once_closed_here_the_release_holds_nobody_any_more(trip: Trip) -> None:
    from tangga.web.journeys.care import service

    step(trip.web, trip.case, "finish", BACK, goals_met=True)
    with acting(trip.web, "kepala_dinas", "1811"):
        assert service.held(trip.case.family_id) == frozenset()


def test_the_family_lives_there_with_its_clock(trip: Trip) -> None:
    from tangga.web.journeys.care import guests

    item = trip.move
    (family,) = ask(trip.web, "SELECT * FROM families WHERE family_id = %s", item.family_id)
    assert (family["village"], family["status"]) == (item.other_area, "active")
    months = one(
        trip.web, "SELECT months_protected AS n FROM family_clock WHERE family_id = %s",
        item.family_id,
    )["n"]  # fmt: skip
    assert months >= trip.months, "the clock goes along, and begins nowhere anew"
    with acting(trip.web, "operator_kabkota", "1811"):
        assert guests.where(item.family_id) is None, "the release says so itself"
    client = trip.web.client("operator_kabkota", "1811")
    assert client.get(f"/keluarga/{item.family_id}/").status_code == 200
    away = trip.web.client("operator_kabkota", "1771")
    assert away.get(f"/keluarga/{item.family_id}/").status_code == 404


def test_a_stop_of_what_a_list_opened_stands_here_until_the_list_says_so(trip: Trip) -> None:
    """The list is not ours: it goes up as a proposal, and here it holds meanwhile."""
    from test_care_tangguh import running

    assert running(trip.web, trip.stopped.family_id, BACK) == []
    assert running(trip.web, trip.restored.family_id, BACK)
    listed = ask(
        trip.web,
        "SELECT open FROM spells WHERE family_id = %s AND programme = 'pkh'",
        trip.stopped.family_id,
    )
    assert any(row["open"] for row in listed)


def test_checks_are_cases_of_the_release_open_or_closed(trip: Trip) -> None:
    for item, closed in ((trip.stopped, DAY + timedelta(days=15)), (trip.restored, BACK)):
        (case,) = ask(trip.web, "SELECT * FROM cases WHERE source_id = %s", str(item.pk))
        assert (case["kind"], case["closed"]) == ("suspension", closed)
