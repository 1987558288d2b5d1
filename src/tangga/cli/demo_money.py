"""What the demo's reconciliation is worth: every payment is held against what it truly is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tangga.cli import screen
from tangga.cli.demo_truth import HELD
from tangga.engine import catalogue
from tangga.engine.connection import connect, quoted
from tangga.engine.current import last_complete
from tangga.errors import Conflict
from tangga.texts import LANGUAGES, both, say

OF_THE_DEAD = ("dead", "payee_dead", "member_dead")
BY_STATUS = ("failed", "returned", "pending", "untouched")
FOUND_AS = {
    "right": ("matched",),
    "failed": ("failed",),
    "returned": ("returned",),
    "pending": ("pending",),
    "untouched": ("untouched",),
    "dead": ("dead",),
    "payee_dead": ("dead",),
    "member_dead": ("dead",),
    "unreported": ("dead",),
    "graduated": ("graduated", "after_exit", "overpaid"),
    "ended": ("after_exit",),
    "twice": ("twice",),
    "nobody": ("nobody",),
    "not_enrolled": ("not_enrolled", "no_list"),
    "thousands": ("other_units",),
    "short": ("underpaid",),
    "over": ("overpaid",),
    "unreadable": ("unreadable", "no_amount"),
}
"""What a payment truly is -> as what a reconciliation finds it; `unpaid` has no row of the file."""
SAID = {
    **{kind: f"demo.paid_{kind}" for kind in (*OF_THE_DEAD, "unreported")},
    "status": "demo.paid_by_status",
    "unpaid": "budget.is_no_payment",
}
"""What has another name here than in a reconciliation."""
PROMISED = {
    "right": 0.97,
    **dict.fromkeys((*OF_THE_DEAD, "graduated"), 0.95),
    "unreported": 0.0,
}
"""The share that `--check` asks to be found; of the others OTHERS: a payment may name somebody so
badly that nobody knows who it is, and of two families on one card one is paid. A death that no
office wrote down cannot be found."""
OTHERS = 0.9
SOME = 25
"""Of fewer than so many one may be missed whatever the share."""
ENOUGH = 5_000
"""Rows of a payment file (about 13,000 people) in which every kind is judged by itself."""
MANY = 100
"""In a smaller file only a kind of so many: the payments of a few families say nothing, since what
is wrong with a family is wrong with each of its quarters."""

# One row is one kind of payment: how many there truly are, and how many were found as such: of what
# was not due, or not all of it, no more may be matched than was due. Who has perhaps died, by a
# record of the registry that is not surely theirs, is found when the payment is to be checked.
KINDS = """
SELECT t.kind, count(*) AS rows,
       count(*) FILTER ((t.kind || ' ' || r.state IN ({found})
           OR t.kind IN ({dead}) AND r.to_check = 'perhaps_dead')
         AND (t.kind NOT IN ('dead', 'member_dead', 'graduated', 'ended') OR r.matched <= t.due)
       ) AS found,
       sum(CASE WHEN t.kind IN ('payee_dead', 'unreported') THEN t.paid
                WHEN t.due < t.paid OR t.kind = 'short' THEN abs(t.due - t.paid)
                ELSE t.due END)::BIGINT AS rupiah
FROM payments AS t JOIN rec AS r ON t.source_id = r.source_id
GROUP BY t.kind
UNION ALL
SELECT t.kind, count(*), count(*) FILTER (EXISTS (
    FROM best AS b JOIN unpaid AS u ON b.family_id = u.family_id
    WHERE b.true_id = t.family_id AND u.programme = t.programme
      AND u.period_start = make_date(2025, 3 * t.quarter - 2, 1))), sum(t.due)::BIGINT
FROM payments AS t WHERE t.kind = 'unpaid' GROUP BY t.kind
"""
# The file as it lies there, read without any of the engine's own reading.
TOTALS = """
SELECT (SELECT sum(matched)::BIGINT FROM rec) AS matched,
       (SELECT sum(unmatched)::BIGINT FROM rec) AS unmatched,
       (SELECT count(*) FROM rec) AS rows,
       (SELECT sum(try_cast(NOMINAL AS BIGINT))::BIGINT FROM file) AS amount,
       (SELECT count(*) FROM file) AS written
