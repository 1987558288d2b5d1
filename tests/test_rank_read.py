"""What a list of ranks says in its own words: a decile, none, or what is no decile."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from standardised import standardised

RANKINGS = """
kind = "rankings"
files = ["bps*.csv"]
as_of = { column = "per" }
id = "id"
[columns]
kk = "kk"
decile = "desil"
released_on = "per"
"""
STATED = RANKINGS + 'rank_state = { column = "ket", codes = { TANPA = "not_ranked" } }\n'
CARD = "1811011203150001"


def read(folder: Path, *deciles: str, descriptor: str = RANKINGS) -> list[tuple[object, ...]]:
    """(decile, rank_state) of rows with these texts, in order."""
    rows = "".join(f"{n:02},{CARD},{text},2026-01-23,TANPA\n" for n, text in enumerate(deciles, 1))
    found = standardised(folder, {"bps.csv": f"id,kk,desil,per,ket\n{rows}"}, {"bps": descriptor})
    return [(r["decile"], r["rank_state"]) for r in found.table("rankings", "source_id")]


WORDS: dict[str, tuple[int | None, str | None]] = {
    "4": (4, None),
    " 4 ": (4, None),
    "4.0": (4, None),
    "Desil 4": (4, None),
    "DESIL10": (10, None),
    "": (None, None),
    "-": (None, None),
    "Non-Desil": (None, None),
    "non  desil": (None, None),
    "Belum ada": (None, None),
    "4?": (None, "unreadable"),
    "4-5": (None, "unreadable"),
    "4.5": (None, "unreadable"),
    "empat": (None, "unreadable"),
    "Desil": (None, "unreadable"),
    "0": (0, None),  # a number, which the stage knows for no decile
    "11": (11, None),
}


def test_a_decile_in_words(tmp_path: Path) -> None:
    assert dict(zip(WORDS, read(tmp_path, *WORDS), strict=True)) == WORDS


def test_what_is_no_decile_is_a_problem_with_its_value_and_the_row_stays(tmp_path: Path) -> None:
    rows = f"1,{CARD},0,2026-01-23,\n2,{CARD},11,2026-01-23,\n3,{CARD},4?,2026-01-23,\n"
    found = standardised(tmp_path, {"bps.csv": f"id,kk,desil,per,ket\n{rows}"}, {"bps": RANKINGS})
    assert found.counts["rankings"] == 3
    assert found.problems() == {
        ("1", "decile", "below_minimum", "0"),
        ("2", "decile", "above_maximum", "11"),
        ("3", "decile", "not_a_number", "4?"),
    }


def test_a_state_that_the_list_has_itself_stands_where_the_decile_can_be_read(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, "", "4?", descriptor=STATED)
    assert found == [(None, "not_ranked"), (None, "unreadable")]


def test_a_release_of_a_later_day_keeps_its_date(tmp_path: Path) -> None:
    """It is not seen until then; read as a mistake, it would be taken for one of today."""
    row = f"1,{CARD},4,2027-04-20,\n"
    found = standardised(tmp_path, {"bps.csv": f"id,kk,desil,per,ket\n{row}"}, {"bps": RANKINGS})
    (read_,) = found.table("rankings")
    assert (read_["released_on"], read_["as_of"]) == (date(2027, 4, 20),) * 2
    assert found.problems() == set()


EXPORT = """
kind = "rankings"
files = ["bps*.csv"]
as_of = { file = "%Y-%m-%d" }
[columns]
kk = "kk"
decile = "desil"
"""


def test_one_file_a_release_with_its_date_in_the_name(tmp_path: Path) -> None:
    """The same line in both is the same row of two releases, not a row twice."""
    same, changed = f"{CARD},4\n", "1811011203150002,{}\n".format
    files = {
        "bps_2026-01-23.csv": f"kk,desil\n{same}{changed(4)}",
        "bps_2026-04-20.csv": f"kk,desil\n{same}{changed(6)}",
    }
    found = standardised(tmp_path, files, {"bps": EXPORT})
    rows = found.table("rankings", "as_of, decile, latest")
    old, new = date(2026, 1, 23), date(2026, 4, 20)
    assert [(r["as_of"], r["decile"], r["latest"]) for r in rows] == [
        (old, 4, False), (old, 4, True), (new, 4, True), (new, 6, True),
    ]  # fmt: skip
    assert len({r["rid"] for r in rows}) == 4
    assert found.problems() == set()
