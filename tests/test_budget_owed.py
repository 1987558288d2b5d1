"""What is owed: months of support, times what the rule of each month gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from budget_run import money, spell
from history_run import HistoryRun, person, rulebook
from tangga.errors import UserError
from tangga.rules.rates import Window, due_by_month, rates

ELDER = {"person_id": "P1", "component": "elderly"}


def owed(run: HistoryRun, programme: str = "sembako") -> dict[date, tuple[int, int | None]]:
    """First day of a period -> months and rupiah, of a run with one family."""
    rows = [row for row in run.rows("owed") if row["programme"] == programme]
    return {row["period_start"]: (row["months"], row["amount"]) for row in rows}  # type: ignore[misc]


def test_a_family_is_owed_each_quarter_that_has_begun(tmp_path: Path) -> None:
    run = money(tmp_path, enrolments=[spell("F1")])
    assert owed(run) == {
        date(2025, 1, 1): (3, 600_000),
        date(2025, 4, 1): (3, 600_000),
        date(2025, 7, 1): (3, 600_000),
        date(2025, 10, 1): (3, 600_000),
        date(2026, 1, 1): (3, 600_000),
    }
    due = {row["period_start"]: row["due"] for row in run.rows("owed")}
    assert due[date(2025, 10, 1)] is True, "the thirty days ended on 30 January"
    assert due[date(2026, 1, 1)] is False


def test_two_million_a_year_is_split_to_the_rupiah(tmp_path: Path) -> None:
    """A pupil of upper secondary: three months of a year are no round sum."""
    school = {"person_id": "P1", "component": "upper_secondary"}
    run = money(
        tmp_path,
        persons=[person("P1", "F1")],
        enrolments=[spell("F1", "pkh", **school, valid_from=date(2025, 5, 20),
                          valid_to=date(2025, 12, 1))],
    )  # fmt: skip
    assert owed(run, "pkh") == {
        date(2025, 4, 1): (2, 333_334),
        date(2025, 7, 1): (3, 500_000),
        date(2025, 10, 1): (2, 333_333),
    }
    months = due_by_month(rulebook("indonesia"), "pkh", "upper_secondary", 2025 * 12, 2026 * 12)
    assert sum(months.values()) == 2_000_000  # type: ignore[arg-type]
    assert months[2025 * 12 + 4] + months[2025 * 12 + 5] == 333_334  # type: ignore[operator]


def test_spells_of_one_family_are_owed_once_a_month(tmp_path: Path) -> None:
    run = money(
        tmp_path, enrolments=[spell("F1"), spell("F1", valid_from=date(2025, 2, 1), document="2")]
    )
    assert owed(run)[date(2025, 1, 1)] == (3, 600_000)


DEAD = {"status": "dead", "death_date": date(2025, 8, 20), "nik": None}


def test_a_death_ends_the_own_component_and_not_the_family_s_support(tmp_path: Path) -> None:
    mother = {"person_id": "P1", "component": "pregnant"}
    child = {"person_id": "P2", "component": "primary"}
    run = money(
        tmp_path,
        persons=[person("P1", "F1", **DEAD), person("P2", "F1", death_date=None, nik=None)],
        enrolments=[spell("F1", "pkh", **mother), spell("F1", "pkh", **child),
                    spell("F1", person_id="P1")],
    )  # fmt: skip
    rows = {(r["component"], r["period_start"]): r["amount"] for r in run.rows("owed")}
    assert rows["pregnant", date(2025, 7, 1)] == 500_000, "July and August"
    assert ("pregnant", date(2025, 10, 1)) not in rows
    assert rows["primary", date(2025, 10, 1)] == 225_000
    assert rows["", date(2025, 10, 1)] == 600_000


def test_the_support_of_a_lone_elder_ends_with_her(tmp_path: Path) -> None:
    run = money(tmp_path, persons=[person("P1", "F1", **DEAD)], enrolments=[spell("F1")])
    assert owed(run)[date(2025, 7, 1)] == (2, 400_000)
    assert date(2025, 10, 1) not in owed(run)


UNKNOWN: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"valid_from": None}, {}),  # since when is not known
    ({"status": "ended"}, {}),  # it ended, and when is not known
    ({}, {"status": "dead"}),  # the only member died, and when is not known
    ({"programme": "blt_dd"}, {}),  # no rule says what it gives
]


@pytest.mark.parametrize(("support", "who"), UNKNOWN)
def test_what_is_not_known_has_no_amount(
    tmp_path: Path, support: dict[str, Any], who: dict[str, Any]
) -> None:
    members = [person("P1", "F1", **{"death_date": None, "nik": None, **who})]
    run = money(tmp_path, persons=members, enrolments=[{**spell("F1"), **support}])
    rows = run.rows("owed")
    assert rows
    assert {row["amount"] for row in rows} == {None}
    assert run.rows("unpaid") == []


def test_support_in_kind_is_owed_no_money(tmp_path: Path) -> None:
    run = money(tmp_path, enrolments=[spell("F1", "pbi_jk", person_id="P1")])
    assert run.rows("owed") == []


def test_what_is_paid_once_is_owed_whole(tmp_path: Path) -> None:
    run = money(tmp_path, enrolments=[spell("F1", "blts_kesra", valid_to=date(2025, 11, 1))])
    found = owed(run, "blts_kesra")
    assert found[date(2025, 10, 1)] == (1, 900_000)
    assert {amount for start, (_, amount) in found.items() if start.year == 2026} <= {None}


def test_support_by_component_of_which_the_list_names_none(tmp_path: Path) -> None:
    gives = {"benefits": [{"family_id": "F1", "programme": "pkh", "amount": 2_900_000}]}
    run = money(tmp_path, enrolments=[spell("F1", "pkh")], given=gives)
    assert owed(run, "pkh")[date(2025, 1, 1)] == (3, 725_000)
    one = {"components": [{"family_id": "F1", "programme": "pkh", "known": False}]}
    run = money(tmp_path / "b", enrolments=[spell("F1", "pkh")], given={**gives, **one})
    assert owed(run, "pkh")[date(2025, 1, 1)] == (3, None), "a component is not known"
    both = [spell("F1", "pkh"), spell("F1", "pkh", **ELDER)]
    run = money(tmp_path / "c", enrolments=both, given=gives, persons=[person("P1", "F1")])
    assert {row["component"] for row in run.rows("owed")} == {"elderly"}, "these speak"


def test_too_many_years_are_refused() -> None:
    with pytest.raises(UserError, match="too many years"):
        Window.of(date(2026, 1, 31), 5)


def test_every_month_of_a_rate_lies_in_one_payment_period() -> None:
    policy, window = rulebook("indonesia"), Window.of(date(2026, 1, 31), 4)
    kinds = [(p.id, c.id) for p in policy.programmes.values() for v in p.rule.versions
             for c in v.says.benefit.components]  # fmt: skip
    kinds += [(p, "") for p in policy.programmes]
    months: set[tuple[str, str, int]] = set()
    for rate in rates(policy, set(kinds), window):
        assert rate.period[0] <= rate.months[0] < rate.months[1] <= rate.period[1]
        for month in range(*rate.months):
            assert (rate.programme, rate.component, month) not in months
            months.add((rate.programme, rate.component, month))
