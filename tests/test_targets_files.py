"""Files of targets: what is read, and every way in which they are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from history_run import today
from tangga.engine.targets.files import Key, read_targets
from tangga.engine.targets.settings import pilars_of
from tangga.errors import UserError
from targets_run import HEADER, ON, TargetsRun


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> TargetsRun:
    """A workspace of the pack; the day is that of `today`."""
    return TargetsRun(tmp_path_factory.mktemp("targets"))


def read(run: TargetsRun, *rows: str, header: str = HEADER) -> list:  # type: ignore[type-arg]
    run.targets(*rows, header=header)
    return read_targets(run.ctx.workspace, pilars_of(today(ON)))


def refused(run: TargetsRun, *rows: str, header: str = HEADER) -> str:
    with pytest.raises(UserError) as raised:
        read(run, *rows, header=header)
    return str(raised.value)


def test_codes_and_words_are_one(run: TargetsRun) -> None:
    (one,) = read(run, "2026,18.11,Pendamping PKH,,,graduasi mandiri,10,eligible,")
    (two,) = read(run, "2026,1811,,,,graduations,10,eligible,")
    assert one == two
    assert one.key == Key(2026, "graduations", "pkh_companion", "", "")
    assert (one.area, one.value, one.file, one.line) == ("1811", 10, "targets/targets.csv", 2)
    (exits,) = read(run, "2026,,,,,graduations,10,,Graduasi mandiri; natural")
    assert exits.key.exits == "independent natural"


def test_nobody_can_type_what_was_achieved(run: TargetsRun) -> None:
    said = refused(run, "2026,1811,,,,graduations,10,,,10", header=f"{HEADER},achieved")
    assert "unknown column: 'achieved'" in said
    assert "line 1" in said


def test_two_rows_for_the_same_name_both_lines(run: TargetsRun) -> None:
    same = "2026,1811,pkh_companion,,,graduations,10,,"
    said = refused(run, same, "2026,1811,,,,graduations,10,,")
    assert "targets.csv, line 3: stands twice: the first is" in said
    assert "targets.csv, line 2" in said
    read(run, same, "2027,1811,,,,graduations,10,,", "2026,1811,,,,graduations,1,,natural")


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("2026,1811,tksk,,,graduations,10,,", "is none of the pilar tksk. It measures: pkh"),
        ("2026,1811,,,,visits_kept,101,,", "101 is more than 100 percent"),
        ("2026,1811,,,,visits_kept,80,equal,", "a share is not spread"),
        ("2026,1811,,,,verified,80,,natural", "counts no exits"),
        ("2026,1811,,,pkh,verified,80,,", "cannot be told for one programme"),
        ("2026,1811,,,,graduations,-1,,", "is negative"),
        ("2026,1811,,,,graduations,4.120,,", "separators of thousands: '4.120'. Write 4120"),
        ("2026,9999,,,,graduations,1,,", "is no area of the pack"),
        ("2026,1811,,,,graduation,1,,", "Did you mean 'graduations'?"),
        ("2026,1811,,,,graduations,1,by luck,", "column rule"),
        ("26,1811,,,,graduations,1,,", "is no year"),
    ],
)
def test_what_does_not_go_together_is_refused(run: TargetsRun, row: str, what: str) -> None:
    said = refused(run, "2026,17,,,,graduations,1,,", row)
    assert what in said
    assert "line 3" in said


def test_every_mistake_of_every_file_is_told(run: TargetsRun) -> None:
    other = run.targets("2026,1811,,,,visits_kept,500,,", "x,,,,,,,,", name="other")
    try:
        with pytest.raises(UserError) as raised:
            read(run, "2026,1811,,,,graduations,-1,,")
        assert "targets.csv, line 2" in str(raised.value)
        assert "other.csv, line 3" in str(raised.value)
    finally:
        other.unlink()


def test_a_pack_that_measures_nothing_takes_no_targets(run: TargetsRun) -> None:
    run.targets("2026,1811,,,,graduations,10,,")
    with pytest.raises(UserError, match="measures nothing"):
        read_targets(run.ctx.workspace, None)
    for file in Path(run.folder / "targets").glob("*.csv"):
        file.unlink()
    assert read_targets(run.ctx.workspace, None) == []
