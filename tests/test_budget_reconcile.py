"""Payments held against what is owed: every row says what became of it, to the rupiah."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from budget_run import ON, QUARTERS, money, paid, spell
from history_run import HistoryRun, person, rulebook
from tangga.rules.days import month_of
from tangga.rules.rates import due_by_month

Row = Mapping[str, Any]
JANUARY = (date(2025, 1, 1), date(2025, 1, 31))
OVER = {"valid_to": date(2025, 6, 1), "status": "ended"}
DIED = date(2025, 2, 1)
AFTER = [{"source": "hand", "source_id": f"d{n}", "died_on": DIED, "what": "good_faith"}
         for n in (1, 2)]  # fmt: skip

CASES: list[tuple[str, list[Row], list[Row], list[tuple[str, int | None]]]] = [
    ("exact", [spell("")], [paid("")], [("matched", 600_000)]),
    ("two parts", [spell("")], [paid("", amount=250_000), paid("", amount=350_000)],
     [("matched", 250_000), ("matched", 350_000)]),
    ("short", [spell("")], [paid("", amount=550_000)], [("underpaid", 550_000)]),
    ("over", [spell("")], [paid("", amount=650_000)], [("overpaid", 600_000)]),
    ("twice", [spell("")], [paid(""), paid("")], [("matched", 600_000), ("twice", 0)]),
    ("no spell", [], [paid("")], [("not_enrolled", 0)]),
    ("ended", [spell("", **OVER, exit="sanctioned")], [paid("", 3)], [("after_exit", 0)]),
    ("list ended by graduation", [spell("", **OVER, exit="independent")], [paid("", 3)],
     [("graduated", 0)]),
    ("ended within", [spell("", **OVER)], [paid("", 2)], [("overpaid", 400_000)]),
    ("begins later", [spell("", valid_from=date(2025, 7, 5))], [paid("", 2)],
     [("before_start", 0)]),
    ("failed", [spell("")], [paid("", status="failed")], [("failed", 0)]),
    ("returned", [spell("")], [paid("", status="returned")], [("returned", 0)]),
    ("pending", [spell("")], [paid("", status="pending")], [("pending", 0)]),
    ("untouched", [spell("")], [paid("", status="untouched")], [("untouched", 0)]),
    ("asked back", [spell("")], [paid("", status="to_recover")], [("to_recover", 0)]),
    ("no state", [spell("")], [paid("", status=None)], [("matched", 600_000)]),
    ("other state", [spell("")], [paid("", status="lost")], [("other_status", 0)]),
    ("thousands", [spell("")], [paid("", amount=600)], [("other_units", 0)]),
    ("times 100", [spell("")], [paid("", amount=60_000_000)], [("other_units", 0)]),
    ("no amount", [spell("")], [paid("", amount=None)], [("no_amount", None)]),
    ("long ago", [spell("")],
     [paid("", period_start=date(2019, 1, 1), period_end=date(2019, 3, 31))],
     [("other_period", 0)]),
    ("not begun", [spell("")],
     [paid("", period_start=date(2026, 4, 1), period_end=date(2026, 6, 30))],
     [("other_period", 0)]),
    ("no period", [spell("")], [paid("", period_start=None, period_end=None)],
     [("no_period", 0)]),
    ("paid later", [spell("")], [paid("", paid_on=date(2026, 2, 1))], [("later", 0)]),
    ("replaced", [spell("")], [paid("", latest=False), paid("")],
     [("superseded", 0), ("matched", 600_000)]),
    ("no list", [], [paid("", programme="baznas")], [("no_list", 0)]),
    ("no rule", [spell("", "blt_dd")], [paid("", programme="blt_dd")], [("not_known", 0)]),
    ("since when", [spell("", valid_from=None)], [paid("")], [("not_known", 0)]),
    ("a month beside a quarter", [spell("")],
     [paid(""), paid("", amount=200_000, period_end=JANUARY[1])],
     [("overpaid", 400_000), ("matched", 200_000)]),
    ("by month", [spell("")], [paid("", amount=200_000, period_end=JANUARY[1])],
     [("matched", 200_000)]),
    ("half a year", [spell("")], [paid("", amount=1_200_000, period_end=QUARTERS[1][1])],
     [("matched", 1_200_000)]),
    ("dead payee", [spell("")], [paid("", source_id="d1")], [("dead", 600_000)]),
    ("dead and living", [spell("")],
     [paid("", source_id="d2", paid_on=date(2025, 1, 2)), paid("")],
     [("dead", 0), ("matched", 600_000)]),
]  # fmt: skip


def named(rows: Sequence[Row], family_id: str) -> list[Row]:
    """The same rows, of a family; told apart by their line."""
    return [{**row, "family_id": family_id, "line": n} for n, row in enumerate(rows)]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> HistoryRun:
    """All cases side by side, each a family of its own, and three that need more people."""
    enrolments = [row for n, case in enumerate(CASES) for row in named(case[1], f"F{n}")]
    payments = [row for n, case in enumerate(CASES) for row in named(case[2], f"F{n}")]
    lone = person("P-lone", "Flone", status="dead", death_date=DIED, nik=None)
    more = [
        spell("Flone"),
        spell("Fparted", payee_person_id=None, person_id="P-left"),
        spell("Fpart", "pkh", person_id="P-1", component="primary"),
        spell("Fpart", "pkh", person_id="P-2", component="elderly"),
    ]
    pkh = {"programme": "pkh", "file": "pkh.csv"}
    further = [
        paid("Flone", 2, line=0),
        paid(None, line=0, file="lain.csv"),
        paid("Fnew", person_id="P-left", line=0),
        *named([paid("", amount=a, component=c, **pkh) for a, c in
                [(225_000, "primary"), (600_000, "elderly"), (600_000, "elderly")]], "Fpart"),
    ]  # fmt: skip
    people = [lone, person("P-left", "Fnew"), person("P-1", "Fpart"), person("P-2", "Fpart")]
    return money(
        tmp_path_factory.mktemp("cases"),
        enrolments=[*enrolments, *more],
        payments=[*payments, *further],
        persons=[{"death_date": None, "nik": None, **one} for one in people],
        given={"payments_after_death": AFTER},
    )


def of_family(run: HistoryRun, family_id: str | None) -> list[tuple[str, int | None]]:
    rows = [row for row in run.rows("reconciliation") if row["family_id"] == family_id]
    return [(str(row["state"]), row["matched"]) for row in sorted(rows, key=lambda r: r["line"])]  # type: ignore[misc, arg-type, return-value]


@pytest.mark.parametrize(("n", "name"), list(enumerate(case[0] for case in CASES)))
def test_what_became_of_a_payment(cases: HistoryRun, n: int, name: str) -> None:
    assert of_family(cases, f"F{n}") == CASES[n][3], name


def test_to_those_whom_other_rows_speak_of(cases: HistoryRun) -> None:
    assert of_family(cases, "Flone") == [("dead", 0)], "nobody lives there any more"
    assert of_family(cases, None) == [("nobody", 0)]
    assert of_family(cases, "Fparted") == [("matched", 600_000)], "by the payee, who has left"
    assert of_family(cases, "Fpart") == [
        ("matched", 225_000), ("matched", 600_000), ("twice", 0),
    ]  # fmt: skip


def test_the_exit_is_named(cases: HistoryRun) -> None:
    exits = {(row["state"], row["exit"]) for row in cases.rows("reconciliation") if row["exit"]}
    assert exits == {("after_exit", "sanctioned"), ("graduated", "independent")}


def test_what_was_paid_out_is_told_from_what_was_not(cases: HistoryRun) -> None:
    out = {row["state"]: row["paid"] for row in cases.rows("reconciliation")}
    assert {state for state, paid in out.items() if not paid} == {
        "failed", "returned", "pending", "to_recover", "other_status", "superseded", "later",
    }  # fmt: skip


def test_why_less_was_received(cases: HistoryRun) -> None:
    first = [row for row in cases.rows("unpaid") if row["period_start"] == QUARTERS[0][0]]
    why = {row["family_id"]: (row["why"], row["unpaid"]) for row in first}
    names = {case[0]: f"F{n}" for n, case in enumerate(CASES)}
    for state in ("failed", "returned", "pending", "untouched", "no amount"):
        assert why[names[state]] == (state.replace(" ", "_"), 600_000)
    assert why[names["short"]] == ("underpaid", 50_000)
    assert why[names["thousands"]] == ("other_units", 600_000)
    assert why[names["by month"]] == ("underpaid", 400_000)
    assert why[names["long ago"]] == ("no_payment", 600_000)
    whole = {"exact", "over", "twice", "two parts", "half a year", "a month beside a quarter"}
    assert not {names[name] for name in whole} & set(why)


def test_a_period_of_which_no_file_speaks_is_not_called_unpaid(tmp_path: Path) -> None:
    run = money(tmp_path, enrolments=[spell("F1"), spell("F2")], payments=[paid("F1")])
    assert [(r["family_id"], r["period_start"]) for r in run.rows("unpaid")] == [
        ("F2", QUARTERS[0][0])
    ]


# --- matched + unmatched = total, whatever the rows -------------------------------------------


def test_every_file_is_accounted_for(cases: HistoryRun) -> None:
    rows = cases.rows("reconciliation")
    for row in rows:
        if row["amount"] is None:
            assert (row["matched"], row["unmatched"]) == (None, None)
        else:
            assert row["matched"] + row["unmatched"] == row["amount"]  # type: ignore[operator]
            assert 0 <= row["matched"] <= row["amount"]  # type: ignore[operator]
    with cases.ctx.connect() as con:
        sent = con.execute(
            "SELECT file, count(*), sum(amount)::BIGINT, count(*) - count(amount) "
            f"FROM {cases.ctx.scan('resolve', 'payments')} GROUP BY file ORDER BY file"
        ).fetchall()
    assert sent == totals(cases)


def totals(run: HistoryRun) -> list[tuple[Any, ...]]:
    """file, rows, matched + unmatched, rows whose amount is not known: of every file."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in run.rows("reconciliation_totals"):
        assert row["amount"] == row["matched"] + row["unmatched"]  # type: ignore[operator]
        for n, value in enumerate((row["rows"], row["amount"], row["no_amount"])):
            found[str(row["file"])][n] += value  # type: ignore[operator]
    return [(file, *values) for file, values in sorted(found.items())]


