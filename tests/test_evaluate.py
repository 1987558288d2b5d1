"""Comparing a run with the truth: the figures against a plain count of pairs."""

from __future__ import annotations

import csv
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tangga.engine import tables
from tangga.engine.connection import connect
from tangga.engine.evaluate import TRUTH_COLUMNS, Score, evaluate
from tangga.errors import UserError

Row = tuple[str, str | None, str, str]
"""(person found or "" for a lost record, family found, entity, true family)."""


def _workspace(directory: Path, rows: list[Row], flags: str = "twin") -> tuple[Path, Path]:
    run = directory / "runs" / "1"
    with connect() as con:
        con.execute("CREATE TABLE c (source TEXT, source_id TEXT, person_id TEXT, family_id TEXT)")
        for n, (person, family, _, _) in enumerate(rows):
            if person:
                con.execute("INSERT INTO c VALUES ('a', ?, ?, ?)", [str(n), person, family])
        tables.write(con, "SELECT * FROM c", run / "resolve" / "crosswalk")
    (run.parent / "CURRENT").write_text("1")
    truth = directory / "truth.csv"
    with truth.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(TRUTH_COLUMNS)
        for n, (_, _, entity, family) in enumerate(rows):
            out.writerow(["a", n, entity, family, flags if n % 2 else ""])
    return directory, truth


def _by_hand(found: list[str], true: list[str]) -> Score:
    """Every pair, one after the other."""
    pairs = list(combinations(range(len(found)), 2))
    ours = {p for p in pairs if found[p[0]] == found[p[1]]}
    theirs = {p for p in pairs if true[p[0]] == true[p[1]]}
    right = len(ours & theirs)
    share = [Fraction(right, len(some)) if some else Fraction(1) for some in (ours, theirs)]
    return Score(*share)


def _b_cubed_by_hand(found: list[str], true: list[str], of: list[int]) -> Score:
    """Every record, one after the other."""
    shares: tuple[list[Fraction], list[Fraction]] = ([], [])
    for n in of:
        ours = {m for m in range(len(found)) if found[m] == found[n]}
        theirs = {m for m in range(len(true)) if true[m] == true[n]}
        for share, group in zip(shares, (ours, theirs), strict=True):
            share.append(Fraction(len(ours & theirs), len(group)))
    return Score(*(sum(share, Fraction(0)) / len(of) if of else Fraction(1) for share in shares))


few = st.sampled_from("pqrs")
rows = st.lists(
    st.tuples(st.sampled_from(["", *"PQRS"]), st.none() | few, few, few), min_size=1, max_size=12
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows)
def test_the_figures_are_those_of_a_plain_count(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    rows = [("P", None, "p", "p"), *rows]  # a source of which nothing was found is not judged
    found = evaluate(*_workspace(tmp_path_factory.mktemp("w"), rows))
    persons = [person or f"alone {n}" for n, (person, _, _, _) in enumerate(rows)]
    families = [f if p and f else f"alone {n}" for n, (p, f, _, _) in enumerate(rows)]
    entities, true_families = [r[2] for r in rows], [r[3] for r in rows]
    assert found.pairs == _by_hand(persons, entities)
    assert found.families == _by_hand(families, true_families)
    every = list(range(len(rows)))
    assert found.b_cubed == _b_cubed_by_hand(persons, entities, every)
    if len(rows) > 1:
        assert found.flagged["twin"] == _b_cubed_by_hand(persons, entities, every[1::2])
    assert found.missing == sum(not person for person, _, _, _ in rows)


def test_a_person_of_two_entities_is_over_merged(tmp_path: Path) -> None:
    rows: list[Row] = [("P", None, "p", ""), ("P", None, "q", ""), ("Q", None, "r", "")]
    found = evaluate(*_workspace(tmp_path, rows))
    assert (found.over_merged, found.persons) == (1, 2)
    assert found.over_merged_share == Fraction(1, 2)
    assert found.families == Score(Fraction(1), Fraction(1))


def test_a_source_without_records_of_persons_is_not_judged(tmp_path: Path) -> None:
    directory, truth = _workspace(tmp_path, [("P", None, "p", ""), ("", None, "q", "")])
    with truth.open("a", encoding="utf-8") as file:
        file.write("payments,1,p,,\n")
    found = evaluate(directory, truth)
    assert (found.records, found.missing, found.not_judged) == (2, 1, ("payments",))


def test_flags_are_told_apart_by_anything_that_is_no_word(tmp_path: Path) -> None:
    rows: list[Row] = [("P", None, "p", "")] * 2
    found = evaluate(*_workspace(tmp_path, rows, flags="twin|no_nik; mover"))
    assert list(found.flagged) == ["mover", "no_nik", "twin"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("source,source_id\na,1\n", "needs the columns"),
        ("source,source_id,entity_id,family_id,flags\na,1,x,,\na,1,y,,\n", "more than once"),
    ],
)
def test_a_truth_that_cannot_be_one_is_refused(tmp_path: Path, text: str, wrong: str) -> None:
    directory, truth = _workspace(tmp_path, [("P", None, "p", "")])
    truth.write_text(text)
    with pytest.raises(UserError, match=wrong):
        evaluate(directory, truth)
    with pytest.raises(UserError, match="no such file"):
        evaluate(directory, tmp_path / "none.csv")