"""
BEST = """
CREATE TABLE best AS SELECT true_id, family_id FROM held
QUALIFY row_number() OVER (PARTITION BY family_id ORDER BY records DESC, true_id) = 1
"""


@dataclass(frozen=True)
class Kind:
    """Payments of one kind: how many, how many of them were found as such, and the rupiah that is
    wrong about them (that was paid, of those that are right)."""

    rows: int
    found: int
    rupiah: int


@dataclass(frozen=True)
class Money:
    """kinds: by what payments truly are. matched, unmatched, rows: of the reconciliation. amount,
    written: rupiah and rows of the file itself."""

    kinds: dict[str, Kind]
    matched: int
    unmatched: int
    rows: int
    amount: int
    written: int


def judge_money(workspace: Path) -> Money:
    """The reconciliation of the last complete run, against `truth_payments.csv`."""
    run = last_complete(workspace)
    relations = {
        name: catalogue.relation(run, table)
        for name, table in (
            ("rec", "reconciliation"),
            ("unpaid", "unpaid"),
        )
    }
    with connect() as con:
        for table, file in (
            ("truth", "truth.csv"),
            ("payments", "truth_payments.csv"),
            ("file", "data/penyaluran.csv"),
        ):
            path, options = quoted(workspace / file), "header = true, sample_size = -1"
            con.execute(f"CREATE TABLE {table} AS FROM read_csv('{path}', {options})")
        for name, relation in relations.items():
            con.execute(f"CREATE VIEW {name} AS {relation}")
        con.execute(HELD.format(crosswalk=catalogue.relation(run, "crosswalk")))
        con.execute(BEST)
        right = [f"'{kind} {state}'" for kind, states in FOUND_AS.items() for state in states]
        dead = ", ".join(f"'{kind}'" for kind in OF_THE_DEAD)
        found = con.execute(KINDS.format(found=", ".join(right), dead=dead)).fetchall()
        totals = con.execute(TOTALS).fetchall()[0]
    return Money({kind: Kind(*of) for kind, *of in found}, *totals)


def print_money(money: Money) -> None:
    """Each kind of payment, how many there are and how many were found; and that the sums agree."""
    shown = {**money.kinds, "status": _together(money, BY_STATUS)}
    names = (name for name in (*FOUND_AS, "unpaid", "status") if name not in BY_STATUS)
    rows = [
        (both(_named(name), between=" / "), kind.rows, kind.found, kind.rupiah)
        for name in names
        if (kind := shown.get(name)) is not None
    ]
    headings = ["", *(both(f"demo.paid_{name}") for name in ("truth", "found", "rupiah"))]
    screen.print_table(headings, rows, title=both("demo.paid"))
    sums = {"matched": money.matched, "unmatched": money.unmatched, "amount": money.amount}
    sums = {name: screen.shown(rupiah) for name, rupiah in sums.items()}  # as in the table above
    screen.out.print(both("demo.paid_sum", **sums), soft_wrap=True)


def _together(money: Money, kinds: tuple[str, ...]) -> Kind:
    """Payments of several kinds as one."""
    found = [money.kinds[kind] for kind in kinds if kind in money.kinds]
    return Kind(
        sum(kind.rows for kind in found),
        sum(kind.found for kind in found),
        sum(kind.rupiah for kind in found),
    )


def _named(kind: str) -> str:
    """The key of what a kind of payment is called."""
    return SAID.get(kind) or f"budget.is_{FOUND_AS[kind][0]}"


def _fell_short(money: Money) -> dict[str, Kind]:
    """The kinds of which fewer were found than is promised."""
    found = {}
    for name, kind in money.kinds.items():
        least = PROMISED.get(name, OTHERS) * kind.rows
        if kind.found < min(least, kind.rows - 1 if kind.rows < SOME else least):
            found[name] = kind
    return found


def _tells(money: Money, kind: Kind) -> bool:
    """Whether there are enough of a kind to judge by."""
    return money.written >= ENOUGH or kind.rows >= MANY


def print_too_few(money: Money) -> None:
    """What fell short, but is too little to judge by: it is said, and held against nobody."""
    for name, kind in _fell_short(money).items():
        if not _tells(money, kind):
            for language in LANGUAGES:
                told = {"kind": say(_named(name), language), "of": kind.rows, "found": kind.found}
                screen.out.print(say("demo.too_few", language, **told), soft_wrap=True)


def hold_to_money(money: Money) -> None:
    """Conflict where a rupiah is lost, or what was planted was not found."""
    short = []
    if money.matched + money.unmatched != money.amount or money.rows != money.written:
        short.append(f"rupiah or rows of the payment file are lost: {money}")
    short += [
        f"of {kind.rows} payments that are {name}, {kind.found} were found"
        for name, kind in _fell_short(money).items()
        if _tells(money, kind)
    ]
    if short:
        raise Conflict(f"the reconciliation falls short of what is promised: {'; '.join(short)}")
