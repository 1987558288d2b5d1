"""Loading a policy: what is read, and every way in which it is refused, with file and line."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from small_policy import POLICY, write_files, write_pack
from tangga.errors import BadPack
from tangga.registry import Pack, load_pack
from tangga.registry.mistakes import Mistakes
from tangga.rules import setting_kinds
from tangga.rules.conditions import Ago, AnyOf, AtLeast, Count, Is, MoreThan, Not
from tangga.rules.load import load_policy
from tangga.rules.on_date import Policy, PolicyGap
from tangga.rules.policy import GroupRule
from tangga.rules.settings_files import SETTINGS_KEYS
from tangga.rules.toml_file import read_toml

DAY = date(2025, 7, 1)
PACKS = Path(__file__).parents[1] / "src" / "tangga" / "packs"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The folder of a small pack."""
    return write_pack(tmp_path / "pack")


def policy_of(pack: Path) -> Policy:
    """Its policy, cases and all."""
    return load_policy(load_pack(pack), cases=True)


def refused(pack: Path) -> str:
    """What is said of a policy that is refused."""
    with pytest.raises(BadPack) as raised:
        policy_of(pack)
    return str(raised.value)


# --- what is read -----------------------------------------------------------------------------


def test_one_of_each_thing(pack: Path) -> None:
    today = policy_of(pack).on(DAY)
    assert list(today.programmes) == ["cash", "rice"]
    cash, version = today.programmes["cash"]
    assert (cash.unit, cash.focus, cash.determined_by, cash.area) == (
        *("family", "protection", "ministry"),
        "regency",
    )
    assert cash.labels == {"id": "cash (id)", "en": "cash (en)"}
    assert version.period.place is not None
    assert version.period.place.line == 6
    assert version.says.waiting == ("decile", "since", "draw")
    assert [r.id for r in version.says.requires] == ["decile", "not_care"]
    excluded = version.says.requires[1]
    assert excluded.condition == Not(Is("receives_care", True))
    assert (excluded.excludes, excluded.labels["en"]) == ("care", "Does not receive care (en)")
    assert [m.id for m, _ in today.moves] == ["up", "care"]
    assert today.moves[0][0].do == {"id": "Catat", "en": "Record it"}
    assert [(s.reason, v.says.deadline_days) for s, v in today.signals] == [("died", 14)] * 2
    assert [c.id for c, _ in today.choices] == ["woman"]
    assert today.classes.says["class"][0]["deciles"] == (1, 2)
    assert today.gaps == ()


def test_a_programme_with_components(pack: Path) -> None:
    programme, version = policy_of(pack).on(DAY).programmes["rice"]
    benefit = version.says.benefit
    assert programme.packages == ("watch",)
    assert version.says.about == {"note": {"id": "Catatan", "en": "A note"}}
    assert version.says.group == GroupRule(5, 20, "district")
    assert (benefit.most_members, benefit.most_children, benefit.ties) == (2, 1, "born")
    assert [
        (c.id, c.amount_year, c.child, c.most, c.ends_by_clock) for c in benefit.components
    ] == [
        ("pupil", 900000, True, 1, True),
        ("elderly", 2400000, False, None, False),
    ]
    whos = tuple(c.who for c in benefit.components)
    added = version.says.requires[-1]
    assert (added.id, added.condition) == ("component", Count(AnyOf(whos), low=1))


def test_one_component_asks_for_it_alone_and_a_person_is_no_member(pack: Path) -> None:
    first = POLICY[RICE_TOML].index('[[version.benefit.component]]\nid = "elderly"')
    text = POLICY[RICE_TOML][:first]
    rice = write_files(pack / "policy", {RICE_TOML: text}) / RICE_TOML
    child = MoreThan("born", Ago(years=18))
    requires = policy_of(pack).on(DAY).programmes["rice"][1].says.requires
    assert requires[-1].condition == Count(child, low=1)
    text = text.replace('unit = "family"', 'unit = "person"')
    text = text.replace('fact = "children"', 'fact = "family.children"')
    rice.write_text(text)
    requires = policy_of(pack).on(DAY).programmes["rice"][1].says.requires
    assert (requires[-1].id, requires[-1].condition) == ("component", child)
    rice.write_text(text.replace('id = "children"', 'id = "component"'))
    requires = policy_of(pack).on(DAY).programmes["rice"][1].says.requires
    assert [(r.id, r.condition) for r in requires] == [("component", AtLeast("family.children", 1))]


