"""A book of facts: what it tells, how it is read from TOML, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from fact_rows import ADULT, BOOK, ON, PACK, WOMAN, read
from tangga.errors import BadPack
from tangga.registry import load_pack
from tangga.registry.mistakes import Mistakes
from tangga.rules.conditions import All, AtLeast, Count, Is, Known
from tangga.rules.fact_files import empty_book
from tangga.rules.facts import FactBook, History, narrowest
from tangga.rules.facts_reading import Reading, derive
from tangga.rules.facts_sql import Relation, Sources, family_facts_sql, person_facts_sql
from tangga.rules.facts_sql_parts import derived
from tangga.rules.lines import read_lines
from tangga.rules.names import Columns, FactType
from tangga.rules.to_sql import alias
from tangga.rules.values import Range

# --- rows, examples, books ------------------------------------------------------------------


def test_history_stands_beside_the_row() -> None:
    past = {"months_protected": 41}
    facts = derive(BOOK, {}, [ADULT, ADULT], past, [{"case_open": True}], on=ON)
    assert facts.get("months_protected") == 41
    assert [m.get("months_counted") for m in facts.members] == [None, None]
    row_first = derive(BOOK, {}, [{"case_open": False}], {}, [{"case_open": True}], on=ON)
    assert row_first.members[0].get("case_open") is False


def test_what_stands_in_a_row_is_not_worked_out() -> None:
    facts = derive(BOOK, {"children_under_six": 2}, [ADULT, {**WOMAN, "able": None}], on=ON)
    assert facts.get("children_under_six") == 2
    assert facts.get("able_adults") == Range(1, 2)


def test_an_example_takes_the_usual_where_nothing_follows() -> None:
    assumed = {entity: BOOK.usual(entity) for entity in ("family", "person")}
    reading = Reading(BOOK, ON, assumed)
    facts = reading.family({}, [{"birth_date": date(1985, 3, 1)}, {"disability_card": True}])
    assert facts.get("months_protected") == 0
    assert [m.get("disabled") for m in facts.members] == [False, True]
    assert [m.get("able") for m in facts.members] == [True, False]
    unknown = reading.family({"support_open": None}, [{"disabled": None}])
    assert unknown.get("support_open") is None
    assert unknown.members[0].get("disabled") is None


def test_words_of_a_fact() -> None:
    assert BOOK.labels("family", "members")["en"] == "Members"
    assert BOOK.labels("person", "family.members")["id"] == "Jumlah anggota"
    assert BOOK.labels("family", "receives_pkh")["id"].startswith("Keluarga menerima Program")
    assert (BOOK.ask("person", "born") or {})["en"].startswith("When born?")
    assert BOOK.ask("person", "able") is None
    with pytest.raises(KeyError):
        BOOK.labels("person", "members")


def test_what_to_ask_where_a_fact_is_not_known() -> None:
    asked = {fact.name for fact in BOOK.to_ask("person", "able")}
    school, care = {"born", "school_status"}, {"carer_of", "disabled", "illness"}
    assert asked == {"pregnant_or_delivered"} | school | care
    assert [fact.name for fact in BOOK.to_ask("family", "income_per_head")] == ["income_per_head"]
    assert BOOK.to_ask("family", "decile") == ()


def test_privacy_is_the_narrowest_of_what_a_fact_is_made_from() -> None:
    assert BOOK.facts["family", "open_cases"].privacy == "case"
    assert BOOK.facts["person", "disabled"].privacy == "sensitive"
    assert BOOK.facts["family", "members"].privacy == "personal"
    assert BOOK.facts["person", "adult"].privacy == "personal"
    assert BOOK.facts["family", "oldest_born"].privacy == "identity"
    assert narrowest([]) == "personal"


def test_what_conditions_use_and_a_smaller_book() -> None:
    condition = All((Is("able", True), AtLeast("family.members", 2)))
    used = BOOK.uses([("person", condition), ("family", Known("decile"))])
    assert used == {("person", "able"), ("family", "members"), ("family", "decile")}
    small = BOOK.restricted_to(used)
    assert small.shown == used
    assert {("person", "birth_date"), ("person", "difficulty_hands")} <= small.facts.keys()
    assert ("person", "orphan") not in small.facts
    found = derive(small, {"decile": 2}, [ADULT, WOMAN], on=ON)
    assert found.members[0].get("able") is True
    assert BOOK.files == (PACK.dir / "policy" / "lines.csv",)


def test_a_book_is_in_order() -> None:
    late, early = BOOK.facts["person", "adult"], BOOK.facts["person", "born"]
    with pytest.raises(ValueError, match="stands before"):
        FactBook({late.key: late, early.key: early})


def test_a_pack_without_facts_or_families() -> None:
    book = empty_book(load_pack(Path(__file__).parent / "packs" / "febrl"))
    assert book.names.family == {}
    assert derive(book, {}, [{"name": "amy"}], on=ON).members[0].get("name") == "amy"


# --- SQL: what the agreement does not show ----------------------------------------------------


def sources(db: duckdb.DuckDBPyConnection) -> Sources:
    db.execute("CREATE TABLE p AS SELECT 'P1' AS person_id, 'F1' AS family_id")
    db.execute("CREATE TABLE f AS SELECT unnest(['F1', 'F2']) AS family_id")
    return Sources(
        Relation("p", frozenset({"person_id", "family_id"})),
        Relation("f", frozenset({"family_id"})),
    )


def test_without_histories_and_nearly_without_columns() -> None:
    db = duckdb.connect()
    given = sources(db)
    small = BOOK.restricted_to([("person", "case_open"), ("family", "open_cases")])
    persons = person_facts_sql(small, given, ON)
    assert db.execute(persons).fetchall() == [("P1", "F1", None)]
    families = family_facts_sql(small, given, Relation(f"({persons})", frozenset()), ON)
    assert db.execute(families + " ORDER BY 1").fetchall() == [
        ("F1", None, 0, 1),
        ("F2", None, 0, 0),
    ]


def test_families_whose_members_do_not_matter() -> None:
    db = duckdb.connect()
    small = BOOK.restricted_to([("family", "regency")])
    sql = family_facts_sql(small, sources(db), Relation("nowhere", frozenset()), ON)
    assert db.execute(sql + " ORDER BY 1").fetchall() == [("F1", None, None), ("F2", None, None)]


def test_only_what_is_shown_is_kept_and_counts_of_rules_stand_behind() -> None:
    db = duckdb.connect()
    given = sources(db)
    rule = Count(All((Is("sex", "male"), AtLeast("family.members", 1))), low=1)
    small = BOOK.restricted_to(
        [("person", "sex"), ("family", "members"), ("family", "poverty_line")]
    )
    members = Relation(f"({person_facts_sql(small, given, ON)})", frozenset())
    sql = family_facts_sql(small, given, members, ON, "f.family_id = 'F1'", also=[rule])
    found = db.execute(sql)
    assert [column[0] for column in found.description] == [
        "family_id",
        "village",
        "members",
        "poverty_line",
        f"{alias(rule)}_hi",
        f"{alias(rule)}_lo",
    ]
    assert found.fetchall() == [("F1", None, 1, None, 1, 0)]


def test_a_given_fact_is_no_expression() -> None:
    with pytest.raises(TypeError, match="not made from"):
        derived(History(), Columns(BOOK.names, "person"), ON)


# --- loading ----------------------------------------------------------------------------------

LABELS = 'label_id = "a"\nlabel_en = "b"\n'


def book_of(tmp_path: Path, text: str, base: FactBook | None = None) -> FactBook:
    path = tmp_path / "facts.toml"
    path.write_text(text, encoding="utf-8")
    return read(path, base=base)


def test_reads_every_way_of_making_a_fact(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text(
        "area,valid_from,amount\n18,2025-01-01,5\n1811,2025-02-01,7\n"
    )
    text = f"""
