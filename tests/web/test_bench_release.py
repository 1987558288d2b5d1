"""A large release made of a small one is one that the loader takes: rows, keys, order, places."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.web_release import make

from tangga.web.register.loading.release import check_files, read_release


def test_copies_are_other_people_in_the_order_of_the_key(release: Path, tmp_path: Path) -> None:
    before = json.loads((release / "manifest.json").read_text())["tables"]
    made = make(tmp_path / "large", release, 2 * before["persons"]["rows"])
    said = json.loads((made / "manifest.json").read_text())["tables"]
    assert check_files(read_release(made)) == []
    for name in ("persons", "decisions", "records"):
        assert said[name]["rows"] == 2 * before[name]["rows"]
        keys = pq.read_table(made / f"{name}.parquet", columns=said[name]["key"]).to_pylist()
        ordered = [tuple(value or "" for value in row.values()) for row in keys]
        assert ordered == sorted(ordered)
        assert len(set(ordered)) == len(ordered)
    for column, table in (("village", "families"), ("nik", "persons")):
        small, large = (
            pq.read_table(folder / f"{table}.parquet", columns=[column])[column].to_pylist()
            for folder in (release, made)
        )
        assert set(small) < set(large)
        if column == "village":
            assert {code[:4] for code in small if code} == {code[:4] for code in large if code}
    assert not list(made.glob("*.unsorted"))
