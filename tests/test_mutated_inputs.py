"""What mutated inputs found (docs/security/fuzzing.md): the smallest of each, for good."""

from __future__ import annotations

import io
import json
import random
import time
import tomllib
import warnings
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hand_model import hand_model
from small_policy import write_pack
from small_workspace import HEADER, PEOPLE, ROWS, read, workspace
from tangga.engine.ingest.limits import LIMITS
from tangga.engine.ingest.reach import Reach
from tangga.engine.ingest.workbook import Workbook, column_number
from tangga.engine.link.model import load_model
from tangga.engine.link.rulings import read_rulings
from tangga.engine.office_files import Cell, read_files
from tangga.engine.recognise.glimpse import glimpses
from tangga.engine.recognise.known import load_known
from tangga.engine.resolve.survivorship import load_rules
from tangga.engine.settings import Settings
from tangga.engine.standardise.name_rules import load_name_rules
from tangga.engine.standardise.style import load_style
from tangga.engine.welfare.model_file import NAME, _hash, read_model, write_model
from tangga.engine.welfare.spec_file import read_spec
from tangga.engine.workspace import load_workspace
from tangga.errors import BadPack, BrokenFile, UserError
from tangga.registry.areas import load_areas
from tangga.registry.load import load_pack
from tangga.registry.toml_limits import DEEPEST, parse_toml
from tangga.rules.load import load_policy

HUGE = "x" * 140_000
"""More than Python's reader of CSV takes into one cell."""
TORN_TOML = {
    "deep list": f"x = {'[' * 3000}{']' * 3000}",
    "deep table": f"x = {'{a=' * 3000}1{'}' * 3000}",
    "rather deep": f"x = {'[' * 100}{']' * 100}",
    "long number": f"x = {'9' * 5000}",
    "long number of another base": f"x = 0x{'f' * 6000}",
    "more than a number is": f"x = {2**63}",
    "key of sixty thousand parts": f"x{'.a' * 60_000} = 1",
    "table of sixty thousand parts": f"[{'a.' * 60_000}a]",
}


@pytest.mark.parametrize("text", TORN_TOML.values(), ids=TORN_TOML)
def test_toml_that_nobody_means_is_refused_at_once(tmp_path, text):
    began = time.process_time()
    with pytest.raises(tomllib.TOMLDecodeError):
        parse_toml(text, parse_float=Decimal)
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(BadPack, match=r"s\.toml: not valid TOML"):
        Settings(tmp_path / "s.toml")
    assert time.process_time() - began < 2


def test_toml_at_the_limits_is_read():
    deep = f"x = {'[' * (DEEPEST - 1)}{']' * (DEEPEST - 1)}"
    assert parse_toml(deep) and parse_toml(f"x = {2**63 - 1}\ny = {-(2**63)}\nz = 1.5")
    with pytest.raises(tomllib.TOMLDecodeError):
        parse_toml("x = 1e99999", parse_float=Decimal)


def test_names_longer_than_any_can_be(tmp_path):
    long = "x" * 5000
    folder = workspace(tmp_path, {"a.csv": HEADER + ROWS}, PEOPLE.replace("{more}", ""))
    with pytest.raises(UserError, match="no country pack here"):
        load_workspace(folder, pack=long)
    tangga = (folder / "tangga.toml").read_text()
    (folder / "tangga.toml").write_text(f'{tangga}policy = ["{long}"]\n')
    with pytest.raises(BadPack, match="no such folder"):
        load_workspace(folder)
    (folder / "tangga.toml").write_text(tangga)
    (folder / "sources" / "s.toml").write_text(PEOPLE.replace("{more}", "").replace("data/*", long))
    with pytest.raises(UserError, match="nothing matches"):
        load_workspace(folder)


@pytest.mark.parametrize("name", ["policy/payee.toml", "schema/person.toml", "pack.toml"])
def test_a_pack_says_it_too(tmp_path, name):
    pack = write_pack(tmp_path)
    (pack / name).write_text((pack / name).read_text() + f"\nx = {'[' * 3000}{']' * 3000}\n")
    with pytest.raises(BadPack, match="not readable as TOML"):
        load_policy(load_pack(pack))


