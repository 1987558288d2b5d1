"""A scenario is read strictly, and edits the policy as an office would have to write it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tangga.engine.simulate.edits import edited
from tangga.engine.simulate.scenario_file import read_scenario
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import UserError
from tangga.registry.load import load_pack
from tangga.rules.conditions import AtLeast, AtMost
from tangga.rules.on_date import OnDate
from village import write_village

DAY = date(2026, 1, 31)
HEAD = 'name = "uji"\ntitle_id = "Uji"\ntitle_en = "Test"\nbasis = "uji"\n'


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return load_workspace(write_village(tmp_path_factory.mktemp("village")))


def written(folder: Path, text: str) -> Path:
    file = folder / "uji.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    return file


def under(workspace: Workspace, folder: Path, text: str, day: date = DAY) -> OnDate:
    read = read_scenario(written(folder, text), workspace)
    return edited(read.policy, read.scenario, DAY).on(day)


TWICE = """[[coverage]]
programme = "pkh"
places = 1
[[coverage]]
programme = "pkh"
area = "1811"
places = 2"""
WRONG = [
    ("cutof = 4", "unknown key 'cutof'. Did you mean \"cutoffs\"?"),
    ("[cutoffs]\nsembakko = 4", "no rule of a programme 'sembakko' on 2026-01-31. Did you mean"),
    ("[cutoffs]\nsembako = 11", "sembako must be at most 10"),
    ("[cutoffs]\ntraining = 4", "no requirement of training is a decile alone"),
    ('[cutoffs]\nsembako = "4"', "sembako needs a decile, or"),
    (
        '[cutoffs.sembako]\nrequirement = "desil"\nif = { fact = "decile", at_most = 3 }',
        "requirement cannot be 'desil'. Did you mean 'decile'?",
    ),
    (
        '[cutoffs.sembako]\nrequirement = "decile"\nif = { fact = "decille", at_most = 3 }',
        "Did you mean 'decile'",
    ),
    ("[amounts]\npkh = 100", "pkh gives no one amount to all. Write [amounts.pkh]"),
    ("[amounts.pkh]\nelderli = 100", "unknown key 'elderli'. Did you mean 'elderly'?"),
    ("[amounts.pkh]\ntimes = 1.1\nelderly = 1", "times stands beside amounts"),
    ("[amounts.kur]\ntimes = 2", "kur pays no money"),
    ("[amounts]\npkhh = 1", "Did you mean 'pkh'?"),
    ("[cap]\nmonth = 60", "unknown key 'month'. Did you mean 'months'?"),
    ("[counting]\nbuffer = 2", "unknown key 'buffer'"),
    ('[counting]\nprogrammes = ["pkhh"]', "programmes cannot hold 'pkhh'. Did you mean 'pkh'?"),
    ("[counting]\nstarts_on = 2025-07-01", "starts_on decides nothing"),
    ("[counting]\ncohorts = 4", "cohorts decides nothing"),
    ("[buffer]\nfactor = 2", "buffer lacks times"),
    ('[[coverage]]\nprogramme = "pkh"', "coverage needs places or share, one of the two"),
    ('[[coverage]]\nprogramme = "pkh"\nshare = 1.5', "share is 1.5"),
    ('[[coverage]]\nprogramme = "pkh"\nplaces = -1', "places must be at least 0"),
    (
        '[[coverage]]\nprogramme = "pkh"\narea = "99"\nplaces = 1',
        "no area has the code '99'",
    ),
    (
        TWICE,
        "area '1811' and area '' of pkh overlap",
    ),
    ('[[budget]]\nprogramme = "kur"\namount = 1', "kur pays no money: no budget can limit it"),
    ('[[budget]]\nprogramme = "pkh"\namount = -1', "amount must be at least 0"),
    ('[[budget]]\nprogramme = "pkh"\nyear = 2030\namount = 1', "year = 2030"),
    ('[welfare]\nfrom = "fact"\nfact = "incom"', "'incom' is no number of a family"),
    ('[welfare]\nfrom = "file"\nfile = "no.csv"', "no such file beside the scenario: 'no.csv'"),
    (
        '[[check]]\nmeasure = "costs"\nat_most = 1',
        "cannot be 'costs'. Did you mean 'cost'?",
    ),
    ('[[check]]\nmeasure = "cost"', "check needs at_most or at_least"),
    ('[[check]]\nmeasure = "cost"\nat_most = true', "at_most must be a number, not true"),
    ('policy = ["nowhere"]', "no such folder beside the scenario: 'nowhere'"),
    ('policy = "nowhere"', "policy must be a list"),
    ("months = 1000", "months must be at most 240"),
    ("= 3", "not readable as TOML"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said for _, said in WRONG])
def test_a_mistake_is_told_with_its_line(
    workspace: Workspace, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(UserError) as caught:
        read_scenario(written(tmp_path, text), workspace)
    message = caught.value.sentence()
    assert said.replace('"', "'") in message
    assert "uji.toml" in message or "nowhere" in message
    first, last = HEAD.count("\n") + 1, HEAD.count("\n") + 1 + text.count("\n")
    lines = [f"line {n}" for n in range(first, last + 1)]
    assert any(line in message for line in lines), message


def test_all_mistakes_come_in_one_go(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has 3 mistakes"):
        read_scenario(
            written(tmp_path, "cutof = 4\n[cap]\nmonth = 1\n[buffer]\ntimes = -1\n"), workspace
        )


def test_a_scenario_that_is_not_there(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_scenario(tmp_path / "no.toml", workspace)


def test_a_title_and_a_basis_are_asked_for(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "uji.toml"
    file.write_text('name = "uji"\n')
    with pytest.raises(UserError) as caught:
        read_scenario(file, workspace)
    assert "lacks title_id and title_en" in str(caught.value)
    assert "lacks basis" in str(caught.value)


def test_cutoffs_and_amounts(workspace: Workspace, tmp_path: Path) -> None:
    text = "[cutoffs]\nsembako = 3\npbi_jk = 4\n[amounts]\nsembako = 3_000_000\n"
    today = under(workspace, tmp_path, text + "[amounts.pkh]\ntimes = 1.1\n")
    (asked,) = today.programmes["sembako"][1].says.requires
    assert asked.condition == AtMost("decile", 3)
    assert today.programmes["sembako"][1].says.benefit.amount_year == 3_000_000
    assert today.programmes["sembako"][1].period.basis == "uji"
    assert AtMost("family.decile", 4) in [
        one.condition for one in today.programmes["pbi_jk"][1].says.requires
    ]
    for old, new in zip(
        workspace.today.programmes["pkh"][1].says.benefit.components,
        today.programmes["pkh"][1].says.benefit.components,
        strict=True,
    ):
        assert new == replace(old, amount_year=old.amount_year * 11 // 10)


def test_earlier_days_stay_as_they_were(workspace: Workspace, tmp_path: Path) -> None:
    before = date(2025, 1, 31)
    today = under(workspace, tmp_path, "[cutoffs]\nsembako = 1\n", before)
    kept = workspace.rulebook.on(before).programmes["sembako"][1]
    assert today.programmes["sembako"][1] == kept


@pytest.mark.parametrize(
    ("text", "day", "months", "status"),
    [
        ("in_force = true", DAY, 60, "in_force"),
        ("months = 48\nplanning_from = 40", DAY, 48, "announced"),
        ("in_force = true\nfrom = 2026-06-01", DAY, 60, "announced"),
        ("in_force = true\nfrom = 2026-06-01", date(2026, 6, 1), 60, "in_force"),
        ("in_force = true\nfrom = 2025-01-01", date(2025, 2, 1), 60, "in_force"),
    ],
)
def test_the_cap(
    workspace: Workspace, tmp_path: Path, text: str, day: date, months: int, status: str
) -> None:
    cap = under(workspace, tmp_path, f"[cap]\n{text}\n", day).cap
    assert cap is not None
    assert (cap.says["months"], cap.period.status) == (months, status)


def test_a_cap_that_is_planned_for_too_late(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="planning_from 48 is after the cap at 12"):
        under(workspace, tmp_path, "[cap]\nmonths = 12\n")


def test_counting_and_buffer(workspace: Workspace, tmp_path: Path) -> None:
    text = '[counting]\nprogrammes = ["pkh"]\nage_to = 65\n[buffer]\ntimes = 1.5\n'
    clock = under(workspace, tmp_path, text).clock.says
    assert clock["programmes"] == ("pkh",) and clock["age_to"] == 65
    assert clock["buffer"] == Decimal("1.5")
    kept = workspace.today.clock.says
    assert clock["cohorts"] == kept["cohorts"]


def test_moves_that_rest_on_the_cap_ask_for_its_months(
    workspace: Workspace, tmp_path: Path
) -> None:
    today = under(workspace, tmp_path, "[cap]\nmonths = 36\nplanning_from = 24\n")
    for (move, now), (_, was) in zip(today.moves, workspace.today.moves, strict=True):
        asked = [[one.condition for one in rule.says.requires] for rule in (was, now)]
        months = [
            c.bound for c in asked[1] if c in [AtLeast("months_protected", n) for n in (36, 24)]
        ]
        assert len(months) == int(move.under_cap), move.id
        assert move.under_cap or asked[0] == asked[1]


def test_ages_that_cannot_be(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="age_from 70 is not below age_to 60"):
        under(workspace, tmp_path, "[counting]\nage_from = 70\n")


def test_a_folder_of_policy(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "lain" / "programmes"
    folder.mkdir(parents=True)
    (folder / "sembako.toml").write_text(
        'id = "sembako"\n[[version]]\nid = "x"\nvalid_from = 2026-01-01\nsupersedes = "2025"\n'
        'basis = "uji"\nsource = "uji"\n[[version.requires]]\nid = "decile"\nlabel_id = "a"\n'
        'label_en = "a"\nif = { fact = "decile", at_most = 2 }\n[version.benefit]\n'
        "amount_year = 1\n"
    )
    today = under(workspace, tmp_path, 'policy = ["lain"]\n[amounts]\nsembako = 7\n')
    says = today.programmes["sembako"][1].says
    assert says.requires[0].condition == AtMost("decile", 2)
    assert says.benefit.amount_year == 7


EXAMPLES = sorted((load_pack("indonesia").dir / "scenarios").glob("*.toml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_the_examples_can_be_read(workspace: Workspace, file: Path) -> None:
    read = read_scenario(file, workspace)
    assert read.scenario.name == file.stem
    assert edited(read.policy, read.scenario, DAY).on(DAY)
