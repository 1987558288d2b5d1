"""Invented people: no kinder than told, the same for the same seed, and true to their truth."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from tangga.engine.descriptor import read_descriptor
from tangga.registry import load_pack
from tangga.registry.areas import load_areas
from tangga.synthetic import FLAGS, PEOPLE_SOURCES, SOURCES, generate
from tangga.synthetic.draw import Dice
from tangga.synthetic.lexicon import SLIPS, respelt
from tangga.synthetic.places import choose_places, pack_areas

PEOPLE = 20_000
PEOPLE_COLUMNS = {  # source -> (id, nik, kk, name)
    "dtks": ("IDSEMESTA", "NIK", "NOKK", "NAMA"),
    "regsosek": ("id_art", "nik", "nokk", "nama_art"),
    "p3ke": ("id_individu", "nik", "no_kk", "nama_lengkap"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    generate(PEOPLE, 7, folder)
    return folder


@pytest.fixture(scope="module")
def con(made):
    with duckdb.connect() as con:
        for file in [*made.glob("data/*.csv"), made / "truth.csv"]:
            con.execute(
                f"CREATE TABLE {file.stem} AS FROM read_csv('{file}', all_varchar = true, "
                "header = true, nullstr = '', sample_size = -1)"
            )
        con.execute(f"CREATE VIEW records AS {people_records()}")
        yield con


def people_records() -> str:
    """One row a record of the three people sources, digits only, with its truth."""
    parts = [
        f"SELECT '{name}' AS source, {id_} AS source_id, {name_column} AS name, "
        f"regexp_replace({nik}, '[^0-9]', '', 'g') AS nik, "
        f"regexp_replace({kk}, '[^0-9]', '', 'g') AS kk FROM {name}"
        for name, (id_, nik, kk, name_column) in PEOPLE_COLUMNS.items()
    ]
    return (
        f"SELECT r.*, t.entity_id, t.family_id, coalesce(t.flags, '') AS flags "
        f"FROM ({' UNION ALL '.join(parts)}) AS r JOIN truth AS t USING (source, source_id)"
    )


def one(con, sql: str):
    return con.execute(sql).fetchall()[0][0]


def pairs(con, key: str, where: str = "true") -> float:
    sizes = f"SELECT count(*) AS n FROM records WHERE {where} GROUP BY {key}"
    return float(one(con, f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM ({sizes})"))


def nik_equality(con) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of records that agree on a NIK."""
    usable = "length(nik) = 16 AND nik NOT IN (repeat('0', 16), repeat('9', 16))"
    right = pairs(con, "nik, entity_id", usable)
    precision = right / pairs(con, "nik", usable)
    recall = right / pairs(con, "entity_id")
    return precision, recall, 2 * precision * recall / (precision + recall)


def test_equal_nik_alone_is_not_enough(con):
    precision, recall, f1 = nik_equality(con)
    assert 0.88 <= f1 <= 0.92
    assert 0.975 <= precision <= 0.99
    assert 0.81 <= recall <= 0.85


def test_about_two_records_a_person(con):
    assert 2.0 <= one(con, "SELECT count(*) FROM records") / PEOPLE <= 2.14


def test_truth_speaks_of_every_row_once(con):
    for name in SOURCES:
        first = one(con, f"SELECT column_name FROM (DESCRIBE {name}) LIMIT 1")
        rows = one(con, f"SELECT count(*) FROM {name}")
        ids = f"SELECT {first} FROM {name}"
        told = f"SELECT source_id FROM truth WHERE source = '{name}'"
        assert one(con, f"SELECT count(DISTINCT {first}) FROM {name}") == rows, name
        assert one(con, f"SELECT count(*) FROM ({ids} EXCEPT {told})") == 0, name
        assert one(con, f"SELECT count(*) FROM ({told})") == rows, name


def test_a_person_has_one_family_and_known_flags(con):
    assert (
        one(
            con,
            "SELECT max(n) FROM (SELECT count(DISTINCT family_id) AS n FROM truth "
            "WHERE entity_id IS NOT NULL GROUP BY entity_id)",
        )
        == 1
    )
    used = con.execute(
        "SELECT DISTINCT unnest(string_split(flags, ';')) FROM truth WHERE flags IS NOT NULL"
    ).fetchall()
    assert {flag for (flag,) in used} == set(FLAGS)


def test_same_seed_same_bytes(tmp_path):
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    generate(2500, 3, first)
    generate(2500, 3, again)
    generate(2500, 4, other)
    assert digests(first) == digests(again)
    assert digests(first)["data/dtks.csv"] != digests(other)["data/dtks.csv"]


