"""Payments to the dead and to the graduated, whatever the lists say; and what is owed the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from budget_run import money, paid, spell
from history_run import HistoryRun, person

Row = Mapping[str, Any]
DIED = date(2025, 5, 10)
MOTHER = {"person_id": "P-m", "component": "pregnant"}
CHILD = {"person_id": "P-c", "component": "primary"}
OLD = {"person_id": "P-o", "component": "elderly"}


def found(run: HistoryRun) -> dict[str, tuple[object, ...]]:
    """source_id -> state, matched, unmatched, after_death, to_check."""
    names = ("state", "matched", "unmatched", "after_death", "to_check")
    rows = run.rows("reconciliation")
    return {str(row["source_id"]): tuple(row[name] for name in names) for row in rows}


def owed(run: HistoryRun) -> dict[tuple[object, object], object]:
    return {(r["component"], r["period_start"]): r["amount"] for r in run.rows("owed")}


def people(*ids: str, **said: Any) -> list[Row]:
    plain = {"death_date": None, "nik": None, **said}
    return [{**person(id_, "F1"), **plain, "nik": f"nik-{id_}"} for id_ in ids]


def registry(who: str, day: date | None = DIED) -> Row:
    return {"person_id": who, "death_date": day}


def named(who: str, quarter: int, id_: str, **said: Any) -> Row:
    return {**paid("F1", quarter, **said), "person_id": who, "source_id": id_}


# --- the dead ---------------------------------------------------------------------------------


def mourning(folder: Path, deaths: list[Row], **more: Any) -> HistoryRun:
    """A mother and two children; the quarter before the death and the one after, of each sort."""
    pkh = {"programme": "pkh", "amount": 975_000}
    after = [{"source": "hand", "source_id": id_, "died_on": DIED, "what": "good_faith"}
             for id_ in ("food", "pkh")] if more.pop("listed", True) else []  # fmt: skip
    return money(
        folder,
        persons=people("P-m", "P-c", "P-d"),
        enrolments=[spell("F1", person_id="P-m"), spell("F1", "pkh", **MOTHER),
                    spell("F1", "pkh", **CHILD)],
        payments=[named("P-m", 1, "before"), named("P-m", 3, "food"),
                  named("P-m", 3, "pkh", **pkh), named("P-d", 3, "child", **pkh)],
        deaths=deaths, given={"payments_after_death": after}, **more,
    )  # fmt: skip


def test_a_mother_of_three_dies_and_the_family_keeps_its_support(tmp_path: Path) -> None:
    """By the registry's exact evidence alone: nobody has changed the register yet."""
    run = mourning(tmp_path, [registry("P-m")])
    states = found(run)
    assert states["before"] == ("matched", 600_000, 0, None, None)
    assert states["food"] == ("dead", 600_000, 0, "good_faith", None), "the family's quarter"
    assert states["child"][:3] in {("dead", 225_000, 750_000), ("dead", 0, 975_000)}
    assert {states["pkh"][:2], states["child"][:2]} == {("dead", 0), ("dead", 225_000)}
    assert owed(run)["pregnant", date(2025, 4, 1)] == 500_000, "April and May"
    assert ("pregnant", date(2025, 7, 1)) not in owed(run)
    assert owed(run)["primary", date(2025, 7, 1)] == 225_000


def test_the_part_of_a_dead_member_is_found_in_a_living_payee_s_payment(tmp_path: Path) -> None:
    run = money(
        tmp_path,
        persons=people("P-m", "P-c"),
        enrolments=[spell("F1", "pkh", **MOTHER), spell("F1", "pkh", **CHILD)],
        payments=[named("P-c", 3, "both", programme="pkh", amount=975_000)],
        deaths=[registry("P-m")],
    )
    assert found(run)["both"] == ("dead", 225_000, 750_000, "component", None)


def test_a_death_of_which_the_day_is_not_known_is_never_silently_matched(tmp_path: Path) -> None:
    states = found(mourning(tmp_path, [registry("P-m", None)], listed=False))
    assert states["food"] == ("dead_undated", 600_000, 0, None, "day_of_death")
    assert states["before"][0] == "dead_undated"
    assert states["child"][0] == "dead_undated", "a part of it may be hers"


def test_all_of_a_family_died_and_nobody_knows_when(tmp_path: Path) -> None:
    run = money(
        tmp_path,
        persons=people("P-m"),
        enrolments=[spell("F1")],
        payments=[paid("F1", 3, source_id="x")],
        deaths=[registry("P-m", None)],
    )
    assert found(run)["x"] == ("dead_undated", 0, 600_000, None, "day_of_death")


def test_the_last_of_a_family_is_dead_by_the_registry_alone(tmp_path: Path) -> None:
    run = money(
        tmp_path,
        persons=people("P-m"),
        enrolments=[spell("F1")],
        payments=[paid("F1", 3, source_id="x"), paid("F1", 2, source_id="within")],
        deaths=[registry("P-m")],
    )
    assert found(run)["x"][:3] == ("dead", 0, 600_000)
    assert found(run)["within"][:3] == ("overpaid", 400_000, 200_000), "April and May are owed"


UNSURE = [
    {"death_review": [registry("P-m")]},
    {"event_review": [{"person_id": "P-m", "event": "death", "on_date": DIED}]},
]


