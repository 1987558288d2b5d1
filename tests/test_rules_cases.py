"""Cases beside the rules: they are run, and one that fails says why; SQL says the same of each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from small_policy import POLICY, write_files, write_pack
from tangga.errors import BadPack
from tangga.registry import load_pack
from tangga.rules.load import load_policy
from tangga.rules.on_date import Policy

CASH, RICE = "programmes/cash.toml", "programmes/rice.toml"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The folder of a small pack."""
    return write_pack(tmp_path / "pack")


def with_case(pack: Path, file: str, case: str) -> Policy:
    """Its policy with one more case in a file."""
    write_files(pack / "policy", {file: f"{POLICY[file]}\n[[case]]\n{case}"})
    return load_policy(load_pack(pack), cases=True)


def refused(pack: Path, file: str, case: str) -> str:
    """What is said of a case that fails, or cannot be read."""
    with pytest.raises(BadPack) as raised:
        with_case(pack, file, case)
    return str(raised.value)


HOLD = [
    (CASH, """family = { decile_seen = 4 }
              expect = "fits"
              amount = 1200000"""),
    (CASH, """expect = "not_known"
              because = ["decile"]"""),
    # What is usual is taken for granted, unless the case says otherwise.
    (CASH, """family = { decile_seen = 4, receives_care = true }
              expect = "does_not_fit"
              because = ["not_care"]"""),
    (CASH, """family = { decile_seen = 4 }
              unknown = ["receives_care"]
              expect = "not_known"
              because = ["not_care"]"""),
    (CASH, """family = { decile_seen = 9, receives_care = true }
              expect = "does_not_fit"
              because = ["not_care", "decile"]"""),
    # Facts are worked out from what is given, or taken as given.
    (RICE, """members = [{ birth_date = 2015-01-01 }]
              expect = "fits"
              amount = 900000"""),
    (RICE, """members = [{ born = 2015-01-01 }]
              expect = "fits"
              amount = 900000"""),
    (RICE, """members = [{ birth_year = 2007 }]
              expect = "not_known" """),
    (RICE, """members = [{ born = { from = 2007-01-01, to = 2007-12-31 } }]
              expect = "not_known" """),
    (RICE, """members = [{ born = { from = 2009-01-01 } }]
              expect = "fits" """),
    (RICE, """family = { children = 0 }
              members = [{ born = 2015-01-01 }]
              expect = "does_not_fit"
              because = ["children"]"""),
    (RICE, """members = [{ born = 2015-01-01, status = "dead" }]
              expect = "does_not_fit" """),
    ("ladder.toml", """move = "up"
                       family = { rung = "protection" }
                       expect = "not_known" """),
    ("ladder.toml", """move = "care"
                       members = [{ sex = "male" }]
                       person = 1
                       expect = "not_due" """),
    ("signals.toml", """signal = "death"
                        members = [{ born = 2015-01-01 }]
                        expect = "does_not_show" """),
    ("signals.toml", """signal = "reported"
                        members = [{ sex = "male" }, { status = "dead" }]
                        person = 2
                        expect = "shows" """),
    ("facts.toml", """members = [{ birth_year = 2007 }]
                      expect = { children = { to = 1, from = 0 } }"""),
    ("facts.toml", """members = [{ birth_year = 2007 }]
                      not_known = ["decile_seen"]"""),
    ("facts.toml", """members = [{ birth_date = 2007-01-02 }]
                      person = 1
                      expect = { born = 2007-01-02 }
                      not_known = ["wage"]"""),
]  # fmt: skip


@pytest.mark.parametrize(("file", "case"), HOLD)
def test_a_case_that_holds(pack: Path, file: str, case: str) -> None:
    policy = with_case(pack, file, f'name = "A case"\non = 2025-07-01\n{case}\n')
    assert len(policy.cases) == 8


FAIL = [
    (CASH, 'family = { decile_seen = 5 }\nexpect = "fits"',
     "expected fits, found does_not_fit: [decile] Decile 1 to 4: not met. Decile: 5 (asked: at "),
    (CASH, 'family = { decile_seen = 4 }\nexpect = "does_not_fit"',
     "expected does_not_fit, found fits: every requirement is met"),
    (CASH, 'expect = "fits"', "expected fits, found not_known: [decile] Decile 1 to 4: not known"),
    (CASH, 'family = { decile_seen = 9 }\nexpect = "does_not_fit"\nbecause = ["not_care"]',
     "expected does_not_fit because of not_care; found decile: [decile]"),
    (CASH, 'family = { decile_seen = 1 }\nexpect = "fits"\namount = 5',
     "expected an amount of 5, found 1200000"),
    ("ladder.toml", 'move = "up"\nfamily = { rung = "watch" }\nexpect = "due"',
     "expected due, found not_due: the move does not start from that rung"),
    ("ladder.toml", 'move = "up"\nmembers = [{}]\nperson = 1\nexpect = "due"',
     "'up' is about a family"),
    ("ladder.toml", 'move = "care"\nmembers = [{}]\nexpect = "due"',
     "'care' is about a person: person = 1 says which member"),
    ("ladder.toml", 'move = "care"\nmembers = [{ status = "dead" }]\nperson = 1\nexpect = "due"',
     "member 1 is dead, and no longer one"),
    ("facts.toml", """members = [{ birth_year = 2007 }]
                      expect = { children = 1 }
                      not_known = ["receives_cash"]""",
     "expected children = 1, found 0 to 1; receives_cash = not known, found false"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "case", "words"), FAIL)