def test_fewer_sources_are_the_same_files(tmp_path):
    whole, few = tmp_path / "whole", tmp_path / "few"
    generate(2500, 3, whole)
    generate(2500, 3, few, sources=PEOPLE_SOURCES)
    files = {name: digest for name, digest in digests(few).items() if name != "truth.csv"}
    assert len(list((few / "sources").iterdir())) == 3
    assert files.items() <= digests(whole).items()


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_every_descriptor_reads_its_file(made):
    pack = load_pack("indonesia")
    for name in SOURCES:
        read = read_descriptor(made / f"sources/{name}.toml", made, pack)
        delimiter = ";" if name == "dtks" else ","
        header = (made / f"data/{name}.csv").open(encoding="utf-8").readline().strip()
        assert set(read.source_columns()) <= set(header.split(delimiter)), name


def test_truth_is_no_source(made):
    pack = load_pack("indonesia")
    for file in (made / "sources").iterdir():
        assert made / "truth.csv" not in read_descriptor(file, made, pack).files


@pytest.mark.parametrize(
    ("people", "villages", "regencies"),
    [(300, 1, 1), (2000, 2, 2), (20_000, 9, 2), (1_000_000, 435, 3)],
)
def test_villages_have_the_size_of_villages(people, villages, regencies):
    places = choose_places(Dice(1), people, ("1811", "1771"), pack_areas())
    assert len(places) == villages
    assert len(set(places.regency)) >= regencies
    assert places.people.sum() == people
    assert places.people.min() > 250


def test_many_people_reach_kabupaten_whose_codes_differ():
    places = choose_places(Dice(1), 1_000_000, ("1811", "1771"), pack_areas())
    swapped = [c for c, bps in zip(places.codes, places.bps, strict=True) if c[:4] != bps[:4]]
    assert len(swapped) > 200


def test_the_workspace_explains_its_own_bps_codes(con, made):
    areas = load_areas(load_pack("indonesia").dir, [made / "areas/bps.csv"])
    rows = con.execute(
        "SELECT concat(kdprov, kdkab, kdkec, kddesa), coalesce(flags, '') FROM regsosek "
        "JOIN truth ON source = 'regsosek' AND source_id = id_art"
    ).fetchall()
    for code, flags in rows:
        known = areas.translate(code, system="bps")
        assert (known is None) == ("unknown_area" in flags)


def test_a_nik_belongs_to_one_person_unless_flagged(con):
    wrong = "'borrowed_nik|placeholder_nik|mistyped_nik'"
    assert (
        one(
            con,
            "SELECT coalesce(max(n), 0) FROM (SELECT count(DISTINCT entity_id) AS n FROM records "
            f"WHERE nik <> '' AND NOT regexp_matches(flags, {wrong}) GROUP BY nik)",
        )
        == 1
    )


def test_numbers_are_inside_out_what_the_civil_registry_says(con):
    """Day (women + 40), month and year inside the NIK, but for a few wrong since ever."""
    agree = one(
        con,
        "SELECT avg((substr(NIK, 7, 6) = printf('%02d%s%s', "
        "CAST(substr(TGL_LHR, 1, 2) AS INTEGER) + 40 * (CAST(JENIS_KLMIN AS INTEGER) - 1), "
        "substr(TGL_LHR, 4, 2), substr(TGL_LHR, 9, 2)))::INTEGER) FROM dukcapil",
    )
    assert 0.97 < agree < 0.99


def test_names_are_indonesian_in_their_shape(con):
    mononyms = one(con, "SELECT avg((flags LIKE '%mononym%')::INTEGER) FROM records")
    assert 0.16 < mononyms < 0.20
    top = con.execute(
        "SELECT string_split(NAMA_LGKP, ' ')[1] AS word FROM dukcapil "
        "GROUP BY word ORDER BY count(*) DESC, word LIMIT 8"
    ).fetchall()
    assert {"MUHAMMAD", "SITI"} <= {word for (word,) in top}


def test_twins_have_one_birthday_and_numbers_side_by_side(con):
    gaps = con.execute(
        "SELECT max(NIK::BIGINT) - min(NIK::BIGINT) FROM dukcapil JOIN truth "
        "ON source = 'dukcapil' AND source_id = ID_BIODATA "
        "WHERE STATUS = 'AKTIF' AND flags LIKE '%twin%' AND flags NOT LIKE '%second%' "
        "GROUP BY family_id, TGL_LHR, JENIS_KLMIN HAVING count(*) = 2"
    ).fetchall()
    near = sum(gap < 10 for (gap,) in gaps)
    assert len(gaps) > 50
    assert near > 0.75 * len(gaps)


def test_one_card_can_hold_two_families_where_the_field_saw_two(con):
    cards = one(
        con,
        "SELECT count(*) FROM (SELECT nokk FROM regsosek JOIN truth ON source = 'regsosek' "
        "AND source_id = id_art WHERE flags LIKE '%shared_kk%' AND nokk IS NOT NULL GROUP BY nokk "
        "HAVING count(DISTINCT family_id) > 1 AND count(DISTINCT id_keluarga) > 1)",
    )
    assert cards > 10


def test_one_family_can_stand_on_two_cards(con):
    families = one(
        con,
        "SELECT count(*) FROM (SELECT family_id FROM regsosek JOIN truth ON source = 'regsosek' "
        "AND source_id = id_art WHERE flags LIKE '%two_kk%' AND flags NOT LIKE '%old_kk%' "
        "GROUP BY family_id HAVING count(DISTINCT nokk) > 1 AND count(DISTINCT id_keluarga) = 1)",
    )
    assert families > 20


