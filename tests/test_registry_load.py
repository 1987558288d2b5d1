"""A broken pack is refused with every mistake, its file and its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tangga.errors import BadPack
from tangga.registry import Column, load_pack

PACK_TOML = """name = "small"
title = "Small"
languages = ["en"]
area_system = "none"
"""
NO_AREAS = 'area_system = "none"\n'
PERSON = """label_en = "Person"
key = ["name"]

[columns.name]
type = "text"
label_en = "Name"
privacy = "identity"
source = "test"

[columns.sex]
type = "code"
codes = "sex"
label_en = "Sex"
privacy = "personal"
source = "test"
"""
SEX = "code,label_en,source_code\nmale,Male,1\nfemale,Female,2\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A whole small pack in one language."""
    (tmp_path / "schema" / "codes").mkdir(parents=True)
    (tmp_path / "pack.toml").write_text(PACK_TOML)
    (tmp_path / "schema" / "person.toml").write_text(PERSON)
    (tmp_path / "schema" / "codes" / "sex.csv").write_text(SEX)
    return tmp_path


def test_a_small_pack_of_one_language_is_enough(pack: Path) -> None:
    """One table, one language, no Indonesian word."""
    loaded = load_pack(pack)
    assert list(loaded.tables) == ["person"]
    assert loaded.tables["person"].columns["sex"].codes.label("male", "en") == "Male"
    assert loaded.tables["person"].columns["sex"].label_id == "sex"


@pytest.mark.parametrize(
    ("said", "ranker", "local"),
    [
        ("", None, None),
        ("[ranking]\n", None, None),
        ('[ranking]\nlocal = "district"\n', None, "district"),
        ('[ranking]\nby = "X"\nlabel_en = "The office"\n', {"en": "The office"}, None),
    ],
)
def test_who_ranks(pack: Path, said: str, ranker: object, local: str | None) -> None:
    """Nobody else, unless a pack says who: only then does a model never give a decile."""
    (pack / "pack.toml").write_text(PACK_TOML + said)
    assert (load_pack(pack).ranker, load_pack(pack).local_ranks) == (ranker, local)


def test_in_indonesia_somebody_else_ranks() -> None:
    ranker = load_pack("indonesia").ranker
    assert ranker is not None and "BPS" in ranker["id"]


# (file, what to replace, by what, line of the mistake or None, words of the message)
MISTAKES = [
    ("pack.toml", 'area_system = "none"', 'areas = "none"', 4, "unknown key 'areas'"),
    ("pack.toml", 'area_system = "none"', "", None, "area_system is missing"),
    ("pack.toml", '["en"]', '"en"', 3, "languages = 'en' is of the wrong type"),
    ("pack.toml", NO_AREAS, NO_AREAS + '[ranking]\nby = "X"\n', 6, "label_en is missing in"),
    ("pack.toml", NO_AREAS, NO_AREAS + '[ranking]\nby = ""\nlabel_en = "X"\n', 6, "must be words"),
    ("pack.toml", NO_AREAS, NO_AREAS + '[ranking]\nlabel_en = "X"\n', 5, "by is missing"),
    ("pack.toml", NO_AREAS, NO_AREAS + '[ranking]\nrank = "X"\n', 6, "unknown key 'rank' in"),
    ("pack.toml", NO_AREAS, NO_AREAS + "ranking = 3\n", 5, "ranking = 3 is of the wrong type"),
    ("schema/person.toml", "privacy", "privasy", 7, "Did you mean 'privacy'?"),
    ("schema/person.toml", '"identity"', '"secret"', 4, "privacy 'secret' is none of"),
    ("schema/person.toml", '"text"', '"string"', 4, "type 'string' is none of"),
    ("schema/person.toml", 'codes = "sex"', 'codes = "sec"', 12, "not in codes/: 'sec'"),
    ("schema/person.toml", 'codes = "sex"', "", 10, "type code needs codes"),
    ("schema/person.toml", 'label_en = "Sex"', "", 10, "label_en is missing"),
    ("schema/person.toml", 'label_en = "Name"', "label_en = 3", 6, "of the wrong type"),
    ("schema/person.toml", 'type = "text"\n', "", 4, "lacks type"),
    ("schema/person.toml", '["name"]', '["nama"]', None, "names the column 'nama'"),
    ("schema/person.toml", "[columns.sex]", "[columns.Sex]", 10, "lower-case"),
    ("schema/person.toml", "[columns.sex]", "[columns.sex", None, "not readable as TOML"),
    ("schema/person.toml", 'label_en = "Person"', 'labels = "x"', 1, "unknown key 'labels'"),
    ("schema/person.toml", '"text"', '"text"\nminimum = 3', 4, "cannot have the limit 3"),
    ("schema/person.toml", '"text"', '"text"\npattern = "\\\\d+"', 4, "read apart"),
    ("schema/person.toml", '"text"', '"text"\npattern = "(a"', 4, "pattern '(a'"),
    ("schema/person.toml", '"text"', '"date"\nminimum = 2002-01-01\nmaximum = 2001-01-01', 4,
     "minimum 2002-01-01 is above maximum 2001-01-01"),
    ("schema/person.toml", '"text"', '"text"\nkinds = ["peoples"]', 6, "Did you mean 'people'?"),
    ("schema/person.toml", '"text"', '"text"\nsection = "a"', None, "no section 'a'"),
    ("schema/codes/sex.csv", "source_code", "number", 1, "the header is not code,label_en"),
    ("schema/codes/sex.csv", "female,", "male,", 3, "code 'male' stands twice"),
    ("schema/codes/sex.csv", "Female,2", "Female,1", 3, "source_code '1' stands twice"),
    ("schema/codes/sex.csv", "Female,2", ",2", 3, "lacks a label"),
    ("schema/codes/sex.csv", "Female,2", "Female", 3, "2 cells under 3 headings"),
    ("schema/codes/sex.csv", "male,Male,1\nfemale,Female,2\n", "", None, "at least one code"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "words"), MISTAKES)
