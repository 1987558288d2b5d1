"""A model on a file of families: every row comes back, and nobody is ranked for lack of data."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from tangga.engine.welfare import apply as engine
from tangga.engine.welfare.answers import fingerprints
from tangga.engine.welfare.applied_file import check_name, write_applied
from tangga.engine.welfare.apply import Applied, Asked, apply_model
from tangga.engine.welfare.columns import Codes, Numbers, Table, codes_of
from tangga.engine.welfare.model import Effect, Model, Spread
from tangga.engine.welfare.spec import Feature
from tangga.errors import UserError

ROOMS = Feature("rooms", "kamar", "rooms", "numeric", low=0.0, high=9.0)
FLOOR = Feature("floor", "lantai", "floor", "categorical", missing="average")
Row = dict[str, object]


def _model(*, held: float = 0.1, shift: int = 0) -> Model:
    effects = (
        Effect(ROOMS, slope=100_000.0),
        Effect(FLOOR, levels={"earth": -300_000, "tile": 300_000}, missing=0, doubt=0.1),
    )
    return Model(
        version="test-1",
        log=True,
        unit="per person and month",
        intercept=5_000_000 + shift,
        effects=effects,
        spread=Spread(-2.0, 0.0, (), 0.1, 1.0),
        quantiles=tuple(np.linspace(-3, 3, 101)),
        cuts={0.2: 5.1, 0.4: 5.3},
        chosen={},
        held=held,
        persistence=0.0,
    )


ROWS: list[Row] = [
    {"no": "b1", "kamar": 1, "lantai": "earth", "jiwa": 5, "kab": "A"},
    {"no": "b2", "kamar": 2, "lantai": "tile", "jiwa": 4, "kab": "A"},
    {"no": "b3", "kamar": None, "lantai": "earth", "jiwa": 3, "kab": "A"},
    {"no": "b4", "kamar": 5, "lantai": None, "jiwa": 2, "kab": "B"},
    {"no": "b5", "kamar": 7, "lantai": "marble", "jiwa": None, "kab": "B"},
    {"no": "b6", "kamar": 8, "lantai": "tile", "jiwa": 1, "kab": None},
]


def _file(folder: Path, rows: Sequence[Row] = ROWS, ending: str = ".parquet") -> Path:
    path = folder / f"families{ending}"
    if ending == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
        return path
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def _written(applied: Applied, folder: Path) -> list[Row]:
    to = folder / "out.parquet"
    write_applied(applied, to)
    return pq.read_table(to).to_pylist()


@pytest.mark.parametrize("ending", [".parquet", ".csv"])
def test_every_row_comes_back_with_what_is_known_of_it(tmp_path: Path, ending: str) -> None:
    asked = Asked(members="jiwa", local="kab", id="no", keep=("kab",))
    applied = apply_model(_model(), _file(tmp_path, ending=ending), asked)
    rows = _written(applied, tmp_path)
    assert [row["id"] for row in rows] == ["b1", "b2", "b3", "b4", "b5", "b6"]
    scores = [row["score"] for row in rows]
    assert scores == [4_800_000, 5_500_000, None, 5_500_000, 5_700_000, 6_100_000]
    assert [row["missing"] for row in rows] == [None, None, "rooms", "floor", "floor", None]
    assert applied.missing == {"rooms": 1, "floor": 1}
    assert applied.unseen == {"floor": 1}
    # 12 people count: b1 has 5 of them, b2 and b4 share a score.
    assert [row["decile_raw"] for row in rows] == [3, 7, None, 7, 10, 10]
    assert [row["decile_local"] for row in rows] == [3, 8, None, 6, 10, None]
    assert (applied.uncounted, applied.areas, applied.nowhere) == (1, 2, 1)
    assert [row["kab"] or None for row in rows] == ["A", "A", "A", "B", "B", None]


def test_an_id_that_stands_twice_is_counted(tmp_path: Path) -> None:
    rows = [*ROWS, {**ROWS[0], "kamar": 3}, {**ROWS[1], "no": None}]
    assert apply_model(_model(), _file(tmp_path, rows), Asked(id="no")).repeated == 2
    assert apply_model(_model(), _file(tmp_path), Asked(id="no")).repeated == 0
    assert apply_model(_model(), _file(tmp_path, rows)).repeated == 0


def test_who_is_not_known_is_neither_dropped_nor_poorest(tmp_path: Path) -> None:
    applied = apply_model(_model(), _file(tmp_path))
    row = _written(applied, tmp_path)[2]
    nothing = ("score", "probability", "probability_poorest", "decile_raw", "decile")
    assert [row[name] for name in nothing] == [None] * 5
    others = apply_model(_model(), _file(tmp_path, [r for r in ROWS if r["no"] != "b3"]))
    assert others.raw.tolist() == [d for n, d in enumerate(applied.raw.tolist()) if n != 2]


def test_a_chance_is_beside_each_score_and_smaller_for_the_poorest_fifth(tmp_path: Path) -> None:
    rows = _written(apply_model(_model(), _file(tmp_path)), tmp_path)
    chances = [(r["probability_poorest"], r["probability"]) for r in rows if r["score"]]
    assert all(0 < fifth < two_fifths < 1 for fifth, two_fifths in chances)
    assert [r["id"] for r in rows] == [1, 2, 3, 4, 5, 6]


def test_pieces_of_a_file_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(members="jiwa", local="kab", id="no", keep=("lantai",))
    for ending in (".parquet", ".csv"):
        file = _file(tmp_path, ending=ending)
        whole = _written(apply_model(_model(), file, asked), tmp_path)
        with monkeypatch.context() as patch:
            patch.setattr(engine, "ROWS", 2)
            assert _written(apply_model(_model(), file, asked), tmp_path) == whole


def test_a_family_that_did_not_change_keeps_its_decile(tmp_path: Path) -> None:
    asked = Asked(id="no")
    first = apply_model(_model(), _file(tmp_path), asked)
    write_applied(first, before := tmp_path / "before.csv")
    # One family has another room; who was the best off has left; somebody came.
    rows = [dict(row) for row in ROWS[:-1]] + [{"no": "b7", "kamar": 0, "lantai": "earth"}]
    rows[1]["kamar"] = 9
    asked = Asked(id="no", before=before)
    again = apply_model(_model(), _file(tmp_path, rows), asked)
    assert again.unchanged == 3
    known = dict(zip(["b1", "b2", "b3", "b4", "b5"], first.decile.tolist(), strict=False))
    given = dict(zip(["b1", "b2", "b3", "b4", "b5", "b7"], again.decile.tolist(), strict=True))
    raw = dict(zip(["b1", "b2", "b3", "b4", "b5", "b7"], again.raw.tolist(), strict=True))
    assert {n: given[n] for n in ("b4", "b5")} == {n: known[n] for n in ("b4", "b5")}
    assert (given["b2"], given["b7"], given["b3"]) == (raw["b2"], raw["b7"], 0)
    assert again.stayed == sum(
        known[n] != raw[n] and given[n] == known[n] for n in known if n != "b2"
    )


def test_a_file_that_apply_did_not_write_holds_no_deciles(tmp_path: Path) -> None:
    file = _file(tmp_path, ending=".csv")
    with pytest.raises(UserError, match="'id'"):
        apply_model(_model(), file, Asked(id="no", before=file))
    with pytest.raises(UserError, match="--id"):
        apply_model(_model(), file, Asked(before=file))
    twice = tmp_path / "twice.csv"
    twice.write_text("id,decile,answers\nb1,3,00\nb1,3,00\n")
    with pytest.raises(UserError, match="twice"):
        apply_model(_model(), file, Asked(id="no", before=twice))
    twice.write_text("id,decile,answers\nb1,11,00\n")
    with pytest.raises(UserError, match="1 to 10"):
        apply_model(_model(), file, Asked(id="no", before=twice))


def test_mistakes_in_files_and_names_are_told(tmp_path: Path) -> None:
    file = _file(tmp_path)
    for asked, wrong in (
        (Asked(members="jiwaa"), "no column 'jiwaa'.*jiwa"),
        (Asked(keep=("score",)), "written anyway"),
    ):
        with pytest.raises(UserError, match=wrong):
            apply_model(_model(), file, asked)
    half = _file(tmp_path, [{**ROWS[0]}, {**ROWS[1], "jiwa": 2.5}])
    with pytest.raises(UserError, match="family 2 of the file"):
        apply_model(_model(), half, Asked(members="jiwa"))
    lacking = _file(tmp_path, [{"no": "b1", "kamar": 1}])
    with pytest.raises(UserError, match="'lantai', which the model reads as floor"):
        apply_model(_model(), lacking)
    with pytest.raises(UserError, match=r"\.parquet"):
        check_name(tmp_path / "out.doc")
    with pytest.raises(UserError, match="read as well"):
        check_name(file, file)


def test_a_workbook_keeps_an_id_as_text(tmp_path: Path) -> None:
    rows = [{**row, "no": 1811012003000000 + n} for n, row in enumerate(ROWS)]
    write_applied(apply_model(_model(), _file(tmp_path, rows), Asked(id="no")), tmp_path / "o.xlsx")
    sheet = load_workbook(tmp_path / "o.xlsx").active
    assert sheet.cell(1, 1).value == "id"
    assert sheet.cell(2, 1).value == "1811012003000000"
    assert sheet.cell(2, 2).value == 4_800_000


def test_fingerprints_tell_answers_apart_and_nothing_else() -> None:
    def of(rooms: Sequence[float], floors: Sequence[str | None]) -> list[int]:
        table = Table({"rooms": Numbers(np.array(rooms)), "floor": codes_of(floors)}, len(rooms))
        return fingerprints(table, (ROOMS, FLOOR)).tolist()

    nan = float("nan")
    found = of([1, 2, 0.0, -0.0, nan, 1], ["a", "a", "b", "b", None, None])
    assert found[2] == found[3]
    assert len(set(found)) == 5
    assert of([1], ["a"]) == found[:1]
    codes = Codes(np.array([1], dtype=np.int8), ["z", "a"])
    other = Table({"rooms": Numbers(np.array([1.0])), "floor": codes}, 1)
    assert fingerprints(other, (ROOMS, FLOOR)).tolist() == found[:1]
