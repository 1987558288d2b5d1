"""Workspaces and descriptors: what is read, and what each mistake says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from small_workspace import HEADER, ROWS, TANGGA, workspace
from tangga.engine.mapping import Mapping
from tangga.engine.workspace import load_workspace
from tangga.errors import BadPack, BrokenFile, UserError

REGSOSEK = """
kind   = "people"
files  = ["data/regsosek*.csv"]
as_of  = 2022-11-30
trust  = 40
role   = "base"
id     = "id_art"
family = { columns = ["kddesa", "no"] }
encoding = "cp1252"
delimiter = "tab"
on_broken_file = "skip"

[columns]
nik        = "nik"
name       = "nama_art"
sex        = { column = "jk", codes = { L = "male", P = "female" } }
birth_date = { year = "thn", month = "bln", day = "tgl" }
relation   = { column = "hub", codes = { "1" = "head", "2" = "spouse" } }
village    = { columns = ["kdprov", "kdkab", "kdkec", "kddesa"], system = "kemendagri" }
address    = { columns = ["dusun", "alamat"], separator = " " }
rt         = { constant = "003" }
"""


def load(folder: Path, descriptor: str, tangga: str = TANGGA, name: str = "regsosek1.csv"):
    """Load a workspace with one source and one small file."""
    workspace(folder, {name: HEADER + ROWS}, descriptor)
    (folder / "tangga.toml").write_text(tangga)
    return load_workspace(folder)


def test_a_workspace_is_read_whole(tmp_path: Path) -> None:
    found = load(tmp_path, REGSOSEK, TANGGA + 'keep_runs = 5\nmemory = "4GB"\nthreads = 2\n')
    assert (found.name, found.pack.name, found.as_of) == ("Contoh", "indonesia", date(2026, 1, 31))
    assert (found.keep_runs, found.memory, found.options) == (5, "4GB", {"threads": 2})
    (source,) = found.sources
    assert source.name == "s"
    assert [path.name for path in source.files] == ["regsosek1.csv"]
    assert (source.kind, source.as_of, source.trust) == ("people", date(2022, 11, 30), 40)
    assert (source.role, source.id, source.family) == ("base", ("id_art",), ("kddesa", "no"))
    assert (source.encoding, source.delimiter) == ("windows-1252", "\t")
    assert source.on_broken_file == "skip"
    assert source.columns["sex"] == Mapping(("jk",), codes={"L": "male", "P": "female"})
    assert source.columns["birth_date"] == Mapping(year="thn", month="bln", day="tgl")
    assert source.columns["village"].system == "kemendagri"
    assert source.columns["address"].separator == " "
    assert source.columns["rt"].constant == "003"
    assert "kddesa" in source.source_columns()


def test_defaults(tmp_path: Path) -> None:
    found = load(tmp_path, 'kind = "people"\nfiles = "data/*"\n[columns]\nname = "nama"\n')
    (source,) = found.sources
    assert (source.trust, source.role, source.id, source.as_of) == (0, None, (), None)
    assert (source.format, source.encoding, source.on_broken_file) == (None, None, "stop")
    assert (found.keep_runs, found.memory, dict(found.options)) == (3, None, {})
    assert found.rulings == tmp_path / "rulings"


def test_as_of_can_be_given(tmp_path: Path) -> None:
    workspace(tmp_path, {"a.csv": HEADER}, 'kind="people"\nfiles="data/*"\n[columns]\nname="nama"')
    assert load_workspace(tmp_path, as_of=date(2025, 1, 1)).as_of == date(2025, 1, 1)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_of_which_no_rule_can_be_asked_is_refused(tmp_path: Path, day: date) -> None:
    workspace(tmp_path, {"a.csv": HEADER}, 'kind="people"\nfiles="data/*"\n[columns]\nname="nama"')
    with pytest.raises(BadPack, match="too far from today"):
        load_workspace(tmp_path, as_of=day)


def test_a_column_may_date_each_row(tmp_path: Path) -> None:
    text = 'kind="people"\nfiles="data/*"\nas_of={column="tgl"}\n[columns]\nname="nama"'
    (source,) = load(tmp_path, text).sources
    assert (source.as_of, source.as_of_column) == (None, "tgl")
    assert source.identifying_columns() == {"tgl"}


def test_names_with_signs_of_patterns_are_names(tmp_path: Path) -> None:
    text = 'kind="people"\nfiles="data/data [1].csv"\n[columns]\nname="nama"'
    (source,) = load(tmp_path, text, name="data [1].csv").sources
    assert [path.name for path in source.files] == ["data [1].csv"]


def test_lock_files_of_spreadsheets_are_left_out(tmp_path: Path) -> None:
    workspace(tmp_path, {"~$a.xlsx": "x"})
    text = 'kind="people"\nfiles="data/*"\n[columns]\nname="nama"'
    assert [path.name for path in load(tmp_path, text).sources[0].files] == ["regsosek1.csv"]


MINIMAL = 'kind = "people"\nfiles = ["data/*"]\n'
COLUMNS = '[columns]\nname = "nama"\n'

DESCRIPTOR_MISTAKES = [
    ('knd = "people"\nfiles = ["data/*"]\n' + COLUMNS, "line 1, knd: unknown key 'knd'"),
    ('knd = "people"\nfiles = ["data/*"]\n' + COLUMNS, "Did you mean 'kind'?"),
    ('knd = "people"\nfiles = ["data/*"]\n' + COLUMNS, "kind: is missing"),
    ('kind = "peopel"\nfiles = "data/*"\n' + COLUMNS, "Did you mean 'people'?"),
    ('kind = "people"\n' + COLUMNS, "files: is missing"),
    (MINIMAL + "trust = true\n" + COLUMNS, "trust: must be a whole number, not True"),
    (MINIMAL + 'as_of = "kemarin"\n' + COLUMNS, "as_of: cannot be 'kemarin'"),
    (MINIMAL + 'as_of = { file = "%Y" }\n' + COLUMNS, "as_of: cannot be"),
    (MINIMAL + 'as_of = { file = "%Y-%m-%d*" }\n' + COLUMNS, "as_of: cannot be"),
    (MINIMAL + 'as_of = { file = "%d-%m-%Y" }\n' + COLUMNS, "into the name, as in 31-01-2026"),
    (MINIMAL + 'role = "bse"\n' + COLUMNS, "Did you mean 'base'?"),
    (MINIMAL + "id = 3\n" + COLUMNS, "id: cannot be 3"),
    (MINIMAL + 'id = { columns = "a", other = 1 }\n' + COLUMNS, "id: cannot be"),
    (MINIMAL + 'encoding = "utf-9"\n' + COLUMNS, "encoding: cannot be 'utf-9'"),
    (MINIMAL + 'delimiter = "x"\n' + COLUMNS, "delimiter: cannot be 'x'"),
    (MINIMAL + 'format = "xls"\n' + COLUMNS, "Did you mean 'xlsx'?"),
    (MINIMAL + "header_row = 0\n" + COLUMNS, "header_row: must be 1 or more"),
    (MINIMAL + 'on_broken_file = "ignore"\n' + COLUMNS, "Known: stop, skip"),
    (MINIMAL, "columns: is missing"),
    (MINIMAL + "[columns]\n", "columns: no column is mapped"),
    (MINIMAL + '[columns]\nnaem = "nama"\n', "'naem' is no column of kind people. Did you mean"),
    (MINIMAL + "[columns]\nname = 3\n", "name: cannot be 3"),
    (MINIMAL + '[columns]\nname = { colum = "x" }\n', "unknown key 'colum' in [columns.name]"),
    (MINIMAL + "[columns]\nname = { columns = [] }\n", "names no source column"),
    (MINIMAL + '[columns]\nname = { column = "a", constant = "b" }\n', "exactly one of"),
    (MINIMAL + '[columns]\nname = { format = "%d" , column = "a" }\n', "format is for dates"),
    (MINIMAL + '[columns]\nbirth_date = { column = "a", format = "dd-mm" }\n', "has no year"),
    (MINIMAL + '[columns]\nbirth_date = { year = "a", month = "b" }\n', "go together"),
    (MINIMAL + '[columns]\nname = { year = "a", month = "b", day = "c" }\n', "for a date"),
    (MINIMAL + '[columns]\nsex = { column = "a", codes = { L = "man" } }\n', "no code of"),
    (MINIMAL + '[columns]\nsex = { column = "a", codes = {} }\n', "codes must be a table"),
    (MINIMAL + '[columns]\nname = { column = "a", system = "bps" }\n', "is for area codes"),
    (
        MINIMAL + '[columns]\nvillage = "kode_desa"\n',
        'Write village = { column = "kode_desa", system = "kemendagri" }',
    ),
    (
        MINIMAL + '[columns]\nvillage = { columns = ["a", "b"] }\n',
        'Write village = { columns = ["a", "b"], system = "kemendagri" }',
    ),
    ("kind = \n", "not valid TOML"),
]


@pytest.mark.parametrize(("text", "said"), DESCRIPTOR_MISTAKES)
def test_a_mistake_names_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadPack) as caught:
        load(tmp_path, text)
    assert "s.toml" in str(caught.value)
    assert said in str(caught.value)


def test_all_mistakes_of_all_descriptors_are_reported(tmp_path: Path) -> None:
    workspace(tmp_path, {"a.csv": HEADER}, MINIMAL + '[columns]\nnaem = "a"\nseks = "b"\n')
    (tmp_path / "sources" / "t.toml").write_text('knid = "x"\n')
    with pytest.raises(BadPack) as caught:
        load_workspace(tmp_path)
    said = str(caught.value)
    assert "2 mistakes" in said
    assert all(word in said for word in ("naem", "seks", "knid", "s.toml", "t.toml"))


def test_the_system_of_areas_can_be_stated_once(tmp_path: Path) -> None:
    text = MINIMAL + 'area_system = "bps"\n[columns]\nvillage = "kode_desa"\n'
    assert load(tmp_path, text).sources[0].columns["village"].system == "bps"


def test_a_missing_file_is_named_with_the_nearest(tmp_path: Path) -> None:
    text = 'kind = "people"\nfiles = ["data/regsosek2.csv"]\n' + COLUMNS
    with pytest.raises(BrokenFile) as caught:
        load(tmp_path, text)
    assert "missing file: nothing matches 'data/regsosek2.csv'" in str(caught.value)
    assert "line 2" in str(caught.value)
    assert "Did you mean 'data/regsosek1.csv'?" in str(caught.value)


WORKSPACE_MISTAKES = [
    ('nmae = "X"\n', "Did you mean 'name'?"),
    ("", "as_of: is missing"),
    ("as_of = 3\n", "as_of: must be a date"),
    ('as_of = 2026-01-31\nmemory = "lots"\n', "memory: must be a size"),
    ("as_of = 2026-01-31\nkeep_runs = -1\n", "keep_runs: must be at least 0"),
    ('as_of = 2026-01-31\npolicy = ["local/"]\n', "no such folder"),
    ('as_of = 2026-01-31\npack = "atlantis"\n', "no country pack here"),
]


@pytest.mark.parametrize(("text", "said"), WORKSPACE_MISTAKES)
def test_a_mistake_in_tangga_toml(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        load(tmp_path, MINIMAL + COLUMNS, text)
    assert said in str(caught.value)


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(BadPack, match="no workspace here"):
        load_workspace(tmp_path)


def test_a_workspace_without_sources(tmp_path: Path) -> None:
    (tmp_path / "tangga.toml").write_text(TANGGA)
    with pytest.raises(BadPack, match="no sources"):
        load_workspace(tmp_path)
