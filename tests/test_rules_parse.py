"""Conditions from TOML: every form, and every mistake with its line."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tangga.registry import load_pack
from tangga.registry.mistakes import Mistakes
from tangga.rules.conditions import (
    Ago,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Count,
    Is,
    Known,
    LessThan,
    MoreThan,
    Not,
    Of,
    OneOf,
    Sum,
)
from tangga.rules.load import load_policy
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, FactType, Names
from tangga.rules.parse import TESTS, read_condition
from tangga.rules.parse_values import AGO_KEYS
from tangga.rules.toml_file import read_toml

NAMES = Names(
    person={
        "born": FactType("date", ranged=True),
        "wage": FactType("money"),
        "sex": FactType("code", codes=frozenset({"male", "female"})),
        "pregnant": FactType("boolean"),
        "seen_at": FactType("timestamp"),
    },
    family={
        "decile": FactType("integer"),
        "income": FactType("money"),
        "line": FactType("money"),
        "share": FactType("decimal"),
        "supported": FactType("date"),
        "visited": FactType("date"),
        "village": FactType("area"),
    },
)


def read(
    toml: str, folder: Path, subject: str = FAMILY_TABLE, names: Names = NAMES
) -> tuple[Condition | None, list[str]]:
    """What is read from `if = TOML` on line 2, and the mistakes found, as they are printed."""
    path = folder / "rule.toml"
    path.write_text(f"# A rule\nif = {toml}\n", encoding="utf-8")
    mistakes = Mistakes(folder)
    file = read_toml(path, mistakes)
    assert file is not None, mistakes.found
    condition = read_condition(file.data["if"], names, subject, file.top.at("if"))
    assert (condition is None) == bool(mistakes.found)
    return condition, [mistake.sentence() for mistake in mistakes.found]


@pytest.mark.parametrize(
    ("toml", "condition"),
    [
        ("{ fact = 'decile', at_most = 4 }", AtMost("decile", 4)),
        ("{ fact = 'decile', more_than = 4 }", MoreThan("decile", 4)),
        ("{ fact = 'decile', less_than = 4 }", LessThan("decile", 4)),
        ("{ fact = 'decile', is = 4 }", Is("decile", 4)),
        ("{ fact = 'decile', one_of = [1, 2] }", OneOf("decile", (1, 2))),
        ("{ fact = 'decile', known = true }", Known("decile")),
        ("{ fact = 'village', is = '1811' }", Is("village", "1811")),
        ("{ fact = 'share', at_least = 0.1 }", AtLeast("share", Decimal("0.1"))),
        ("{ fact = 'share', at_least = 1 }", AtLeast("share", 1)),
        (
            "{ fact = 'decile', at_least = 2, at_most = 4 }",
            All((AtLeast("decile", 2), AtMost("decile", 4))),
        ),
        (
            "{ fact = 'supported', at_least = 2025-05-26 }",
            AtLeast("supported", date(2025, 5, 26)),
        ),
        (
            "{ fact = 'supported', at_most = { years_ago = 1, months_ago = 6 } }",
            AtMost("supported", Ago(1, 6)),
        ),
        (
            "{ fact = 'supported', less_than = { days_ahead = 7 } }",
            LessThan("supported", Ago(days=-7)),
        ),
        (
            "{ fact = 'supported', at_least = { fact = 'visited' } }",
            AtLeast("supported", Of("visited")),
        ),
        (
            "{ fact = 'supported', at_least = { fact = 'visited' }, at_most = { days_ago = 1 } }",
            All((AtLeast("supported", Of("visited")), AtMost("supported", Ago(days=1)))),
        ),
        (
            "{ fact = 'income', at_least = { fact = 'line', times = '1.2' } }",
            AtLeast("income", Of("line", Decimal("1.2"))),
        ),
        (
            "{ fact = 'income', at_least = { fact = 'share', times = 1.25 } }",
            AtLeast("income", Of("share", Decimal("1.25"))),
        ),
        ("{ all = [{ fact = 'decile', is = 1 }] }", All((Is("decile", 1),))),
        ("{ any = [{ fact = 'decile', is = 1 }] }", AnyOf((Is("decile", 1),))),
        ("{ not = { fact = 'decile', is = 1 } }", Not(Is("decile", 1))),
        (
            "{ count = { fact = 'born', age_under = 6 }, at_least = 1, at_most = 3 }",
            Count(MoreThan("born", Ago(years=6)), 1, 3),
        ),
        (
            "{ count = { fact = 'sex', is = 'female' }, at_most = 0 }",
            Count(Is("sex", "female"), None, 0),
        ),
        (
            "{ count = { fact = 'family.decile', is = 1 }, at_least = 1 }",
            Count(Is("family.decile", 1), 1),
        ),
        ("{ sum = 'wage', at_least = 500000 }", Sum("wage", All(()), 500_000)),
        (
            "{ sum = 'wage', where = { fact = 'pregnant', is = false }, at_most = 1 }",
            Sum("wage", Is("pregnant", False), None, 1),
        ),
    ],
)
def test_every_form_on_a_family(toml: str, condition: Condition, tmp_path: Path) -> None:
    assert read(toml, tmp_path) == (condition, [])


@pytest.mark.parametrize(
    ("toml", "condition"),
    [
        ("{ fact = 'born', age_at_least = 60 }", AtMost("born", Ago(years=60))),
        (
            "{ fact = 'born', age_at_least = 18, age_under = 60 }",
            All((AtMost("born", Ago(years=18)), MoreThan("born", Ago(years=60)))),
        ),
        ("{ fact = 'family.income', at_most = 0 }", AtMost("family.income", 0)),
        ("{ fact = 'seen_at', known = true }", Known("seen_at")),
    ],
)
def test_forms_on_a_person(toml: str, condition: Condition, tmp_path: Path) -> None:
    assert read(toml, tmp_path, PERSON_TABLE) == (condition, [])


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("4", "a condition is a table"),
        ("{}", "a condition with nothing to say what is asked. Use exactly one of fact, all"),
        ("{ all = [], any = [] }", "a condition with all and any"),
        ("{ all = [] }", "needs a list of at least one condition"),
        ("{ any = { fact = 'decile', is = 1 } }", "needs a list of at least one condition"),
        ("{ all = [3] }", "a condition is a table"),
        ("{ not = { fact = 'decile' } }", "a fact with nothing to say what is asked"),
        ("{ not = { fact = 'decile', is = 1 }, at_most = 1 }", "unknown key 'at_most'"),
        ("{ all = [{ fact = 'decile', is = 1 }], at_most = 1 }", "unknown key 'at_most'"),
        ("{ fact = 'decil', at_most = 4 }", "no fact 'decil' of a family. Did you mean 'decile'?"),
        ("{ fact = 3, at_most = 4 }", "no fact 3 of a family"),
        ("{ fact = 'family.decile', at_most = 4 }", "no fact 'family.decile' of a family"),
        (
            "{ fact = 'decile', atmost = 4, is = 4 }",
            "unknown key 'atmost'. Did you mean 'at_most'?",
        ),
        ("{ fact = 'decile', at_most = 4, less_than = 9 }", "a fact with at_most and less_than"),
        (
            "{ fact = 'decile', at_least = 4, at_most = 2 }",
            "nothing is so much and so little at once",
        ),
        ("{ fact = 'decile', at_most = '4' }", "'4' is no whole number"),
        ("{ fact = 'decile', at_most = true }", "true is no whole number"),
        ("{ fact = 'decile', at_most = 1.5 }", "1.5 is no whole number"),
        ("{ fact = 'decile', at_most = 10000000000000000 }", "is no whole number of at most"),
        ("{ fact = 'share', at_most = 0.1234567 }", "is no exact number of at most 6 decimals"),
        ("{ fact = 'share', at_most = nan }", "is no exact number"),
        ("{ fact = 'share', at_most = inf }", "is no exact number"),
        ("{ fact = 'decile', is = 'first' }", "'first' is no whole number"),
        ("{ fact = 'decile', known = false }", "known can only be true. Write { not ="),
        ("{ fact = 'decile', known = 1 }", "known can only be true"),
        ("{ fact = 'decile', one_of = [] }", "needs a list of at least one value"),
        ("{ fact = 'decile', one_of = 1 }", "needs a list of at least one value"),
        ("{ fact = 'decile', one_of = [1, 1] }", "a value stands there twice"),
        ("{ fact = 'decile', one_of = [1, 'x'] }", "'x' is no whole number"),
        ("{ fact = 'share', one_of = [1] }", "one_of on type decimal"),
        ("{ fact = 'village', at_least = '1811' }", "type area has no order"),
        ("{ fact = 'village', is = '' }", "'' is no text"),
        ("{ fact = 'supported', is = 2026-01-31T00:00:00 }", "is no date"),
        ("{ fact = 'supported', at_least = {} }", "needs a value"),
        ("{ fact = 'supported', at_least = { weeks_ago = 1 } }", "unknown key 'weeks_ago'"),
        ("{ fact = 'supported', at_least = { years_ago = 151 } }", "151 is no number of years"),
        ("{ fact = 'supported', at_least = { days_ago = -1 } }", "-1 is no number of days"),
        ("{ fact = 'decile', at_least = { years_ago = 1 } }", "type integer compared with a day"),
        ("{ fact = 'decile', age_at_least = 60 }", "an age of type integer"),
        ("{ fact = 'supported', age_at_least = 200 }", "200 is no age in whole years"),
        ("{ fact = 'supported', age_under = 0.5 }", "is no age in whole years"),
        ("{ fact = 'supported', age_at_least = 60, age_under = 60 }", "nothing is so much"),
        ("{ fact = 'income', at_least = { fact = 'lin' } }", "no fact 'lin' of a family"),
        ("{ fact = 'income', at_least = { fact = 'line', time = 2 } }", "unknown key 'time'"),
        ("{ fact = 'income', at_least = { fact = 'income' } }", "a fact compared with itself"),
        (
            "{ fact = 'income', at_least = { fact = 'visited' } }",
            "type money compared with type date",
        ),
        (
            "{ fact = 'visited', at_least = { fact = 'income' } }",
            "type date compared with type money",
        ),
        (
            "{ fact = 'visited', at_least = { fact = 'village' } }",
            "type date compared with type area",
        ),
        (
            "{ fact = 'visited', at_least = { fact = 'supported', times = 2 } }",
            "a date cannot be taken times a number",
        ),
        ("{ fact = 'income', at_least = { fact = 'line', times = 'x' } }", "'x' is no positive"),
        ("{ fact = 'income', at_least = { fact = 'line', times = 0 } }", "0 is no positive"),
        ("{ fact = 'income', at_least = { fact = 'line', times = true } }", "true is no positive"),
        ("{ fact = 'income', at_least = { fact = 'line', times = [1] } }", "[1] is no positive"),
        ("{ count = { fact = 'sex', is = 'female' } }", "count without a bound"),
        (
            "{ count = { fact = 'sex', is = 'woman' }, at_least = 1 }",
            "no code 'woman'. Valid: female",
        ),
        (
            "{ count = { fact = 'sex', is = 'male' }, at_least = -1 }",
            "-1 is no whole number from 0",
        ),
        (
            "{ count = { fact = 'sex', is = 'male' }, at_least = 2, at_most = 1 }",
            "nothing is so much",
        ),
        (
            "{ count = { fact = 'sex', is = 'male' }, at_least = 2, where = {} }",
            "unknown key 'where'",
        ),
        ("{ count = { fact = 'decile', is = 1 }, at_least = 1 }", "no fact 'decile' of a person"),
        (
            "{ count = { count = { fact = 'sex', is = 'male' }, at_least = 1 }, at_least = 1 }",
            "count in a condition on a person. Only a family has members",
        ),
        (
            "{ count = { sum = 'wage', at_least = 1 }, at_least = 1 }",
            "sum in a condition on a person",
        ),
        ("{ sum = 'wag', at_least = 1 }", "no fact 'wag' of a person. Did you mean 'wage'?"),
        ("{ sum = 'sex', at_least = 1 }", "'sex' is no number of a member"),
        ("{ sum = 'family.income', at_least = 1 }", "'family.income' is no number of a member"),
        ("{ sum = 'wage' }", "sum without a bound"),
        ("{ sum = 'wage', at_least = 1, where = { fact = 'sex' } }", "a fact with nothing to say"),
        ("{ count = { fact = 'pregnant', is = 1 }, at_least = 1 }", "1 is no true or false"),
        (
            "{ count = { fact = 'seen_at', is = 2026-01-31 }, at_least = 1 }",
            "type timestamp can only be tested with known",
        ),
    ],
)
def test_a_mistake_is_said_with_file_and_line(toml: str, said: str, tmp_path: Path) -> None:
    condition, mistakes = read(toml, tmp_path)
    assert condition is None
    assert len(mistakes) == 1, mistakes
    assert mistakes[0].startswith("rule.toml, line 2: ")
    assert said in mistakes[0]


def test_all_mistakes_are_gathered_each_on_its_line(tmp_path: Path) -> None:
    toml = """{ all = [
        { fact = 'decil', at_most = 4 },
        { fact = 'decile', at_most = 4 },
        { count = { fact = 'sex', is = 'woman' }, at_most = '3' },
    ] }"""
    _, mistakes = read(toml, tmp_path)
    assert [mistake.partition(":")[0] for mistake in mistakes] == [
        "rule.toml, line 3",
        "rule.toml, line 5",
        "rule.toml, line 5",
    ]


PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "conditions.md").read_text("utf-8")


def test_the_examples_of_the_page_on_conditions_are_read(tmp_path: Path) -> None:
    names = load_policy(load_pack("indonesia")).facts.names
    blocks = re.findall(r"^```toml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    examples = "".join(blocks).splitlines()
    assert len(examples) > 10
    for example in examples:
        assert read(example, tmp_path, names=names)[1] == [], example


def test_the_page_on_conditions_names_every_key() -> None:
    assert [key for key in (*TESTS, *AGO_KEYS) if f"`{key}`" not in PAGE] == []