@pytest.mark.parametrize("name", ["policy/sentra.csv", "schema/codes/sex.csv"])
def test_a_cell_without_end_in_a_pack(tmp_path, name):
    pack = write_pack(tmp_path)
    (pack / name).write_text(f"{(pack / name).read_text()}{HUGE}\n")
    with pytest.raises(BadPack, match=r"cannot be cut into cells"):
        load_policy(load_pack(pack))


ESTIMATES = {
    "models/names.toml": (load_name_rules, "titles = 1"),
    "models/values.toml": (load_style, 'numbers = "x"'),
    "models/survivorship.toml": (load_rules, "rules = 1"),
    "models/linkage.toml": (lambda pack: load_model(pack / "models/linkage.toml"), "limits = 1"),
    "intake.toml": (lambda pack: load_known(replace(load_pack(), dir=pack)), "kinds = 1"),
}


@pytest.mark.parametrize("name", ESTIMATES)
def test_what_a_pack_estimates_is_refused_in_words(tmp_path, name):
    read_it, other_kind = ESTIMATES[name]
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    for text in (b"= ", b"\xff", b"x = " + b"[" * 3000, other_kind.encode()):
        file.write_bytes(text)
        with pytest.raises(BadPack, match=rf"{file.name}: (not |a key holds|the linking)"):
            read_it(tmp_path)


def test_a_cell_without_end_in_areas(tmp_path):
    file = tmp_path / "areas.csv"
    file.write_text(f'system,code,,edition\ndinas,"1{HUGE}\n')
    with pytest.raises(BadPack, match=r"areas\.csv, line 2: cannot be cut into cells"):
        load_areas(tmp_path / "none", [file])