[person.money_each]
{LABELS}per = ["wage_month", "birth_month"]
[family.wages]
{LABELS}sum = "wage_month"
where = {{ fact = "sex", is = "male" }}
[family.last_birth]
{LABELS}latest = "birth_date"
where = {{ fact = "family.kept", is = true }}
[family.kept]
{LABELS}history = true
type = "boolean"
[family.line]
{LABELS}lookup = "lines.csv"
by = "village"
[family.line_again]
{LABELS}lookup = "lines.csv"
by = "village"
"""
    book = book_of(tmp_path, text)
    types = {name: (t.type, t.ranged) for name, t in book.names.family.items()}
    assert types["wages"] == ("money", True)
    assert types["last_birth"] == ("date", True)
    men = [
        {"sex": "male", "wage_month": 7, "birth_month": 2, "birth_date": date(2000, 1, 1)},
        {"sex": "female", "wage_month": 9},
        {"wage_month": 1, "birth_month": 0},
    ]
    facts = derive(book, {"kept": True, "village": "1811052001"}, men, on=ON)
    assert facts.get("wages") == Range(7, 8)
    assert facts.get("last_birth") == Range(date(2000, 1, 1), None)
    assert (facts.get("line"), facts.get("line_again")) == (7, 7)
    assert [m.get("money_each") for m in facts.members] == [3, None, None]
    assert derive(book, {"kept": False}, men, on=ON).get("last_birth") is None


def test_an_overlay_adds_facts_and_questions(tmp_path: Path) -> None:
    text = f"""
