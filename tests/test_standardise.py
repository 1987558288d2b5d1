"""The standardise stage over whole sources: ids, problems, quarantine, areas, other kinds."""

from __future__ import annotations

import hashlib
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from standardised import HEADER, PEOPLE, Standardised, standardised
from tangga.errors import UserError
from tangga.registry.areas import load_areas

GOOD = "1,1811012004900001,1811010101150001,Siti Aminah,P,1990-04-20,18.11.01.2001\n"
S = PEOPLE.format(name="s")


def run(folder: Path, rows: str, descriptor: str = S, header: str = HEADER) -> Standardised:
    return standardised(folder, {"s.csv": header + rows}, {"s": descriptor})


def test_a_row_in_the_registrys_words(tmp_path: Path) -> None:
    found = run(tmp_path, GOOD)
    digest = hashlib.md5(b"s\x1f1").digest()
    assert found.table("records") == [
        {
            "rid": int.from_bytes(digest[8:], "little") >> 1,
            "source": "s",
            "source_id": "1",
            "source_family_id": None,
            "kind": "people",
            "role": None,
            "as_of": date(2025, 6, 30),
            "trust": 40,
            "latest": True,
            "file": "s.csv",
            "line": 2,
            "nik": "1811012004900001",
            "kk": "1811010101150001",
            "name": "Siti Aminah",
            "sex": "female",
            "birth_date": date(1990, 4, 20),
            "birth_year": 1990,
            "birth_month": 4,
            "village": "1811012001",
        }
    ]
    assert found.table("names") == [
        {"name": "Siti Aminah", "name_clean": "SITI AMINAH", "skeleton": "SITI AMINA"}
    ]
    assert found.problems() == {("1", "nik", "nik_sex_differs", "1811012004900001")}
    assert found.counts == {"records": 1, "names": 1, "problems": 1, "quarantine": 0}


def test_problems_stand_beside_kept_rows(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        "1,'1811016004900001,,A,x,31-02-1990,9999999999\n"
        "2,3.20E+15,9999999999999999,B,P,1990,18.11\n"
        "3,1811016004900002,,C,P,1991-04-20,1801062001\n",
    )
    assert found.problems() == {
        ("1", "nik", "repaired", "'1811016004900001"),
        ("1", "sex", "unknown_code", "x"),
        ("1", "birth_date", "impossible_date", "31-02-1990"),
        ("1", "village", "unknown_area", "9999999999"),
        ("2", "nik", "broken_number", "3.20E+15"),
        ("2", "kk", "placeholder_number", "9999999999999999"),
        ("3", "nik", "nik_birth_date_differs", "1811016004900002"),
        ("3", "nik", "nik_area_differs", "1811016004900002"),
    } | ({("3", "village", "unknown_area", "1801062001")} if not known("1801062001") else set())
    records = found.records()
    assert records["1"]["nik"] == "1811016004900001"
    assert records["1"]["sex"] is records["1"]["birth_date"] is records["1"]["village"] is None
    assert (records["1"]["birth_year"], records["1"]["birth_month"]) == (1990, 2)
    assert (records["2"]["nik"], records["2"]["birth_year"]) == (None, 1990)
    assert records["2"]["village"] == "1811"
    assert records["3"]["nik"] == "1811016004900002"


def known(code: str) -> bool:
    from tangga.registry import pack_dir

    return code in load_areas(pack_dir("indonesia")).by_code


def test_rows_of_nobody_go_to_quarantine_with_their_text(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        GOOD + '2,,-,"-",P,1990-04-20,"a,b"\n3,0,NULL, ,L,,\n4,x,,,L,,\n5,,,IT,L,,\n6,,,.,L,,\n',
    )
    assert set(found.records()) == {"1", "4", "5"}
    aside = found.table("quarantine", "line")
    assert [(row["line"], row["problem"], row["row"]) for row in aside] == [
        (3, "nobody", '2,,-,-,P,1990-04-20,"a,b"'),
        (4, "nobody", "3,0,NULL, ,L,,"),
        (7, "nobody", "6,,,.,L,,"),
    ]
    assert {p[0] for p in found.problems()} <= {"1", "4", "5"}


def test_a_repeated_id_keeps_all_rows_in_order_of_content(tmp_path: Path) -> None:
    found = run(tmp_path, "7,,,Budi,L,,\n8,,,Cici,P,,\n7,,,Agus,L,,\n7,,,Budi,L,,\n")
    names = {id: row["name"] for id, row in found.records().items()}
    assert names == {"7": "Agus", "7#2": "Budi", "7#3": "Budi", "8": "Cici"}
    assert found.problems() == {(id, "source_id", "repeated_id", "7") for id in names if id != "8"}
    assert all(row["latest"] for row in found.records().values())