def test_a_mistake_is_named_with_its_place(
    pack: Path, file: str, old: str, new: str, line: int | None, words: str
) -> None:
    """Which file, which line where it can be found, and what."""
    text = (pack / file).read_text()
    assert old in text
    (pack / file).write_text(text.replace(old, new, 1))
    with pytest.raises(BadPack) as raised:
        load_pack(pack)
    assert words in str(raised.value)
    assert file in str(raised.value)
    assert line is None or f"{file}, line {line}" in str(raised.value)


@pytest.mark.parametrize("file", ["schema/person.toml", "schema/codes/sex.csv"])
def test_another_encoding_is_a_mistake_of_the_pack(pack: Path, file: str) -> None:
    """A pack is UTF-8."""
    (pack / file).write_bytes("code,label_en\ncafé,Café\n".encode("cp1252"))
    with pytest.raises(BadPack, match="not readable as"):
        load_pack(pack)


def test_only_dates_have_an_order(pack: Path) -> None:
    """The check compares days."""
    order = '[[orders]]\nfirst = "name"\nthen = "sex"\n\n'
    text = PERSON.replace("[columns.name]", order + "[columns.name]")
    (pack / "schema" / "person.toml").write_text(text)
    with pytest.raises(BadPack, match="both must be dates"):
        load_pack(pack)


def test_all_mistakes_are_told_together(pack: Path) -> None:
    """Three files, three mistakes, one message."""
    for file, old, new in [
        ("schema/person.toml", "privacy", "privasy"),
        ("schema/codes/sex.csv", "Female,2", "Female"),
    ]:
        path = pack / file
        path.write_text(path.read_text().replace(old, new, 1))
    (pack / "schema" / "family.toml").write_text('label_en = "Family"\ncolour = "red"\n')
    with pytest.raises(BadPack) as raised:
        load_pack(pack)
    message = str(raised.value)
    assert all(f in message for f in ("person.toml", "sex.csv", "family.toml"))
    assert "colour" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[facts_from]]\ntable = "house"\nsections = []\n', "names no table"),
        ('[[facts_from]]\ntable = "person"\nsections = ["a"]\n', "has no section 'a'"),
        ('[[facts_from]]\ntabel = "person"\n', "unknown key 'tabel'"),
        ('[[orders]]\nfirst = "a"\n', "[[orders]] needs first and then"),
        ('[[orders]]\nfirst = "a"\nthen = "b"\n', "names the column 'a'"),
        ("columns = 3\n", "columns is of the wrong type"),
        ("[columns]\na = 3\n", "columns is of the wrong type"),
        ("sections = []\n", "sections is of the wrong type"),
        ('key = "name"\n', "line 2: key is of the wrong type"),
        ("references = 1\n", "references is of the wrong type"),
        ("orders = [1]\n", "orders is of the wrong type"),
        ("[sections.a]\nlabel = 3\n", "unknown key 'label'"),
    ],
)
def test_mistakes_of_a_second_table(pack: Path, text: str, words: str) -> None:
    """What one table says of another, and of its own sections."""
    (pack / "schema" / "visit.toml").write_text(f'label_en = "Visit"\n{text}')
    with pytest.raises(BadPack) as raised:
        load_pack(pack)
    assert words in str(raised.value)