def test_a_case_that_fails_says_why(pack: Path, file: str, case: str, words: str) -> None:
    said = refused(pack, file, f'name = "A case"\non = 2025-07-01\n{case}\n')
    line = POLICY[file].count("\n") + 2
    assert f"policy/{file}, line {line}: case 'A case': {words}" in said


@pytest.mark.parametrize("on", ["0001-01-01", "0999-12-31", "9999-12-31"])
def test_a_day_before_or_after_every_day_that_a_rule_compares_with_is_refused(
    pack: Path, on: str
) -> None:
    said = refused(
        pack,
        "ladder.toml",
        f'name = "A"\non = {on}\nmove = "care"\nmembers = [{{}}]\nperson = 1\nexpect = "due"\n',
    )
    assert f"on = {on} lies too far from today" in said


def test_a_day_without_a_version_fails(pack: Path) -> None:
    said = refused(pack, RICE, 'name = "Late"\non = 2026-07-01\nexpect = "fits"\n')
    assert "case 'Late': 'rice' has no version on 2026-07-01" in said


UNREADABLE = [
    ('on = 2025-07-01\nexpect = "fits"', 0, "case lacks name"),
    ('name = "x"\nexpect = "fits"', 0, "case lacks on"),
    ('name = "x"\non = 2025-07-01', 0, "case lacks expect"),
    ('name = "x"\non = 2025-07-01\nexpect = "fit"', 3, "expect cannot be 'fit'. Did you mean"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nmember = []', 4, "unknown key 'member'"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nfamily = { decile = 2 }', 4,
     "no fact 'decile' of a family. Did you mean 'decile_seen'?"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nfamily = { decile_seen = "2" }', 4, "'2' is"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nfamily = { children = { form = 1 } }', 4,
     "unknown key 'form'"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nfamily = { children = { from = 3, to = 1 } }',
     4, "a range from 3 to 1 is empty"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nmembers = [\n{ sex = "man" },\n]', 5,
     "no code 'man'"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nmembers = 2', 4, "members must be a list"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nmembers = [{}]\nperson = 2', 5,
     "person = 2, and there are 1 members"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nunknown = ["decile"]', 4,
     "unknown cannot hold 'decile'"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\nbecause = ["decile"]', 4,
     "because is for what keeps somebody out, or is not known"),
    ('name = "x"\non = 2025-07-01\nexpect = "fits"\namount = 1.5', 4, "must be a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "below", "words"), UNREADABLE)
def test_a_case_that_cannot_be_read(pack: Path, case: str, below: int, words: str) -> None:
    said = refused(pack, CASH, case)
    line = POLICY[CASH].count("\n") + 2 + below
    assert f"policy/{CASH}, line {line}: " in said
    assert words in said


def test_cases_of_other_files_name_their_rule(pack: Path) -> None:
    case = 'name = "x"\non = 2025-07-01\nexpect = "due"\n'
    assert "case lacks move" in refused(pack, "ladder.toml", case)
    assert "move cannot be 'upp'. Did you mean 'up'?" in refused(
        pack, "ladder.toml", f'{case}move = "upp"'
    )
    for nothing in ("", "expect = {}\n"):
        said = refused(pack, "facts.toml", f'name = "x"\non = 2025-07-01\n{nothing}')
        assert "case expects nothing" in said


def test_a_run_does_not_run_the_cases(pack: Path) -> None:
    case = 'name = "x"\non = 2025-07-01\nfamily = { decile_seen = 9 }\nexpect = "fits"'
    assert "1 mistake" in refused(pack, CASH, case)
    assert len(load_policy(load_pack(pack)).cases) == 8
    assert load_policy(load_pack(pack)).cases[0].on == date(2025, 7, 1)


def test_a_pack_in_another_language_names_what_decides(pack: Path) -> None:
    for path in [*pack.rglob("*.toml"), *pack.rglob("*.csv")]:
        path.write_text(path.read_text().replace("_en", "_pt").replace("_id", "_tet"))
    toml = pack / "pack.toml"
    toml.write_text(toml.read_text().replace('"id", "en"', '"tet", "pt"'))
    path = pack / "policy" / CASH
    path.write_text(path.read_text().replace("decile_seen = 2", "decile_seen = 7"))
    with pytest.raises(BadPack) as raised:
        load_policy(load_pack(pack), cases=True)
    assert "expected fits, found does_not_fit: decile" in str(raised.value)