def test_children_who_left_are_on_their_parents_card_in_older_sources(con):
    """The record stands with the parents' family; the truth is the family of today."""
    foreign = one(
        con,
        "SELECT avg((kept.family_id <> left_home.family_id)::INTEGER) FROM records AS left_home "
        "JOIN records AS kept USING (source, kk) WHERE left_home.flags LIKE '%split%' "
        "AND left_home.flags NOT LIKE '%shared%' AND kept.flags NOT LIKE '%split%' AND kk <> ''",
    )
    assert foreign == 1


def test_the_stories_of_the_demo_are_there(con):
    assert one(con, "SELECT count(*) FROM truth WHERE flags LIKE '%paid_after_death%'") > 5
    assert one(con, "SELECT count(*) FROM peristiwa WHERE PERISTIWA = 'MENINGGAL'") > 5
    moves = "SELECT count(*) FROM peristiwa WHERE ASAL LIKE '1771%' AND TUJUAN LIKE '1811%'"
    assert one(con, moves) >= 3
    outside = "FROM regsosek WHERE jenis_wilayah = '2'"
    assert one(con, f"SELECT count(*) {outside}") > 20
    assert one(con, f"SELECT avg((nik IS NULL)::INTEGER) {outside}") > 0.6
    assert one(con, f"SELECT count(kddesa) {outside}") == 0
    assert 0.02 < one(con, "SELECT avg((DESIL IS NULL)::INTEGER) FROM peringkat_desil") < 0.07


def test_dwellings_bear_the_family_ids_of_regsosek(con):
    unknown = "SELECT id_keluarga FROM regsosek EXCEPT SELECT id_keluarga FROM rumah"
    missing = one(con, f"SELECT count(*) FROM ({unknown})")
    assert missing < 0.02 * one(con, "SELECT count(DISTINCT id_keluarga) FROM regsosek")


@pytest.mark.parametrize("areas", [("18",), ("1801",), ("181101", "177101")])
def test_other_areas_can_be_asked_for(tmp_path, areas):
    generate(1500, 1, tmp_path, areas=areas, sources=("p3ke",))
    with duckdb.connect() as con:
        villages = con.execute(
            f"SELECT DISTINCT kode_wilayah FROM read_csv('{tmp_path}/data/p3ke.csv', "
            "all_varchar = true)"
        ).fetchall()
    assert all(code.startswith(areas) for (code,) in villages)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"people": 0}, "at least one person"),
        ({"sources": ("dtks", "dtkx")}, "no invented source dtkx"),
        ({"areas": ("9999",)}, "no villages in area 9999"),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path, arguments, problem):
    with pytest.raises(ValueError, match=problem):
        generate(**{"people": 700, "seed": 1, "out": tmp_path} | arguments)


@pytest.mark.parametrize("people", [1, 40])
def test_a_handful_of_people_is_enough(tmp_path, people):
    rows = generate(people, 2, tmp_path)
    assert set(rows) == set(SOURCES)


def test_spelling_rules_give_real_variants():
    forms = respelt("Yusuf", SLIPS)
    assert "Yusup" in forms
    assert "Yusuf" not in forms


def test_field_work_speaks_of_families_in_support(con):
    """Visits go to families that are or were supported; who stands on their own earns more."""
    assert one(con, "SELECT count(*) FROM kunjungan") > 500
    poor = "avg(try_cast(PENGHASILAN AS BIGINT)) FILTER (PERNYATAAN = '1')"
    rich = "avg(try_cast(PENGHASILAN AS BIGINT)) FILTER (PERNYATAAN IS NULL)"
    assert one(con, f"SELECT {poor} > {rich} FROM kunjungan")
    assert one(con, "SELECT count(*) FROM langkah WHERE KE = 'GRADUASI MANDIRI'") > 5
    late = """
        SELECT count(*) FROM langkah AS g JOIN langkah AS e USING (NO_KK)
        WHERE g.KE = 'GRADUASI MANDIRI' AND e.KE = 'PEMBERDAYAAN' AND g.TANGGAL <= e.TANGGAL
    """
    assert one(con, late) == 0
    assert one(con, "SELECT count(*) FROM kasus WHERE NAMA NOT IN (SELECT NAMA FROM asesmen)") < 5


def test_school_follows_age(con):
    """Pupils of primary school are children; a few answers are left out."""
    age = "2026 - CAST(left(tgl_lahir, 4) AS INTEGER)"
    typical = (
        f"SELECT quantile_cont({age}, 0.98) FROM dtsen WHERE partisipasi = '2' AND jenjang = '3'"
    )
    assert one(con, typical) <= 14
    share = "SELECT avg((partisipasi IS NULL)::INTEGER) FROM dtsen WHERE tgl_lahir < '2010'"
    assert 0.005 < one(con, share) < 0.06
