"""The village is what its stories say, and its descriptors can be read."""

from __future__ import annotations

import csv

from tangga.engine.descriptor import read_descriptor
from tangga.registry import load_pack
from tangga.registry.areas import load_areas
from village import CARDS, CAST, DESCRIPTORS, PLACEMENTS, TRUTH, write_village


def rows(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_descriptor_reads_its_file(tmp_path):
    write_village(tmp_path)
    pack = load_pack("indonesia")
    for name in DESCRIPTORS:
        read = read_descriptor(tmp_path / f"sources/{name}.toml", tmp_path, pack)
        header = rows(tmp_path / f"{name}.csv")[0]
        assert set(read.source_columns()) <= set(header), name


def test_truth_names_every_record_of_people_once(tmp_path):
    write_village(tmp_path)
    truth = rows(tmp_path / "truth.csv")
    assert len(truth) == len(TRUTH) == sum(map(len, PLACEMENTS.values()))
    assert {row["entity_id"] for row in truth} == set(CAST)


def test_numbers_prove_themselves():
    for villager in CAST.values():
        if villager.nik:
            day = int(villager.nik[6:8]) - (40 if villager.sex == "f" else 0)
            assert (day, int(villager.nik[8:10])) == (villager.birth.day, villager.birth.month)
    niks = [villager.nik for villager in CAST.values() if villager.nik]
    assert len(set(niks)) == len(niks)
    assert {len(nik) for nik in niks} == {16}
    assert int(CAST["ade"].nik) - int(CAST["adi"].nik) == 1


def test_places_exist():
    areas = load_areas(load_pack("indonesia").dir)
    assert all(village in areas.by_code for _, village in CARDS.values())


def test_fewer_sources_can_be_asked_for(tmp_path):
    write_village(tmp_path, ("dtks", "regsosek"))
    assert sorted(file.name for file in tmp_path.glob("*.csv")) == [
        "dtks.csv",
        "regsosek.csv",
        "truth.csv",
    ]