def test_an_id_made_for_a_repeat_is_never_one_that_another_row_bears(tmp_path: Path) -> None:
    found = run(tmp_path, "7,,,Budi,L,,\n7#2,,,Cici,P,,\n7,,,Agus,L,,\n")
    names = {id: row["name"] for id, row in found.records().items()}
    assert names == {"7": "Agus", "7##2": "Budi", "7#2": "Cici"}


def test_a_pack_of_another_country_needs_no_areas_names_or_numbers(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    (pack / "schema").mkdir(parents=True)
    (pack / "pack.toml").write_text(
        'name = "x"\ntitle = "X"\nlanguages = ["en"]\narea_system = "none"\n'
        '[numbers.nik]\nlength = 7\nseparators = " -"\n'
    )
    columns = "".join(
        f'[columns.{name}]\ntype = "{type}"\nlabel_en = "x"\nprivacy = "open"\nsource = "x"\n'
        for name, type in [("nik", "identifier"), ("name", "text"), ("birth_date", "date")]
    )
    (pack / "schema" / "person.toml").write_text('label_en = "Person"\n' + columns)
    descriptor = """
kind = "people"
files = ["s.csv"]
id = "id"
[columns]
nik = "ssn"
name = { columns = ["given", "family"] }
birth_date = { column = "born", format = "%Y%m%d" }
"""
    rows = "1,123-4567,Dr. Anna,O'Brien,19500213\n2,0000000,,,\n3,12,H. Bob,,19501313\n"
    found = standardised(
        tmp_path, {"s.csv": "id,ssn,given,family,born\n" + rows}, {"s": descriptor}, pack=str(pack)
    )
    assert [row["name_clean"] for row in found.table("names")] == ["DR ANNA OBRIEN", "H BOB"]
    assert found.problems() == {
        ("1", "nik", "repaired", "123-4567"),
        ("3", "nik", "broken_number", "12"),
        ("3", "birth_date", "impossible_date", "19501313"),
    }
    assert found.records()["1"]["birth_date"] == date(1950, 2, 13)
    assert found.records()["2"]["nik"] == "0000000"


def test_without_an_id_the_cells_are_hashed(tmp_path: Path) -> None:
    descriptor = S.replace('id = "id"\n', "")
    found = run(
        tmp_path, "Budi,L\nCici,P\nBudi,L\n", descriptor.split("nik =")[0] + NAME, "nama,jk\n"
    )
    budi = hashlib.sha256(b"L\x1fBudi").hexdigest()[:16]
    cici = hashlib.sha256(b"P\x1fCici").hexdigest()[:16]
    assert set(found.records()) == {budi, f"{budi}-2", cici}


NAME = 'name = "nama"\nsex = { column = "jk", codes = { L = "male", P = "female" } }\n'


def test_an_empty_id_is_replaced_by_the_hash(tmp_path: Path) -> None:
    found = run(tmp_path, GOOD + ",,,Budi,L,,\n  ,,,Cici,L,,\n")
    hashed = [id for id in found.records() if id != "1"]
    assert len(hashed) == 2 and all(len(id) == 16 for id in hashed)
    assert {(id, "source_id", "empty_id", None) for id in hashed} <= found.problems()


def test_an_id_of_several_columns(tmp_path: Path) -> None:
    descriptor = S.replace('id = "id"', 'id = { columns = ["desa", "id"] }\nfamily = "kk"')
    found = run(tmp_path, "1,,F1,Budi,L,,A\n1,,,Cici,P,,B\n ,,,Dodo,L,,C\n", descriptor)
    families = {id: row["source_family_id"] for id, row in found.records().items()}
    assert families == {"A-1": "F1", "B-1": None, "C-": None}


def test_a_later_row_supersedes_an_earlier_one_of_the_same_id(tmp_path: Path) -> None:
    descriptor = S.replace("as_of = 2025-06-30", 'as_of = { column = "per" }')
    found = run(
        tmp_path,
        "1,,,Budi,L,,,2024-01-01\n1,,,Budi S,L,,,01-01-2025\n2,,,Cici,P,,,entah\n"
        "1,,,Budi T,L,,,2024-01-01\n",
        descriptor,
        HEADER.replace("\n", ",per\n"),
    )
    rows = found.table("records", "source_id, as_of")
    assert [(r["source_id"], r["name"], r["as_of"], r["latest"]) for r in rows] == [
        ("1", "Budi", date(2024, 1, 1), False),
        ("1", "Budi S", date(2025, 1, 1), True),
        ("1#2", "Budi T", date(2024, 1, 1), False),
        ("2", "Cici", None, True),
    ]
    assert len({row["rid"] for row in rows}) == 4
    version = hashlib.md5(b"s\x1f1\x1f2024-01-01").digest()
    assert rows[0]["rid"] == int.from_bytes(version[8:], "little") >> 1
    assert ("2", "as_of", "not_a_date", "entah") in found.problems()


def test_parts_of_a_date_and_of_an_area(tmp_path: Path) -> None:
    descriptor = """
kind = "people"
files = ["s.csv"]
id = "id"
[columns]
name = { columns = ["depan", "belakang"] }
birth_date = { year = "t", month = "b", day = "h" }
village = { columns = ["p", "k", "c", "d"], system = "kemendagri" }
"""
    found = run(
        tmp_path,
        "1,Siti,Aminah,1990,4,20,18,11,1,2001\n2,IT,,1990,,,18,11,,\n3,M,,1990,2,31,18,1,1,1\n",
        descriptor,
        "id,depan,belakang,t,b,h,p,k,c,d\n",
    )
    records = found.records()
    assert records["1"]["name"] == "Siti Aminah"
    assert (records["1"]["birth_date"], records["1"]["village"]) == (
        date(1990, 4, 20),
        "1811012001",
    )
    assert (records["2"]["birth_year"], records["2"]["birth_month"]) == (1990, None)
    assert (records["2"]["name"], records["2"]["village"]) == ("IT", "1811")
    assert found.problems() == {
        ("3", "birth_date", "impossible_date", "1990-02-31"),
        ("3", "village", "unknown_area", "18.1.1.1"),
    }


def test_other_kinds_have_tables_of_their_own(tmp_path: Path) -> None:
    payments = """
kind = "payments"
files = ["bayar.csv"]
as_of = 2025-12-31
[columns]
nik = "nik"
programme = { constant = "pkh" }
amount = "jumlah"
paid_on = "tanggal"
"""
    found = standardised(
        tmp_path,
        {
            "s.csv": HEADER + GOOD,
            "bayar.csv": "nik,jumlah,tanggal\n1811012004900001,Rp 600.000,2025-03-01\n"
            "1811012004900001,banyak,2025-06-01\n",
        },
        {"s": S, "bayar": payments},
    )
    rows = found.table("payments", "paid_on")
    assert [(r["amount"], r["nik"], r["programme"]) for r in rows] == [
        (600000, "1811012004900001", "pkh"),
        (None, "1811012004900001", "pkh"),
    ]
    assert found.counts["payments"] == 2
    assert (rows[1]["source_id"], "amount", "not_a_number", "banyak") in found.problems()


def test_a_source_without_people_still_has_every_table(tmp_path: Path) -> None:
    families = """
kind = "families"
files = ["s.csv"]
id = "id"
[columns]
kk = "kk"
"""
    found = run(tmp_path, GOOD, families)
    assert found.counts == {
        "records": 0,
        "families": 1,
        "names": 0,
        "problems": 0,
        "quarantine": 0,
    }


def test_the_kind_of_an_assessment_is_what_was_assessed(tmp_path: Path) -> None:
    descriptor = """
kind = "assessments"
files = ["s.csv"]
[columns]
nik = "nik"
on_date = "tgl"
"""
    rows = run(tmp_path, GOOD, descriptor).table("assessments")
    assert "kind" not in rows[0] and rows[0]["on_date"] == date(1990, 4, 20)


def numbers(ending: str, n: int) -> str:
    return "".join(
        f"{i},18110120049{i % 10}{i:03d}{ending},,Orang {i},L,1990-04-20,\n"
        for i in range(1, n + 1)
    )


def test_a_column_that_a_spreadsheet_has_rounded_is_not_believed(tmp_path: Path) -> None:
    found = run(tmp_path, numbers("0", 20))
    assert {row["nik"] for row in found.records().values()} == {None}
    assert {p[2] for p in found.problems()} == {"rounded_number"}
    assert len(found.problems()) == 20


def test_a_number_that_ends_in_zero_by_itself_is_kept(tmp_path: Path) -> None:
    found = run(tmp_path, numbers("0", 1) + numbers("1", 20).split("\n", 1)[1])
    assert found.records()["1"]["nik"] is not None


def test_the_checks_of_the_schema_are_problems(tmp_path: Path) -> None:
    long = "A" * 300
    found = run(tmp_path, f"1,,,{long},L,,\n")
    assert found.problems() == {("1", "name", "too_long", long)}


LAMPUNG = ["1801", "1802", "1803", "1804", "1805", "1806", "1807", "1808"]


def people_of(system: dict[str, str], n: int = 40) -> str:
    """People whose NIK was issued where they live; their village in another system's codes."""
    own = {own: code for code, own in system.items()}
    rows = []
    for i in range(n):
        home = LAMPUNG[i % len(LAMPUNG)]
        rows.append(f"{i},{home}012004900{i + 1:03d},,Orang {i},L,1990-04-20,{own[home]}\n")
    return "".join(rows)


def lampung(pack: str = "indonesia") -> dict[str, str]:
    from tangga.registry import pack_dir

    return load_areas(pack_dir(pack)).systems["bps"]


def test_a_swap_of_systems_on_lampung_is_caught_by_where_people_live(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="look like bps, not kemendagri"):
        run(tmp_path / "a", people_of(lampung()))
    found = run(tmp_path / "b", people_of(lampung()), S.replace('"kemendagri"', '"bps"'))
    assert {r["village"] for r in found.records().values()} == set(LAMPUNG)
    own = {code: code for code in LAMPUNG}
    found = run(tmp_path / "c", people_of(own))
    assert {r["village"] for r in found.records().values()} == set(LAMPUNG)
    with pytest.raises(UserError, match="look like kemendagri, not bps"):
        run(tmp_path / "d", people_of(own), S.replace('"kemendagri"', '"bps"'))


def test_village_codes_of_the_other_system_are_caught(tmp_path: Path) -> None:
    bps = "".join(f"{i},,,Orang {i},L,,180{1 + i % 8}0{i % 5}00{i % 9:02d}\n" for i in range(40))
    with pytest.raises(UserError, match="look like bps, not kemendagri"):
        run(tmp_path / "a", bps)
    own = "".join(f"{i},,,Orang {i},L,,1811012001\n" for i in range(40))
    with pytest.raises(UserError, match="look like kemendagri, not bps"):
        run(tmp_path / "b", own, S.replace('"kemendagri"', '"bps"'))


def test_unknown_villages_alone_are_no_swap(tmp_path: Path) -> None:
    rows = "".join(f"{i},,,Orang {i},L,,18110129{i:02d}\n" for i in range(40))
    found = run(tmp_path, rows)
    assert {p[2] for p in found.problems()} == {"unknown_area"}


def test_a_table_of_the_workspace_explains_a_further_system(tmp_path: Path) -> None:
    (tmp_path / "areas").mkdir()
    (tmp_path / "areas" / "lama.csv").write_text(
        "system,code,kemendagri,edition\nlama,A-7,1811012001,2008\n"
    )
    found = run(tmp_path, "1,,,A,L,,A-7\n2,,,B,L,,A-8\n", S.replace('"kemendagri"', '"lama"'))
    assert found.records()["1"]["village"] == "1811012001"
    assert found.problems() == {("2", "village", "unknown_area", "A-8")}


CELLS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "2", "3", "4", "", " 2"]),
        "nik": st.sampled_from(["", "1811012004900001", "'1811012004900001", "9999999999999999"]),
        "kk": st.sampled_from(["", "1811012004150001", "x"]),
        "nama": st.sampled_from(["Siti", "H. Budi", "-", "", "IT"]),
        "jk": st.sampled_from(["L", "P", "?"]),
        "tgl": st.sampled_from(["1990-04-20", "20/04/90", "31-02-1990", "", "1990"]),
        "desa": st.sampled_from(["18.11", "9999", "1811012001"]),
        "per": st.sampled_from(["2024-01-01", "2025-01-01"]),
    }
)