def test_a_person_can_be_kept_out_by_what_the_family_receives(pack: Path) -> None:
    text = POLICY["programmes/cash.toml"].replace('"family"', '"person"')
    text = text.replace('fact = "decile_seen"', 'fact = "family.decile_seen"')
    text = text.replace('programme = "care"', 'programme = "care"\nof = "family"\nid = "no_care"')
    text = text[: text.index("[[case]]")]
    write_files(pack / "policy", {"programmes/cash.toml": text})
    excluded = policy_of(pack).on(DAY).programmes["cash"][1].says.requires[1]
    assert (excluded.id, excluded.condition) == ("no_care", Not(Is("family.receives_care", True)))


def test_labels_of_its_own_go_before_those_of_the_code_list(pack: Path) -> None:
    path = pack / "policy" / "programmes" / "cash.toml"
    path.write_text('label_id = "Uang"\n' + POLICY["programmes/cash.toml"])
    cash = policy_of(pack).programmes["cash"]
    assert cash.labels == {"id": "Uang", "en": "cash (en)"}


@pytest.mark.parametrize("where", ["", "policy"])
def test_a_pack_without_policy_decides_nothing(pack: Path, where: str) -> None:
    """A pack without the folder, and one whose folder is empty."""
    for path in sorted((pack / "policy").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    if not where:
        (pack / "policy").rmdir()
    policy = policy_of(pack)
    today = policy.on(DAY)
    assert (dict(today.programmes), today.moves, today.cap, today.gaps) == ({}, (), None, ())
    assert not today.cap_in_force
    assert policy.versions == ()
    with pytest.raises(PolicyGap, match="the policy has no clock"):
        _ = today.clock
    with pytest.raises(PolicyGap, match="no notice"):
        _ = today.notice


def test_a_pack_of_another_country_without_policy() -> None:
    """No table of families even."""
    policy = load_policy(load_pack(Path(__file__).parent / "packs" / "febrl"), cases=True)
    assert policy.on(DAY).programmes == {}


def test_the_hash_covers_every_file(pack: Path) -> None:
    policy = policy_of(pack)
    assert policy.hash() == policy_of(pack).hash()
    assert len(policy.files) == len(POLICY)
    (pack / "policy" / "sentra.csv").write_text(POLICY["sentra.csv"] + "\n")
    assert policy_of(pack).hash() != policy.hash()
    (pack / "policy" / "README.md").write_text("What this is\n")
    assert "README.md" in [f.name for f in policy_of(pack).files]


# --- what holds on a day ----------------------------------------------------------------------


def test_a_day_outside_every_version_is_a_gap(pack: Path) -> None:
    today = policy_of(pack).on(date(2026, 1, 1))
    assert list(today.programmes) == ["cash"]
    (gap,) = today.gaps
    assert gap.sentence() == (
        "programme 'rice' has no version on 2026-01-01; "
        "there are: '2024' (2024-01-01 to 2026-01-01)"
    )


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2019, 12, 31), "no version of facts is in force on 2019-12-31: there are '1' (from"),
        (date(2023, 12, 31), "no version of ladder is in force on 2023-12-31: there are '1' (from"),
    ],
)
def test_nothing_is_decided_without_facts_or_ladder(pack: Path, day: date, words: str) -> None:
    """The nearest version is never taken in their place."""
    with pytest.raises(PolicyGap) as raised:
        policy_of(pack).on(day)
    assert words in str(raised.value)


def test_nor_without_settings(pack: Path) -> None:
    (pack / "policy" / "ladder.toml").unlink()
    with pytest.raises(PolicyGap, match=r"no version of classes is in force on 2023-12-31"):
        policy_of(pack).on(date(2023, 12, 31))


def test_what_is_only_announced_is_not_in_force(pack: Path) -> None:
    text = POLICY["classes.toml"].replace('source = "A page"', 'source = "A"\nstatus = "announced"')
    write_files(pack / "policy", {"classes.toml": text})
    with pytest.raises(PolicyGap, match="the version of that day is only announced"):
        policy_of(pack).on(DAY)


# --- plain settings ---------------------------------------------------------------------------

