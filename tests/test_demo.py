"""The demo: from nothing to an explained register, and no folder of anybody else's touched."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from tangga.cli import screen
from tangga.cli.demo import ACCOUNT, MARK, PROMISED, demo, hold_to_promise, make_room
from tangga.cli.demo_areas import choose
from tangga.cli.demo_money import FOUND_AS, Kind, Money, hold_to_money, print_too_few
from tangga.cli.demo_ranks import hold_to_ranks, name_a_model
from tangga.cli.demo_truth import Judged, Pointed
from tangga.engine.evaluate import Evaluation, Score
from tangga.errors import Conflict, UserError
from tangga.synthetic import generate
from tangga.synthetic.payments import KINDS
from tangga.web.database import binaries


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="not made by a demo"):
        make_room(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    to = tmp_path / "var" / "demo"
    make_room(to)
    (to / "old.csv").touch()
    make_room(to)
    assert [f.name for f in to.iterdir()] == [MARK]


def _evaluation(**changes: object) -> Evaluation:
    good = Score(Fraction(1), Fraction(1))
    figures = {
        "pairs": good,
        "b_cubed": good,
        "families": good,
        "flagged": {"twin": good},
        "records": 1000,
        "missing": 0,
        "persons": 1000,
        "over_merged": 0,
    }
    return Evaluation(**(figures | changes))  # type: ignore[arg-type]


def test_a_register_that_falls_short_is_an_error() -> None:
    hold_to_promise(_evaluation())
    below = PROMISED["pairs"] - Fraction(1, 10**6)
    with pytest.raises(Conflict, match="pairs"):
        hold_to_promise(_evaluation(pairs=Score(below, below)))
    with pytest.raises(Conflict, match="twins"):
        hold_to_promise(_evaluation(flagged={"twin": Score(Fraction(1, 2), Fraction(1))}))
    with pytest.raises(Conflict, match="over-merged"):
        hold_to_promise(_evaluation(over_merged=4))


def _judged(**changes: object) -> Judged:
    good = {
        "office_misses": 0.33,
        "office_misses_known": 0.27,
        "office_wrong": 0.27,
        "model_misses": 0.4,
        "model_misses_known": 0.29,
        "model_wrong": 0.26,
        "fall": 0.04,
        "at_risk_fall": 0.2,
        "at_risk": 600,
        "ranked": 5600,
        "scored": 5000,
        "families": 6000,
        "pointed": {"lower": Pointed(20, 15, 0.2)},
    }
    return Judged(**(good | changes))  # type: ignore[arg-type]


def test_ranks_that_fall_short_are_an_error() -> None:
    hold_to_ranks(_judged())
    for changes, told in (
        ({"model_misses": 0.6}, "model_misses"),
        ({"model_misses_known": 0.5}, "model_misses_known"),
        ({"office_misses": 0.01}, "office_misses"),  # too good to be a means test
        ({"model_misses": None}, "model_misses"),
        ({"at_risk_fall": 0.05}, "at risk"),
        ({"pointed": {"lower": Pointed(20, 4, 0.2)}}, "lower"),
    ):
        with pytest.raises(Conflict, match=told):
            hold_to_ranks(_judged(**changes))
    hold_to_ranks(_judged(families=300, model_misses=0.9))  # too few to say


def _money(**changes: object) -> Money:
    kinds = {kind: Kind(100, 100, 10**6) for kind in (*FOUND_AS, "unpaid")}
    good = {
        "kinds": kinds | changes.pop("kinds", {}),  # type: ignore[dict-item, operator]
        "matched": 70,
        "unmatched": 30,
        "rows": 7000,
        "amount": 100,
        "written": 7000,
    }
    return Money(**(good | changes))  # type: ignore[arg-type]


def test_money_that_is_lost_or_not_found_is_an_error() -> None:
    hold_to_money(_money())
    hold_to_money(_money(kinds={"twice": Kind(5, 4, 1)}))  # of few, one may be missed
    for changes, told in (
        ({"unmatched": 29}, "rupiah or rows"),
        ({"written": 7001}, "rupiah or rows"),
        ({"kinds": {"twice": Kind(100, 80, 1)}}, "that are twice, 80 were found"),
        ({"kinds": {"right": Kind(100, 90, 1)}}, "that are right"),
        ({"kinds": {"nobody": Kind(5, 3, 1)}}, "that are nobody"),
    ):
        with pytest.raises(Conflict, match=told):
            hold_to_money(_money(**changes))


def test_the_payments_of_few_families_are_told_and_not_judged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    few = _money(rows=700, written=700, kinds={"payee_dead": Kind(4, 0, 1)})
    hold_to_money(few)
    print_too_few(few)
    assert "0 of 4 were found" in capsys.readouterr().out
    for changes in ({"kinds": {"right": Kind(600, 500, 1)}}, {"unmatched": 29}):
        with pytest.raises(Conflict):
            hold_to_money(_money(rows=700, written=700, **changes))


def test_accounts_stand_on_both_sides_of_a_border() -> None:
    """At home in the first regency asked for, where most villages are; the neighbours beside it."""
    families = {
        "1771031002": 900,
        "1811052010": 80,
        "1811052011": 90,
        "1811012003": 200,
        "1871010001": 500,
        "?": 7,
    }
    chosen = choose(families, ("1811", "1771"))
    assert chosen.home == {
        "country": "",
        "province": "18",
        "regency": "1811",
        "district": "181105",
        "village": "1811052011",
    }
    assert (chosen.beside["regency"], chosen.beside["village"]) == ("1771", "1811052010")
    alone = choose({"1771031002": 9}, ("1811", "1771"))
    assert (alone.home["village"], dict(alone.beside)) == ("1771031002", {})
    two = choose({"1771031002": 9, "1811012003": 4}, ("1811", "1771"))
    assert (two.home["village"], two.beside["village"]) == ("1811012003", "1771031002")
    assert choose({}, ("1811",)).home["village"] == ""


def test_every_planted_error_is_looked_for() -> None:
    assert {*FOUND_AS, "unpaid"} == set(KINDS)


def test_too_few_people_have_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A survey that can teach nothing is said, and names nothing in tangga.toml."""
    generate(300, 1, tmp_path, sources=("p3ke",))
    name_a_model(tmp_path)
    assert "too few" in capsys.readouterr().out
    assert "welfare_model" not in (tmp_path / "tangga.toml").read_text(encoding="utf-8")