def test_a_cell_without_end_in_files_of_an_office(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(f'year,note\n2026,a\n2026,"{HUGE}\n')
    columns = {"year": Cell(int), "note": Cell(str)}
    with pytest.raises(UserError, match=r"a\.csv, line 3: cannot be cut into cells.*quote"):
        read_files([file], columns)


def test_a_workbook_in_an_encoding_that_nobody_knows(tmp_path):
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("[Content_Types].xml", "<x/>")
        book.writestr("xl/workbook.xml", '<?xml version="1.0" encoding="x"?><x/>')
    with pytest.raises(UserError, match="not a workbook that can be read"):
        list(glimpses(file, "a.xlsx", tmp_path, frozenset(), LIMITS))


def test_a_workbook_that_names_a_sheet_which_is_not_there(tmp_path):
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            if not name.endswith("sheet1.xml"):
                new.writestr(name, old.read(name))
    with pytest.raises(UserError, match="not a workbook that can be read"):
        list(glimpses(file, "a.xlsx", tmp_path, frozenset(), LIMITS))


def test_a_header_with_a_sign_that_is_none(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text((HEADER + ROWS).replace("nama", "n\0ama"))
    with pytest.raises(UserError, match="UTF-16 without its mark"):
        list(glimpses(file, "a.csv", tmp_path, frozenset(), LIMITS))


def test_a_spec_whose_features_are_no_table(tmp_path):
    (tmp_path / "a.toml").write_text('version = "1"\nfeatures = "x"\n')
    with pytest.raises(BadPack, match="features"):
        read_spec(tmp_path / "a.toml")


def test_a_header_that_goes_on_into_the_rows_tells_nothing_of_them(tmp_path):
    text = "id,nik,name,alamat\x0b1,1811010101900001,SITI AMINAH,DUSUN SATU\n"
    with pytest.raises(UserError, match=r"column nama.*Rows stand in the line") as caught:
        read(tmp_path, {"a.csv": text + ROWS})
    assert "SITI" not in str(caught.value) and "1811" not in str(caught.value)


@pytest.mark.parametrize("end", ["\r", "\x0b", "\x0c", "\x85", "\u2028"])
def test_nor_where_the_rows_hold_no_number(tmp_path, end):
    text = f"id,name,alamat{end}1,SITI AMINAH,DUSUN SATU\n"
    with pytest.raises(UserError, match=r"column \w+.*Rows stand in the line") as caught:
        read(tmp_path, {"a.csv": text + ROWS})
    assert "SITI" not in str(caught.value)


def rulings(folder: Path, *lines: str) -> UserError:
    head = "left_source,left_id,right_source,right_id,ruling,by,at,reason"
    (folder / "a.csv").write_text("\n".join([head, *lines, ""]))
    with pytest.raises(UserError) as caught:
        read_rulings(folder)
    return caught.value


def test_rulings_tell_where_and_nobodys_name(tmp_path):
    assert "line 2: cannot be cut" in str(rulings(tmp_path, f'dtks,1,pkh,2,same,"{HUGE}'))
    said = str(rulings(tmp_path, "dtks,1,pkh,2,same,rina,too,many,SITI"))
    assert "line 2, column at: not a day" in said and "too" not in said
    said = str(rulings(tmp_path, "dtks,1,pkh,2,SITI,same,2026-01-01,"))
    assert "line 2, column ruling" in said and "SITI" not in said


def test_models_that_are_signed_and_no_models(tmp_path):
    write_model(hand_model(), tmp_path)
    file = tmp_path / NAME
    good = json.loads(file.read_text())
    for text in ("[" * 100_000, "9" * 5000, '{"format": 1, "x": NaN}'):
        file.write_text(text)
        with pytest.raises(BadPack):
            read_model(file)
    torn = {**good, "chosen": []}
    torn.pop("sha256")
    file.write_text(json.dumps({**torn, "sha256": _hash(torn)}))
    with pytest.raises(BadPack, match="not a complete model"):
        read_model(file)


def test_a_header_of_many_equal_names_costs_no_more_than_another(tmp_path):
    wide = ("nama", *["00"] * 20_000)
    began = time.process_time()
    made = read(tmp_path / "w", {"a.csv": HEADER.strip() + ",00" * 20_000 + "\n" + ROWS})
    assert made.counts["quarantine"] == 2
    file = tmp_path / "a.csv"
    file.write_text(",".join(wide) + "\n")
    (seen,) = glimpses(file, "a.csv", tmp_path, frozenset(), LIMITS)
    assert seen.header[1:4] == ("00", "00#2", "00#3")
    assert time.process_time() - began < 15


def test_numbered_names_step_over_those_that_are_there(tmp_path):
    made = read(tmp_path, {"a.csv": "id,nik,nama,x,x,X#3,x,x#2\n1,,A,b,c,d,e,f\n"})
    assert list(made.table("raw_s")[0])[5:] == ["x", "x#2", "X#3", "x#4", "x#2#2"]


@pytest.mark.parametrize("place", ["A99999999999999999999", "XFD1048576", "AAAA1", "ZZZ9"])
def test_a_cell_far_away_does_not_end_the_process(tmp_path, place):
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADER + ROWS).splitlines():
        book.active.append(row.split(","))
    book.save(tmp_path / "plain.xlsx")
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="C3"', f'r="{place}"'.encode()))
    with pytest.raises(UserError, match="a cell "):
        list(glimpses(file, "a.xlsx", tmp_path, frozenset(), LIMITS))
    with pytest.raises(UserError, match="a cell "):
        read(tmp_path / "w", {"a.xlsx": file.read_bytes()})
    with pytest.raises(UserError, match="a cell "):
        read_rulings(tmp_path / "w" / "data")


def test_cells_outside_of_the_rows_of_a_sheet_are_refused(tmp_path):
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    file, outside = tmp_path / "a.xlsx", b'<row r="1"><c r="A1"><v>1</v></c></row><sheetData'
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<sheetData", outside))
    with pytest.raises(BrokenFile, match="stand where none may stand"):
        read(tmp_path / "w", {"a.xlsx": file.read_bytes()})


def test_an_archive_with_two_files_of_one_name_is_refused(tmp_path):
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as archive:
        warnings.simplefilter("ignore")
        for rows in (HEADER + ROWS, "id,nik\n9,\n"):
            archive.writestr("a.csv", rows)
    with pytest.raises(BrokenFile, match="several files of one name"):
        read(tmp_path, {"a.zip": file.getvalue()})


def parquet_of(rows: int) -> bytes:
    """A source of so many rows, each value twice or more."""
    people = {"id": [*map(str, range(rows))], "nik": ["", "1"] * (rows // 2), "nama": ["A"] * rows}
    file = io.BytesIO()
    pq.write_table(pa.table(people), file, compression="none")
    return file.getvalue()


def test_a_footer_that_counts_rows_which_are_not_there_is_refused(tmp_path):
    """In thrift's compact form a count of 40 is 0x16 0x50, of 60 0x16 0x78."""
    sound = parquet_of(40)
    foot = len(sound) - 8 - int.from_bytes(sound[-8:-4], "little")
    torn = sound[:foot] + sound[foot:].replace(b"\x16\x50", b"\x16\x78", 1)
    assert read(tmp_path / "sound", {"a.parquet": sound}).counts["raw_s"] == 40
    with pytest.raises(BrokenFile, match="counts 60 rows, 40 can be read"):
        read(tmp_path / "torn", {"a.parquet": torn})


def test_a_page_that_says_it_holds_more_than_any_machine_has_is_refused(tmp_path):
    """The number of values of a dictionary, two, stands after its type; now it is 2 ** 31 - 1."""
    sound = parquet_of(40)
    place = sound.index(b"\x4c\x15") + 2
    torn = sound[:place] + b"\xfe\xff\xff\xff\x0f" + sound[place + 1 :]
    with pytest.raises(BrokenFile, match="bukan berkas Parquet"):
        read(tmp_path, {"a.parquet": torn})


CELL, FIRST = "<c><v>1</v></c>", '<row r="1"><c r="A1"><v>1</v></c></row>'
FAR = {
    "cells without a name": f'<row r="1">{CELL * 16_000}</row><row r="1048576">{CELL}</row>',
    "rows without a name": f'<row r="1"><c r="XFD1"/></row>{"<row/>" * 20_000}<row>{CELL}</row>',
    "outside of a row": f'{FIRST}<c r="XFD1048576"><v>1</v></c>',
    "blanks around the sign": f'{FIRST}<row r = "1048576"><c r = "XFD1048576"><v>1</v></c></row>',
    "with a prefix": f'{FIRST}<x:row xmlns:x="x" r="1048576">{CELL * 16_000}</x:row>',
    "many zeros": f'{FIRST}<row r="2"><c r="XFD000000001048576"><v>1</v></c></row>',
}


@pytest.mark.parametrize("rows", FAR.values(), ids=FAR)
def test_cells_that_are_far_away_by_other_ways(tmp_path, rows):
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    file, end = tmp_path / "a.xlsx", b"</sheetData>"
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(end, rows.encode() + end))
    with Workbook(file, "a.xlsx") as book, pytest.raises(UserError, match="a cell "):
        book.facts("Sheet")
    with Workbook(file, "a.xlsx") as book, pytest.raises(UserError, match="a cell "):
        book.check_reach("Sheet")


def test_how_far_a_sheet_reaches_is_what_its_references_say():
    rng = random.Random(4)
    for _n in range(40):
        names = [
            ("".join(rng.choices("ABXYZabz", k=rng.randrange(4))), rng.randrange(1, 10**7))
            for _ in range(rng.randrange(1, 60))
        ]
        text = "".join(
            f"<{'c' if letter else 'row'} {rng.choice(('', 's=' + chr(34) * 2 + ' '))}"
            f"r={mark}{letter}{number}{mark}>x</c>"
            for letter, number in names
            for mark in [rng.choice("\"'")]
        ).encode()
        reach, cut = Reach(), rng.randrange(40, 400)
        for at in range(0, len(text), cut):
            reach.add(text[at : at + cut])
        reach.end()
        assert reach.row == max(number for _, number in names)
        assert reach.column == max(
            column_number(letter.upper().encode()) + 1 for letter, _ in names
        )
        assert reach.named >= len(names)


def test_a_sheet_without_names_of_cells_is_read(tmp_path):
    """As some writers write it: a million such cells are no reason to refuse them."""
    rows = (b"<row>" + b"<c><v>1</v></c>" * 6 + b"</row>") * 6000
    blocks = [b"<sheetData>", *[rows] * 10]
    reach = Reach()
    for block in blocks:
        reach.add(block)
    reach.end()
    assert reach.unnamed > 400_000 and not reach.mistake(blocks)


def test_a_member_of_an_archive_without_a_name(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a"), b"x")
        archive.writestr("b.csv", HEADER + ROWS)
    content = packed.getvalue().replace(b"\0\0a", b"\0\0\0", 1)
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"PK\x01\x02"))
    directory = bytearray(content)
    directory[at + 46] = 0  # zipfile cuts a name at its first NUL
    assert read(tmp_path, {"a.zip": bytes(directory)}).counts["raw_s"] == 2