def test_facts_of_another_table_are_shared(pack: Path) -> None:
    """A visit records a family's questions in the family's own words."""
    column = '[columns.floor]\nsection = "home"\ntype = "text"\nlabel_en = "Floor"\n'
    rest = 'privacy = "personal"\nsource = "test"\nrequired = true\n'
    section = '[sections.home]\nlabel_en = "Home"\n'
    (pack / "schema" / "family.toml").write_text(f'label_en = "F"\n{section}{column}{rest}')
    facts = '[[facts_from]]\ntable = "family"\nsections = ["home"]\n'
    (pack / "schema" / "visit.toml").write_text(f'label_en = "Visit"\n{facts}')
    visit = load_pack(pack).tables["visit"]
    assert visit.columns["floor"].label_en == "Floor"
    assert visit.sections == {"home": {"en": "Home"}}
    assert not visit.columns["floor"].required


def test_references_are_added_where_a_table_asks(pack: Path) -> None:
    """Shared columns, each marked as a reference; a table's own column of the name stays."""
    shared = PERSON[PERSON.index("[columns.name]") :]
    (pack / "schema" / "references.toml").write_text(shared)
    own = '[columns.sex]\ntype = "text"\nlabel_en = "X"\nprivacy = "open"\nsource = "test"\n'
    (pack / "schema" / "event.toml").write_text(f'label_en = "E"\nreferences = true\n{own}')
    event = load_pack(pack).tables["event"]
    assert list(event.references) == ["name"]
    assert event.columns["sex"].type == "text"


@pytest.mark.parametrize("name", ["nowhere", "/no/such/folder", "../indonesia"])
def test_no_such_pack(name: str) -> None:
    """The packs that are there are named."""
    with pytest.raises(BadPack, match="indonesia"):
        load_pack(name)


def test_a_pack_without_persons_is_none(pack: Path) -> None:
    """The one table that a register cannot do without."""
    (pack / "schema" / "person.toml").unlink()
    with pytest.raises(BadPack, match="person"):
        load_pack(pack)


@pytest.mark.parametrize(
    ("type_", "limits", "storage"),
    [
        ("integer", {"minimum": 1}, "INTEGER"),
        ("money", {"minimum": 1}, "BIGINT"),
        ("decimal", {"minimum": Decimal("0.5")}, "DECIMAL(18,3)"),
        ("date", {"minimum": date(1900, 1, 1)}, "DATE"),
        ("identifier", {"pattern": "[0-9]{16}"}, "VARCHAR"),
        ("area", {}, "VARCHAR"),
        ("boolean", {}, "BOOLEAN"),
        ("timestamp", {}, "TIMESTAMP"),
    ],
)
def test_types_and_their_storage(type_: str, limits: dict[str, object], storage: str) -> None:
    """Each type as DuckDB and Parquet store it."""
    assert Column("x", type_, {}, "open", "test", **limits).sql_type == storage


@pytest.mark.parametrize(
    "options",
    [
        {"type": "integer", "minimum": Decimal(1)},
        {"type": "integer", "minimum": True},
        {"type": "boolean", "maximum": 1},
        {"type": "text", "not_after_as_of": True},
        {"type": "date", "max_length": 3},
        {"type": "code"},
        {"type": "text", "mask": "blur"},
        {"type": "text", "pattern": "a++"},
        {"type": "text", "pattern": "(?i)a"},
        {"type": "text", "pattern": "."},
        {"type": "text", "pattern": "[[:alpha:]]"},
    ],
)
def test_an_impossible_column_cannot_be_built(options: dict[str, object]) -> None:
    """Refused at birth, wherever it comes from."""
    with pytest.raises(ValueError):
        Column(name="x", labels={}, privacy="open", source="test", **options)