def test_without_postgresql_the_demo_says_so_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And names no DATABASE_URL, which it would not look at."""
    monkeypatch.setattr(binaries, "_folders", lambda: iter(()))
    binaries.installed.cache_clear()
    try:
        with pytest.raises(UserError, match="no PostgreSQL 15") as told:
            demo(tmp_path / "x", people=200, seed=1, check=False, fresh=False, port=1, web=True)
    finally:
        binaries.installed.cache_clear()
    assert "--without-web" in str(told.value)
    assert "DATABASE_URL" not in str(told.value)
    assert not list(tmp_path.iterdir())


def test_what_goes_into_a_file_is_not_on_the_screen_and_afterwards_all_is_as_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / ACCOUNT
    with pytest.raises(ZeroDivisionError), screen.written_to(kept):
        screen.print_table(["a"], [["kept ✓"]])
        1 // 0  # noqa: B018
    screen.out.print("shown")
    assert "kept ✓" in kept.read_text(encoding="utf-8")
    assert capsys.readouterr().out == "shown\n"


@pytest.mark.slow
def test_the_demo_says_what_happened_and_what_to_try(tmp_path: Path) -> None:
    """What it prints can be followed: each command it names runs."""
    done = _tangga(tmp_path, "demo", "--people", "2000", "--without-web")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for heading in (
        "What was received",
        "What happened",
        "Official ranks, release 2026-T1",
        "Against the truth",
        "The rank of one family",
        "Families by rung",
        "The cap of five years",
        "Programmes: rule and determination",
        "Targets and achievement of 2025",
        "Areas without a worker",
        "Budget of 2025",
        "The foci of 2026",
        "Lines of the plan",
        "Reconciliation of payments against the truth",
        "Five years ahead",
        "One scenario simulated",
        "The plan that brings most",
        "Charts",
        "Three families",
        "An example",
        "What to try next",
    ):
        assert heading in done.stdout
    assert "Waiting for a dated decision; support goes on" in done.stdout
    assert len(done.stdout.splitlines()) < 560
    tries = [line for line in done.stdout.splitlines() if "./tangga " in line]
    assert len(tries) == 8
    for line in tries:
        again = _tangga(tmp_path, *shlex.split(line)[1:])
        assert again.returncode == 0, again.stderr
    _told_briefly(tmp_path, done.stdout)


def _told_briefly(there: Path, in_full: str) -> None:
    """Where a browser follows, the same account stands in a file and the screen is kept free."""
    to = Path("var", "demo")
    run = "from pathlib import Path; from tangga.cli.demo import tell"
    call = [sys.executable, "-c", f"{run}; tell(Path({str(to)!r}), check=False, briefly=True)"]
    done = subprocess.run(call, cwd=there, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) < 30 and str(to / ACCOUNT) in done.stdout
    kept = (there / to / ACCOUNT).read_text(encoding="utf-8")
    assert kept.splitlines()[-3:] == in_full.splitlines()[-3:]


def _tangga(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tangga", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": "120"},
    )