[person.head_of_family]
{LABELS}when = {{ all = [ {{ fact = "relation", is = "head" }}, {{ fact = "able", is = true }} ] }}
[family.floor]
ask_id = "Lantai apa?"
ask_en = "Which floor?"
"""
    book = book_of(tmp_path, text, BOOK)
    assert book.fact("person", "head_of_family").type == FactType("boolean")
    assert book.ask("family", "floor") == {"id": "Lantai apa?", "en": "Which floor?"}
    assert BOOK.ask("family", "floor") is None


def test_what_a_model_rests_on_is_asked_in_its_place() -> None:
    """A decile that a model makes is nobody's to tell at a door; what the model lacks is."""
    floor = replace(BOOK.fact("family", "floor"), ask={"id": "Lantai?", "en": "Floor?"})
    book = BOOK.resting(("family", "decile"), [floor, BOOK.fact("family", "children_under_six")])
    asked = [(fact.entity, fact.name) for fact in book.to_ask("family", "decile")]
    assert set(asked) == {("family", "floor"), ("person", "born")}
    assert book.fact("family", "floor").ask == floor.ask
    assert book.fact("family", "decile").needs == frozenset(), "no condition waits for it"
    assert (BOOK.to_ask("family", "decile"), BOOK.fact("family", "floor").ask) == ((), {})
    assert book.restricted_to([("family", "decile")]).facts.keys() == {("family", "decile")}


REFUSED = [
    ("[person.x]\nwhen = 1\n" + LABELS, 2, "a condition is a table"),
    ("[person.x]\nbirth = 3\n" + LABELS, 2, "birth can only be true"),
    ("[person]\nx = 1\n", 2, "x must be a table [person.x]"),
    ("[person.x]\n", 1, "'x' is made in no ways"),
    ("[persons.x]\n", 1, "unknown key 'persons'"),
    ("[person.x]\n" + LABELS, 1, "'x' is made in no ways"),
    ("[person.x]\nbirth = true\nhistory = true\n", 1, "'x' is made in 2 ways"),
    ("[person.x]\ncount = true\n" + LABELS, 2, "count makes no fact of a person"),
    ("[person.X]\nbirth = true\n" + LABELS, 1, "names are lower-case letters"),
    ("[person.born]\nbirth = true\n", 1, "label_id"),
    ("[person.sex]\nbirth = true\n" + LABELS, 1, "person has the fact 'sex' already"),
    ("[person.x]\nbirth = true\nbirthh = 1\n" + LABELS, 3, "unknown key 'birthh'"),
    ('[person.sex]\nusual = "mail"\n', 2, "no code 'mail'"),
    ('[person.sex]\nlabel_id = "x"\n', 2, "unknown key 'label_id'"),
    ('[person.sex]\nnot_known = ["none"]\n', 2, "not_known cannot hold 'none'"),
    ('[person.sex]\nask_id = "x"\n', 1, "lacks ask_en"),
    ('[family.x]\nsum = "wage_mont"\n' + LABELS, 2, "no fact 'wage_mont' of a person"),
    ('[family.x]\nsum = "sex"\n' + LABELS, 2, "sex is a code, and must be integer or money"),
    ("[family.x]\nsum = 3\n" + LABELS, 2, "sum must be text"),
    ('[family.x]\nearliest = "sex"\n' + LABELS, 2, "sex is a code, and must be date"),
    ('[family.x]\nof_head = "nobody"\n' + LABELS, 2, "no fact 'nobody' of a person"),
    ('[family.x]\nper = ["income_month"]\n' + LABELS, 2, "per must be two names of facts"),
    ('[family.x]\nper = ["income_month", "kk"]\n' + LABELS, 2, "kk is a identifier"),
    ('[family.x]\nper = ["income_month", "y"]\n' + LABELS, 2, "no fact 'y' of a family"),
    ('[family.x]\nfirst = 0\nof = "village"\n' + LABELS, 2, "first must be at least 1"),
    ('[family.x]\nfirst = 2\nof = "cattle"\n' + LABELS, 3, "cattle is a integer"),
    ('[family.x]\nlookup = "no.csv"\nby = "village"\n' + LABELS, None, "no such file"),
    ('[family.x]\nlookup = "no.csv"\nby = "cattle"\n' + LABELS, 3, "cattle is a integer"),
    ('[family.x]\nhistory = false\ntype = "date"\n' + LABELS, 2, "history can only be true"),
    ('[family.x]\nhistory = true\ntype = "day"\n' + LABELS, 3, "type cannot be 'day'"),
    ('[family.x]\nhistory = true\ntype = "code"\n' + LABELS, 3, "type code needs codes"),
    (
        '[family.x]\nhistory = true\ntype = "code"\ncodes = "none"\n' + LABELS,
        1,
        "no code list 'none'",
    ),
    ('[family.x]\nhistory = true\ntype = "date"\nprivacy = "x"\n' + LABELS, 4, "privacy cannot be"),
    ('[family.x]\neach = "sexes"\nhistory = true\ntype = "date"\n' + LABELS, 2, "each cannot be"),
    (
        f'[person.x]\n{LABELS}when = {{ fact = "z", is = true }}\n',
        4,
        "no fact 'z' of a person",
    ),
    (
        f'[family.x]\n{LABELS}count = {{ fact = "sex", is = "mann" }}\n',
        4,
        "no code 'mann'",
    ),
    (
        f'[family.x]\n{LABELS}per = ["y", "y"]\n[family.y]\n{LABELS}per = ["x", "x"]\n',
        1,
        "a fact rests on itself: family.x -> family.y -> family.x",
    ),
    (
        f'[person.x]\n{LABELS}when = {{ fact = "family.y", at_least = 1 }}\n[family.y]\n'
        + LABELS
        + 'count = { fact = "x", is = true }\n',
        1,
        "a fact rests on itself: person.x -> family.y -> person.x",
    ),
]