AMOUNTS = [600_000, 600_000, 600_000, 300_000, 200_000, 650_000, 0, 1, 600, None]
STATUSES = ["paid", "paid", "spent", "failed", "pending", None]
PERIODS = [*QUARTERS, *QUARTERS, JANUARY, (date(2025, 1, 1), date(2025, 6, 30))]


def drawn(chance: random.Random, families: int) -> tuple[list[Row], list[Row]]:
    """Spells and payments of families; every fourth family has periods of all kinds."""
    spells, payments = [], []
    for n in range(families):
        for programme in ("sembako", "yapi"):
            since = date(2025, chance.randint(1, 12), chance.randint(1, 28))
            until = chance.choice([None, None, date(2026, 1, 15), date(2025, 12, 31)])
            who = {"person_id": f"P-F{n}"} if programme == "yapi" else {}
            if chance.random() < 0.9:
                spells.append(spell(f"F{n}", programme, valid_from=since, valid_to=until, **who))
            periods = PERIODS if n % 4 == 0 else QUARTERS
            for _ in range(chance.randint(0, 4)):
                start, end = chance.choice(periods)
                said = {"period_start": start, "period_end": end, "programme": programme, **who}
                said["status"] = chance.choice(STATUSES)
                amount = chance.choice(AMOUNTS)
                day = date(2025, 12, chance.randint(1, 3))
                payments.append(paid(f"F{n}", amount=amount, paid_on=day, **said))
    return spells, payments