@pytest.mark.parametrize("unsure", UNSURE)
def test_who_has_perhaps_died_stays_matched_and_is_to_be_checked(
    tmp_path: Path, unsure: dict[str, list[Row]]
) -> None:
    states = found(mourning(tmp_path, [], listed=False, **unsure))
    assert states["food"] == ("matched", 600_000, 0, None, "perhaps_dead")
    assert states["before"] == ("matched", 600_000, 0, None, None), "before the day it names"


@pytest.mark.parametrize(("day", "state"), [(date(2025, 6, 1), "matched"),
                                            (date(2025, 5, 1), "dead")])  # fmt: skip
def test_who_was_restored_after_a_wrong_record_lives(tmp_path: Path, day: date, state: str) -> None:
    run = money(
        tmp_path,
        persons=people("P-m"),
        enrolments=[spell("F1")],
        payments=[paid("F1", 3, source_id="x")],
        deaths=[registry("P-m")],
        events=[{"person_id": "P-m", "family_id": "F1", "event": "restored", "on_date": day}],
    )
    assert found(run)["x"][0] == state


# --- the graduated ----------------------------------------------------------------------------


def moved(day: date, rung: str = "graduated", exit_: str | None = "independent") -> Row:
    return {"family_id": "F1", "event": "rung_move", "on_date": day, "rung": rung,
            "exit": exit_, "track": None}  # fmt: skip


GRADUATED = date(2025, 5, 10)


def on_its_own(folder: Path, *events: Row, **more: Any) -> HistoryRun:
    """A family whose list runs on: food, a pupil, an elder; and school money outside the clock."""
    quarters = [paid("F1", n, source_id=f"food{n}") for n in (1, 2, 3, 4)]
    return money(
        folder,
        persons=people("P-c", "P-o"),
        enrolments=[spell("F1"), spell("F1", "pkh", **CHILD), spell("F1", "pkh", **OLD),
                    spell("F1", "yapi", person_id="P-c")],
        payments=[*quarters, named("P-o", 3, "pkh", programme="pkh", amount=825_000),
                  named("P-o", 4, "elder", programme="pkh", amount=600_000),
                  named("P-c", 3, "yapi", programme="yapi", amount=600_000)],
        events=list(events), **more,
    )  # fmt: skip


def test_a_graduation_ends_what_the_clock_binds_though_the_list_runs_on(tmp_path: Path) -> None:
    run = on_its_own(tmp_path, moved(GRADUATED))
    states = found(run)
    check = "list_runs_on"
    assert states["food1"] == ("matched", 600_000, 0, None, None)
    assert states["food2"] == ("overpaid", 400_000, 200_000, None, None), "it began before"
    assert states["food3"] == ("graduated", 0, 600_000, None, check)
    assert states["pkh"] == ("graduated", 600_000, 225_000, None, check), "the elder's goes on"
    assert states["elder"][:3] == ("matched", 600_000, 0)
    assert states["yapi"][4] is None, "outside the clock"
    due = owed(run)
    assert due["elderly", date(2025, 10, 1)] == 600_000
    assert ("primary", date(2025, 7, 1)) not in due
    assert ("primary", date(2025, 4, 1)) in due


def test_who_fell_back_before_the_period_is_owed_again(tmp_path: Path) -> None:
    fell = moved(date(2025, 9, 20), "protection", None)
    run = on_its_own(tmp_path, moved(GRADUATED), fell)
    states = found(run)
    assert states["food3"][:3] == ("graduated", 200_000, 400_000), "September is owed again"
    assert states["food4"][:3] == ("matched", 600_000, 0)
    assert owed(run)["primary", date(2025, 10, 1)] == 225_000


@pytest.mark.parametrize(("exit_", "check"), [(None, "graduation_unsaid"), ("natural", None)])
def test_a_move_that_does_not_say_that_it_stands_on_its_own_ends_nothing(
    tmp_path: Path, exit_: str | None, check: str | None
) -> None:
    states = found(on_its_own(tmp_path, moved(GRADUATED, exit_=exit_)))
    assert states["food3"] == ("matched", 600_000, 0, None, check)


def test_of_a_list_without_components_what_goes_on_is_not_known(tmp_path: Path) -> None:
    gives = {"benefits": [{"family_id": "F1", "programme": "pkh", "amount": 3_300_000}]}
    fits = [{"family_id": "F1", "person_id": "P-o", "programme": "pkh", "component": "elderly",
             "known": True}]  # fmt: skip
    for name, components, state in (("a", fits, "not_known"), ("b", [], "graduated")):
        run = money(
            tmp_path / name,
            persons=people("P-o"),
            enrolments=[spell("F1", "pkh")],
            payments=[paid("F1", 3, programme="pkh", amount=825_000, source_id="x")],
            events=[moved(GRADUATED)],
            given={**gives, "components": components},
        )
        assert found(run)["x"][:3] == (state, 0, 825_000)


def test_a_list_that_ended_before_is_an_end_of_its_own(tmp_path: Path) -> None:
    over = {"status": "ended", "valid_to": date(2025, 3, 1), "exit": "moved"}
    run = money(tmp_path, enrolments=[spell("F1", **over)], events=[moved(GRADUATED)],
                payments=[paid("F1", 3, source_id="x")])  # fmt: skip
    assert found(run)["x"][:2] == ("after_exit", 0)