def everything(found: Standardised) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, but for where they stood."""
    tables = {}
    for name in ("records", "names", "problems", "quarantine"):
        rows = [
            {k: v for k, v in r.items() if k not in ("file", "line")} for r in found.table(name)
        ]
        tables[name] = sorted((tuple(row.values()) for row in rows), key=repr)
    return tables


# Two whole runs an example: shrinking would take minutes.
@pytest.mark.slow
@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(CELLS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_files_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], rng: random.Random
) -> None:
    descriptor = S.replace("as_of = 2025-06-30", 'as_of = { column = "per" }')
    header = ",".join(rows[0]) + "\n"
    lines = [",".join(row.values()) + "\n" for row in rows]
    mixed = rng.sample(lines, len(lines))
    cut = rng.randint(0, len(mixed))
    folder = tmp_path_factory.mktemp("order")
    one = standardised(folder / "a", {"s.csv": header + "".join(lines)}, {"s": descriptor})
    two = standardised(
        folder / "b",
        {"s1.csv": header + "".join(mixed[cut:]), "s2.csv": header + "".join(mixed[:cut])},
        {"s": descriptor},
        threads=1,
    )
    assert everything(one) == everything(two)
    kept = one.counts["records"] + one.counts["quarantine"]
    assert kept == len(rows)


def test_two_runs_alike_give_the_same_bytes(tmp_path: Path) -> None:
    rows = "".join(
        f"{i % 4990},1811012004{i % 100:02d}{i % 9999:04d},,Orang {i % 700},?,{1940 + i % 80},\n"
        for i in range(5000)
    )
    runs = [run(tmp_path / name, rows) for name in ("a", "b")]
    written = [sorted(r.ctx.run_dir.glob("standardise/*/*.parquet")) for r in runs]
    assert len(written[0]) == 4
    for one, two in zip(*written, strict=True):
        assert one.read_bytes() == two.read_bytes()