@pytest.mark.parametrize(("text", "line", "what"), REFUSED)
def test_refuses(tmp_path: Path, text: str, line: int | None, what: str) -> None:
    with pytest.raises(BadPack) as refused:
        book_of(tmp_path, text)
    said = str(refused.value)
    assert what in said
    where = f"facts.toml, line {line}:" if line else "no.csv:"
    assert any(where in one and what in one for one in said.splitlines()), said


def test_what_is_derived_already_is_not_asked_about_anew(tmp_path: Path) -> None:
    with pytest.raises(BadPack, match=r"person\.born is there already"):
        book_of(tmp_path, '[person.born]\nask_id = "a"\nask_en = "b"\n', BOOK)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("area,valid_from\n", 1, "missing column amount"),
        ("area,valid_from,amount\nx,2025-01-01,1\n", 2, "'x' is no code of an area"),
        ("area,valid_from,amount\n18,2025-01-01,1.5\n", 2, "'1.5' is no amount"),
        ("area,valid_from,amount\n18,1 Maret,15\n", 2, "'1 Maret' is no day"),
        ("area,valid_from,amount\n18,2025-01-01,1\n18,2025-01-01,2\n", 3, "two lines from one day"),
    ],
)
def test_refuses_lines(tmp_path: Path, text: str, line: int, what: str) -> None:
    (tmp_path / "lines.csv").write_text(text)
    mistakes = Mistakes(tmp_path)
    read_lines(tmp_path / "lines.csv", mistakes)
    assert [(mistake.line, what in mistake.what) for mistake in mistakes.found] == [(line, True)]


def test_lines_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_bytes(b"\xff")
    mistakes = Mistakes(tmp_path)
    assert read_lines(tmp_path / "lines.csv", mistakes) is None
    assert read_lines(tmp_path / "none.csv", mistakes) is None
    assert len(mistakes.found) == 2


def test_a_person_may_read_what_the_family_has_without_its_members(tmp_path: Path) -> None:
    book = book_of(
        tmp_path,
        f"""
[family.somewhere]
when = {{ fact = "village", is = "1811052001" }}
{LABELS}
[person.at_home]
when = {{ all = [{{ fact = "sex", is = "male" }}, {{ fact = "family.somewhere", is = true }}] }}
{LABELS}
[family.men_at_home]
count = {{ fact = "at_home", is = true }}
{LABELS}
""",
    )
    db = duckdb.connect()
    db.execute("CREATE TABLE p AS SELECT 'P1' AS person_id, 'F1' AS family_id, 'male' AS sex")
    db.execute("CREATE TABLE f AS SELECT 'F1' AS family_id, '1811052001' AS village")
    given = Sources(
        Relation("p", frozenset({"person_id", "family_id", "sex"})),
        Relation("f", frozenset({"family_id", "village"})),
    )
    found = db.execute(person_facts_sql(book, given, ON)).to_arrow_table().to_pylist()
    assert [row["at_home"] for row in found] == [True]