def pools(rows: Sequence[Row]) -> Iterator[tuple[tuple[Any, ...], list[Row]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["family_id"], row["programme"]].append(row)
    yield from found.items()


def content(run: HistoryRun) -> Counter[tuple[Any, ...]]:
    columns = ("family_id", "programme", "period_start", "period_end", "paid_on", "status",
               "amount", "matched", "unmatched", "owed", "state")  # fmt: skip
    return Counter(tuple(row[c] for c in columns) for row in run.rows("reconciliation"))


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_matched_twice_and_order_and_parts_are_nothing(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    spells, payments = drawn(chance, 60)
    run = money(tmp_path / "a", enrolments=spells, payments=payments)
    chance.shuffle(payments)
    chance.shuffle(spells)
    again = money(tmp_path / "b", enrolments=spells, payments=payments, parts=3)
    assert content(run) == content(again)
    assert run.rows("unpaid") == again.rows("unpaid")
    assert run.rows("owed") == again.rows("owed")
    whole = sum(row["amount"] or 0 for row in payments)
    rows = run.rows("reconciliation")
    assert sum(r["matched"] + r["unmatched"] for r in rows if r["amount"] is not None) == whole  # type: ignore[operator, misc]
    of_pool = {(s["family_id"], s["programme"]): s for s in spells}
    for key, mine in pools(rows):
        _nothing_above_what_is_owed(mine, of_pool.get(key))


def _nothing_above_what_is_owed(rows: list[Row], support: Row | None) -> None:
    """The plain reading: of any months, no more is matched than is owed for them."""
    due = dict.fromkeys(range(2025 * 12, 2026 * 12), 0)
    if support is not None:
        first = month_of(support["valid_from"])
        past = month_of(support["valid_to"] or ON) + 1
        found = due_by_month(rulebook("indonesia"), support["programme"], "", first, past)
        due |= {month: amount or 0 for month, amount in found.items()}
    spans = {(month_of(r["period_start"]), month_of(r["period_end"]) + 1) for r in rows}
    for first, past in spans:
        inside = [r for r in rows if first <= month_of(r["period_start"])
                  and month_of(r["period_end"]) < past]  # fmt: skip
        owed = sum(due[month] for month in range(first, past))
        assert sum(r["matched"] or 0 for r in inside) <= owed
        exact = [r for r in inside if (month_of(r["period_start"]), month_of(r["period_end"]) + 1)
                 == (first, past)]  # fmt: skip
        took = [r for r in exact if r["state"] in ("matched", "underpaid", "overpaid", "twice")]
        assert all(row["owed"] == owed for row in took)
    if {past - first for first, past in spans} == {3}:
        _greedy(rows, due)


def _greedy(rows: list[Row], due: dict[int, int]) -> None:
    """Quarter by quarter: what takes part is matched as far as the quarter is owed."""
    for start, end in QUARTERS:
        owed = sum(due[month] for month in range(month_of(start), month_of(end) + 1))
        mine = [r for r in rows if r["period_start"] == start and r["amount"] is not None]
        takes = [r for r in mine if r["state"] not in ("failed", "pending", "other_units")]
        assert sum(r["matched"] for r in takes) == min(owed, sum(r["amount"] for r in takes))
        units = [r for r in mine if r["state"] == "other_units"]
        assert all(r["amount"] * 1000 == owed or r["amount"] == owed * 100 for r in units)