KINDS = {
    "days": setting_kinds.whole(low=1),
    "buffer": setting_kinds.number(),
    "flag": setting_kinds.flag(default=False),
    "since": setting_kinds.day(),
    "column": setting_kinds.text(),
    "way": setting_kinds.one_of("this", "that"),
    "ways": setting_kinds.several_of("this", "that"),
    "sex": setting_kinds.code("sex"),
    "rungs": setting_kinds.codes("rung"),
    "office": setting_kinds.words(),
    "who": setting_kinds.condition("person"),
    "numbers": setting_kinds.wholes(low=1, default=()),
}
CLOCK = """[[version]]
id = "1"
valid_from = 2024-01-01
basis = "A law"
source = "A page"
days = 14
buffer = 1.2
since = 2025-03-19
column = "x"
way = "this"
ways = ["that"]
sex = "male"
rungs = ["watch"]
office_id = "Dinas"
office_en = "Office"
who = { fact = "sex", is = "male" }

[[cap]]
id = "announced"
valid_from = 2025-03-19
status = "announced"
basis = "A speech"
source = "A page"
months = 60
"""


@pytest.fixture
def clock(pack: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pack with a clock of one key of each kind, and a cap."""
    monkeypatch.setitem(SETTINGS_KEYS, "clock", KINDS)
    monkeypatch.setitem(SETTINGS_KEYS, "cap", {"months": setting_kinds.whole(low=1)})
    write_files(pack / "policy", {"clock.toml": CLOCK})
    return pack


def test_settings_of_every_kind(clock: Path) -> None:
    today = policy_of(clock).on(DAY)
    says = today.clock.says
    assert (says["days"], says["buffer"], says["flag"]) == (14, Decimal("1.2"), False)
    assert (says["since"], says["column"], says["way"]) == (date(2025, 3, 19), "x", "this")
    assert (says["ways"], says["sex"], says["rungs"]) == (("that",), "male", ("watch",))
    assert says["office"] == {"id": "Dinas", "en": "Office"}
    assert (says["who"], says["numbers"]) == (Is("sex", "male"), ())


def test_the_cap_is_a_rule_of_its_own(clock: Path) -> None:
    policy = policy_of(clock)
    assert not policy.on(DAY).cap_in_force
    cap = policy.on(DAY).cap
    assert cap is not None
    assert cap.says["months"] == 60
    before = policy.on(date(2025, 1, 1))
    assert before.cap is None
    assert [(gap.sort, gap.id) for gap in before.gaps] == [("settings", "cap")]
    text = CLOCK.replace('status = "announced"\n', "")
    write_files(clock / "policy", {"clock.toml": text})
    assert policy_of(clock).on(DAY).cap_in_force


BAD_SETTINGS = [
    ("days = 14\n", "", 1, "version '1' lacks days"),
    ("days = 14", "days = 0", 6, "days must be at least 1, not 0"),
    ("days = 14", "days = 1.5", 6, "days must be a whole number, not 1.5"),
    ("days = 14", "days = true", 6, "days must be a whole number, not true"),
    ("buffer = 1.2", 'buffer = "a"', 7, "buffer must be a number, not 'a'"),
    ("buffer = 1.2", "buffer = true", 7, "buffer must be a number, not true"),
    ("buffer = 1.2", 'buffer = "-1"', 7, "buffer must be from 0 to 1000000000000000, with at m"),
    ("buffer = 1.2", "buffer = inf", 7, "buffer must be from 0 to"),
    ("buffer = 1.2", "buffer = 1.2000001", 7, "buffer must be from 0 to"),
    ("buffer = 1.2", "buffer = 1e99", 7, "buffer must be from 0 to"),
    ("days = 14", "days = 10001", 6, "days must be at most 10000, not 10001"),
    ("2025-03-19\ncol", "2025-03-19T10:00:00\ncol", 8, "since must be a day such as"),
    ('column = "x"', 'column = " "', 9, "column is blank"),
    ('way = "this"', 'way = "thas"', 10, "way cannot be 'thas'. Did you mean 'this'?"),
    ('["that"]', '["that", "those"]', 11, "ways cannot hold 'those'"),
    ('["that"]', '["that", "that"]', 11, "ways holds a word twice"),
    ('"male"\nr', '"mal"\nr', 12, "sex cannot be 'mal'. Did you mean 'male'?"),
    ('["watch"]', '"watch"', 13, "rungs must be a list, not 'watch'"),
    ('["watch"]', '["wach"]', 13, "rungs cannot hold 'wach'. Did you mean 'watch'?"),
    ('office_en = "Office"\n', "", 1, "version '1' lacks office_en"),
    ('is = "male" }', 'is = "mal" }', 16, "no code 'mal'. Did you mean 'male'?"),
    ('{ fact = "sex", is = "male" }', '[]\nnumbers = ["1", 0]', 17, "numbers holds '1', which is"),
    ("months = 60", "month = 60", 24, "unknown key 'month'. Did you mean 'months'?"),
    ("[[cap]]", "[[caps]]", 18, "unknown key 'caps'. Did you mean 'cap'?"),
    ("[[cap]]", "[cap]", 18, "cap must be a list, not {"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD_SETTINGS)
def test_settings_are_refused(clock: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in CLOCK
    write_files(clock / "policy", {"clock.toml": CLOCK.replace(old, new, 1)})
    said = refused(clock)
    assert f"policy/clock.toml, line {line}: {words}" in said


# --- every refusal ----------------------------------------------------------------------------

CASH_TOML, RICE_TOML = "programmes/cash.toml", "programmes/rice.toml"
HEADER = 'id = "2026"\nvalid_from = DAY\nbasis = "A law"\nsource = "A page"\n'
REQUIRES = '[[version.requires]]\nid = "x"\nlabel_id = "X"\nlabel_en = "X"\n'
DECILE = '{ fact = "decile_seen", at_most = 5 }'
SECOND = f"[[version]]\n{HEADER}{REQUIRES}if = {DECILE}\n\n[[case]]"
# (file, what to replace, by what, line of the mistake or None, words of the message)
CONSUMPTION = """[[consumption]]
id = "1"
valid_from = 2024-01-01
basis = "A law"
source = "A page"
[[consumption.class]]
id = "low"
label_id = "Rendah"
label_en = "Low"
from = 0
below = 1
[[consumption.class]]
id = "high"
label_id = "Tinggi"
label_en = "High"
from = 1
"""
REASON = 'reason = "died"\n'
PERSON = 'subject = "person"\n'
RANK = 'about = "rank"\npoints_to = "lower"\n'
MISTAKES = [
    # A file of policy that nobody reads is a rule that silently does not hold.
    ("0.toml", "", "x = 1\n", None, "no file of policy"),
    ("clocks.toml", "", "x = 1\n", None, "no file of policy. Did you mean 'clock.toml'?"),
    ("sentras.csv", "", "x\n", None, "no file of policy. Did you mean 'sentra.csv'?"),
    ("programmes/cash.csv", "", "x\n", None, "no file of policy"),
    ("programmes/old/cash.toml", "", "x = 1\n", None, "no file of policy"),
    (CASH_TOML, "[[version]]", "[[version]", 6, "not readable as TOML"),
    # The head of a programme.
    (CASH_TOML, 'id = "cash"\n', "", None, "lacks id"),
    (CASH_TOML, 'id = "cash"', 'id = "rice"', 1, "the file is named 'cash': its id must be"),
    (CASH_TOML, 'id = "cash"', 'id = "case"', 1, "id cannot be 'case'. Did you mean 'cash'?"),
    (CASH_TOML, 'id = "cash"', 'id = "Cash"', 1, "lower-case letters"),
    (CASH_TOML, "unit =", "unti =", 2, "unknown key 'unti'. Did you mean 'unit'?"),
    (CASH_TOML, '"family"', '"families"', 2, "unit cannot be 'families'"),
    (CASH_TOML, '"protection"', '"protecting"', 3, "focus cannot be 'protecting'"),
    (CASH_TOML, '"ministry"', '"minister"', 4, "determined_by cannot be 'minister'. Did you mean"),
    (CASH_TOML, "determined_by", 'area = "town"\ndetermined_by', 4, "area cannot be 'town'"),
    (RICE_TOML, '["watch"]', '["wach"]', 5, "packages cannot hold 'wach'"),
    (CASH_TOML, "unit", 'label_id = ""\nunit', 2, "label_id is blank"),
    # Versions.
    (CASH_TOML, "valid_from = 2025-01-01\n", "", 6, "version '2025' lacks valid_from"),
    (CASH_TOML, 'basis = "A law"\n', "", 6, "version '2025' lacks basis"),
    (CASH_TOML, '"A law"', '" "', 9, "basis is blank"),
    (CASH_TOML, 'source = "A page"\n', "", 6, "version '2025' lacks source"),
    (CASH_TOML, 'id = "2025"\n', "", 6, "version lacks id"),
    (CASH_TOML, "2025-01-01", '"2025-01-01"', 8, "valid_from must be a day such as 2026-01-31"),
    (CASH_TOML, "basis", "valid_to = 2025-01-01\nbasis", 9, "is not after valid_from"),
    (CASH_TOML, "basis", "valid_too = 2025-01-01\nbasis", 9, "Did you mean 'valid_to'?"),
    (CASH_TOML, "basis", 'status = "planned"\nbasis', 9, "status cannot be 'planned'"),
    (CASH_TOML, "basis", 'question = 3\nbasis', 9, "question must be text, not 3"),
    (CASH_TOML, '[[case]]', SECOND.replace("DAY", "2025-06-01"), 26,
     "version '2026' (from 2025-06-01) overlaps '2025' (from 2025-01-01). End the earlier"),
    (CASH_TOML, '[[case]]', SECOND.replace("DAY", "2026-06-01").replace("2026", "2025"), 26,
     "version '2025' is there already"),
    (CASH_TOML, "basis", 'supersedes = "2024"\nbasis', 6, "supersedes no version that is there"),
    (CASH_TOML, "basis", 'supersedes = "2025"\nbasis', 6, "supersedes no version that is there"),
    (CASH_TOML, '[[case]]', SECOND.replace("DAY", '2026-01-01\nsupersedes = "2052"'), 26,
     "supersedes no version that is there: '2052'. Did you mean '2025'?"),
    # Requirements.
    (CASH_TOML, 'id = "decile"\n', "", 13, "requires lacks id"),
    (CASH_TOML, 'id = "decile"', 'id = "the decile"', 14, "'the decile': names are lower-case"),
    (CASH_TOML, 'id = "decile"', 'id = "not_care"', 19, "'not_care' stands twice"),
    (CASH_TOML, 'label_en = "Decile 1 to 4"\n', "", 13, "requires 'decile' lacks label_en"),
    (CASH_TOML, "[[version.requires]]", "[[version.require]]", 13, "unknown key 'require'. Did"),
    (CASH_TOML, "if = {", "when = {", 17, "unknown key 'when'"),
    (CASH_TOML, "if = {", "when = {", 13, "requires 'decile' lacks if"),
    (CASH_TOML, '"decile_seen", at', '"decile_sene", at', 17,
     "no fact 'decile_sene' of a family. Did you mean 'decile_seen'?"),
    (CASH_TOML, "at_most = 4", "at_mots = 4", 17, "unknown key 'at_mots'"),
    (CASH_TOML, "at_most = 4", 'at_most = "4"', 17, "'4'"),
    (CASH_TOML, 'programme = "care"', 'programme = "care_home"', 20, "Did you mean 'care'?"),
    (CASH_TOML, 'programme = "care"', 'programme = "cash"\nof = "family"', 21, "unknown key 'of'"),
    (CASH_TOML, 'programme = "care"', "", 19, "excludes lacks programme"),
    # Waiting and benefit.
    (CASH_TOML, '"since"', '"sinse"', 11, "waiting cannot hold 'sinse'. Did you mean 'since'?"),
    (CASH_TOML, '"since"', '"draw"', 11, "waiting holds a word twice"),
    (CASH_TOML, "amount_year = 1200000", "amount_year = 1200000.5", 23, "must be a whole number"),
    (CASH_TOML, "amount_year = 1200000", "amount_year = -1", 23, "must be at least 0, not -1"),
    (CASH_TOML, "payments = 4", "payments = 0", 24, "payments must be at least 1, not 0"),
    (CASH_TOML, "payments = 4", "payments = 367", 24, "payments must be at most 366, not 367"),
    (CASH_TOML, "payments = 4", "payment = 4", 24, "Did you mean 'payments'?"),
    (CASH_TOML, "amount_year = 1200000", "", 24, "payments of what? No amount is given"),
    (CASH_TOML, "payments = 4", "most_members = 4", 24, "most_members is for components, and"),
    (CASH_TOML, "payments = 4", 'choose = "amount"', 24, "choose is for components, and"),
    (CASH_TOML, "payments = 4", 'in_kind_id = "Beras"', 22, "benefit lacks in_kind_en"),
    (CASH_TOML, "amount_year = 1200000\npayments = 4\n", "", 22, "[version.benefit] says nothing"),
    (RICE_TOML, "most_members = 2", "amount_year = 5", 30, "amount_year stands beside components"),
    (RICE_TOML, "most_members = 2", "most_members = 0", 30, "most_members must be at least 1"),
    (RICE_TOML, "child = true\n", "", 31, "most_children, and no component has child = true"),
    (RICE_TOML, 'ties = "born"', 'ties = "bron"', 32, "'bron' is no ordered fact of a person. Did"),
    (RICE_TOML, 'ties = "born"', 'ties = "sex"', 32, "ties = 'sex' is no ordered fact"),
    (RICE_TOML, 'id = "pupil"', 'id = "pupils"', 35, "id cannot be 'pupils'. Did you mean"),
    (RICE_TOML, 'id = "pupil"', 'id = "elderly"', 43, "'elderly' stands twice"),
    (RICE_TOML, "amount_year = 900000\n", "", 34, "component 'pupil' lacks amount_year"),
    (RICE_TOML, "amount_year = 900000", 'amount_year = "900"', 36, "must be a whole number"),
    (RICE_TOML, "priority = 1\n", "", 34, "component 'pupil' lacks priority"),
    (RICE_TOML, "child = true", "child = 1", 39, "child must be true or false, not 1"),
    (RICE_TOML, "age_under = 18", "age_under = -1", 37, "age"),
    (RICE_TOML, "note_en", "notes_en", 22, "unknown key 'notes_en'. Did you mean 'note_en'?"),
    (RICE_TOML, 'note_en = "A note"\n', "", 20, "about lacks note_en"),
    (RICE_TOML, "least = 5", "least = 30", 26, "most must be at least 30, not 20"),
    (RICE_TOML, "least = 5\n", "", 24, "group lacks least"),
    # The ladder.
    ("ladder.toml", '"protection"]', '"protect"]', 8, "from cannot hold 'protect'"),
    ("ladder.toml", '"empowerment"', '"empowered"', 9, "to cannot be 'empowered'"),
    ("ladder.toml", 'track = "rehabilitation"\n', "", 23, "'care' of a person lacks its track"),
    ("ladder.toml", "do_en", 'track = "rehabilitation"\ndo_en', 6, "a family has a rung"),
    ("ladder.toml", 'track = "', 'to = "watch"\ntrack = "', 28, "never the family's rung"),
    ("ladder.toml", "do_en", "adverse = true\nautomatic = true\ndo_en", 7, "made by a person"),
    ("ladder.toml", "do_en", 'before = "care"\ndo_en', 6, "before cannot be 'care'"),
    ("ladder.toml", 'id = "care"', 'id = "up"', 24, "'up' stands twice"),
    ("ladder.toml", "from =", "form =", 8, "Did you mean 'from'?"),
    ("ladder.toml", 'label_en = "Up"\n', "", 1, "move 'up' lacks label_en"),
    ("ladder.toml", "[[move.version.requires]]", "[[move.version.require]]", 17, "unknown key"),
    ("ladder.toml", "[[move.version.requires]]", "[[move.version.require]]", 11, "requires no"),
    ("notice.toml", "", "[[versions]]", 1, "unknown key 'versions'. Did you mean 'version'?"),
    ("notice.toml", "", "version = [1]", 1, "version must be written as [[version]]"),
    ("notice.toml", "", "version = 1", 1, "version must be a list, not 1"),
    # Signals, payee, classes, Sentra.
    ("signals.toml", '"died"', '"dead"', 8, "reason cannot be 'dead'"),
    ("signals.toml", "deadline_days = 14", "deadline_days = 0", 15, "must be at least 1"),
    ("signals.toml", "deadline_days = 14\n", "", 10, "version '1' lacks deadline_days"),
    ("payee.toml", 'fact = "sex"', 'fact = "children"', 16, "no fact 'children' of a person"),
    ("classes.toml", '"poor"', '"Poor"', 8, "'Poor': names are lower-case"),
    ("classes.toml", "[1, 2]", "[1, 0]", 11, "deciles holds 0, which is no whole number from 1"),
    ("classes.toml", "", CONSUMPTION.replace("from = 1\n", "from = 2\n"), 6, "follow one another"),
    ("classes.toml", "", CONSUMPTION.replace("from = 0\n", "from = 1.5\n"), 6, "follow one"),
    ("classes.toml", "", CONSUMPTION + "below = 3\n", 6, "the last has no `below`"),
    ("classes.toml", "", CONSUMPTION.replace("from = 0\n", ""), 6, "class 'low' lacks from"),
    # A signal about the rank.
    ("signals.toml", REASON, 'about = "rank"\n' + REASON, 9, "about rank has no reason"),
    ("signals.toml", REASON, 'about = "rank"\npoints_to = "up"\n', 9, "points_to cannot be 'up'"),
    ("signals.toml", REASON, 'about = "rank"\n', 1, "signal 'death' lacks points_to"),
    ("signals.toml", REASON, RANK, 16, "a signal about rank opens no case"),
    ("signals.toml", REASON, 'about = "ranks"\n' + REASON, 8, "about cannot be 'ranks'"),
    ("signals.toml", REASON, 'points_to = "lower"\n' + REASON, 8, "support has no points_to"),
    ("signals.toml", PERSON, PERSON + RANK, 27, "subject cannot be 'person'"),
    ("signals.toml", REASON, 'about = "rank"\nvisit = true\n', 9, "about rank has no visit"),
    ("signals.toml", PERSON, PERSON + "visit = true\n", 28, "only a family is visited"),
    # Facts.
    ("facts.toml", 'basis = "A law"\n', "", 1, "version '1' lacks basis"),
    ("facts.toml", '"born", age', '"bron", age', 13, "Did you mean 'born'?"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "words"), MISTAKES)
def test_a_mistake_is_named_with_its_place(
    pack: Path, file: str, old: str, new: str, line: int | None, words: str
) -> None:
    """Which file, which line, and what."""
    text = POLICY.get(file, "")
    assert old in text
    write_files(pack / "policy", {file: text.replace(old, new, 1)})
    said = refused(pack)
    where = f"policy/{file}" + ("" if line is None else f", line {line}")
    assert [s for s in said.splitlines() if s.strip().startswith(f"{where}: ") and words in s], said


def test_classes_by_consumption_need_not_be_there(pack: Path) -> None:
    """Before their first day, and in a policy that names none, all else is decided."""
    day = date(2025, 7, 1)
    assert load_policy(load_pack(pack)).on(day).consumption_classes is None
    later = CONSUMPTION.replace("2024-01-01", "2025-08-01")
    write_files(pack / "policy", {"classes.toml": POLICY["classes.toml"] + later})
    policy = load_policy(load_pack(pack))
    today = policy.on(day)
    assert today.consumption_classes is None
    assert [gap.id for gap in today.gaps if gap.sort == "settings"] == ["consumption"]
    found = policy.on(date(2025, 8, 1)).consumption_classes
    assert found is not None
    assert [(one["from"], one["below"]) for one in found.says["class"]] == [(0, 1), (1, None)]


def test_a_rule_without_versions_says_nothing(pack: Path) -> None:
    for file in (CASH_TOML, "facts.toml"):
        text = POLICY[file]
        start, end = text.index("[[version]]"), text.index("\n[[case]]")
        end = text.index("[person.born]") if file == "facts.toml" else end
        write_files(pack / "policy", {file: text[:start] + text[end:]})
    said = refused(pack)
    assert "policy/programmes/cash.toml: 'cash' has no [[version]]" in said
    assert "policy/facts.toml: the file has no [[version]]" in said


def test_who_is_asked_nothing_is_everybody(pack: Path) -> None:
    """A programme without any requirement is a mistake; components are one."""
    text = POLICY[CASH_TOML]
    start, end = text.index("[[version.requires]]"), text.index("[version.benefit]")
    write_files(pack / "policy", {CASH_TOML: text[:start] + text[end:]})
    assert f"policy/{CASH_TOML}, line 6: version '2025' requires nothing" in refused(pack)
    text = POLICY[RICE_TOML]
    start, end = text.index("[[version.requires]]"), text.index("[version.about]")
    write_files(pack / "policy", {CASH_TOML: POLICY[CASH_TOML]})
    write_files(pack / "policy", {RICE_TOML: text[:start] + text[end:]})
    requires = policy_of(pack).on(DAY).programmes["rice"][1].says.requires
    assert [r.id for r in requires] == ["component"]


def test_all_mistakes_are_told_together(pack: Path) -> None:
    changes = {
        CASH_TOML: POLICY[CASH_TOML].replace("basis", "base"),
        RICE_TOML: POLICY[RICE_TOML].replace("most = 20", "most = 2"),
        "ladder.toml": POLICY["ladder.toml"].replace('"female"', '"woman"'),
        "payee.toml": "label = [",
    }
    write_files(pack / "policy", changes)
    said = refused(pack)
    assert "the policy has 6 mistakes" in said
    assert all(f"policy/{name}" in said for name in changes)


def test_another_encoding_is_a_mistake(pack: Path) -> None:
    path = pack / "policy" / "ladder.toml"
    path.write_bytes("# café\n".encode("cp1252"))
    (pack / "policy" / "sentra.csv").write_bytes("café\n".encode("cp1252"))
    said = refused(pack)
    assert "policy/ladder.toml: not readable as UTF-8" in said
    assert "policy/sentra.csv: not readable as UTF-8" in said


@pytest.mark.parametrize("gone", ["programme", "component", "rung", "removal_reason"])
def test_a_pack_without_a_code_list_that_a_policy_needs(pack: Path, gone: str) -> None:
    (pack / "schema" / "codes" / f"{gone}.csv").unlink()
    schema = pack / "schema" / "family.toml"
    schema.write_text(schema.read_text().replace('"code"\ncodes = "rung"', '"text"'))
    assert f"the pack has no code list {gone!r}" in refused(pack)


# --- the line of each thing -------------------------------------------------------------------


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every path of a TOML value."""
    if path:
        yield path
    children: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        children = iter(value.items())
    elif isinstance(value, list):
        children = iter(enumerate(value))
    for key, inner in children:
        yield from _paths(inner, (*path, key))


STRANGE = '''# [[not]]
"a key" = 1 # = 2
b.c = { d = [ { e = "]" }, # } ]
  { e = \'[\', f = 1 } ] }

[[ list ]]
text = """
[no.header]
e = 1
"""
[[list]] # the second
  [list.sub."x y"]
  days = [
    2025-01-01, # a day
    2025-02-01,
  ]
[[list.inner]]
z = [[1, 2], [
  3]]
'''


def test_everything_in_a_file_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "strange.toml"
    path.write_text(STRANGE)
    file = read_toml(path, Mistakes(tmp_path))
    assert file is not None
    lines = {path: file.lines.get(path) for path in _paths(file.data)}
    unwritten = {("b",), ("list",), ("list", 1, "sub"), ("list", 1, "inner")}
    assert {p for p, line in lines.items() if line is None} == unwritten
    assert lines[("a key",)] == 2
    assert lines["b", "c", "d", 1, "f"] == 4
    assert (lines["list", 0, "text"], lines["list", 1]) == (7, 11)
    assert (lines["list", 1, "sub", "x y", "days", 1]) == 15
    assert lines["list", 1, "inner", 0, "z", 0, 1] == 18
    assert lines["list", 1, "inner", 0, "z", 1, 0] == 19
    assert file.line(("list", 0, "nothing", 3)) == 6
    assert file.top.line is None


@pytest.mark.parametrize("path", sorted(PACKS.rglob("*.toml")), ids=lambda p: p.stem)
def test_lines_of_the_shipped_files(path: Path) -> None:
    """On the line of a key stands that key."""
    file = read_toml(path, Mistakes(path.parent))
    assert file is not None
    text = file.text.splitlines()
    for where, line in file.lines.items():
        words = [part for part in where if isinstance(part, str)]
        if isinstance(where[-1], str):
            assert words[-1] in text[line - 1], (where, line)


def test_a_policy_is_not_compared_by_what_it_says(pack: Path) -> None:
    """Two readings of the same files are two policies; their hash says that they are alike."""
    one, other = policy_of(pack), policy_of(pack)
    assert one != other
    assert one.hash() == other.hash()
    assert dataclasses.is_dataclass(one)


# --- whatever stands in a file ------------------------------------------------------------------

ODD = (
    *(
        "3",
        "-1",
        '"x"',
        '""',
        "true",
        "1.5",
        "nan",
        "2025-01-01",
        "2025-01-01T00:00:00",
        "10:00:00",
    ),
    *("[]", "{}", "[1]", "[{}]", '[["a"]]', "{ fact = 1 }", "9" * 30),
)
LINES = [(file, n) for file in POLICY for n in range(POLICY[file].count("\n"))]


@pytest.fixture
def loaded(pack: Path) -> Pack:
    """The small pack, read once."""
    return load_pack(pack)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(LINES), st.sampled_from(ODD))
def test_any_file_is_read_or_refused(loaded: Pack, place: tuple[str, int], odd: str) -> None:
    """One line is given another value, or left out: never another error than BadPack."""
    file, number = place
    lines = POLICY[file].splitlines()
    key = re.match(r"\w+ = ", lines[number])
    lines[number : number + 1] = [f"{key[0]}{odd}"] if key else []
    write_files(loaded.dir / "policy", {**POLICY, file: "\n".join(lines)})
    with suppress(BadPack):
        load_policy(loaded, cases=True)
