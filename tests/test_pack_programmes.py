"""The programmes of the Indonesian pack: complete, with sources and the published numbers."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from tangga.registry import load_pack
from tangga.registry.areas import load_areas
from tangga.rules.answer import NOT_KNOWN
from tangga.rules.conditions import Ago, AtMost
from tangga.rules.load import load_policy
from tangga.rules.policy import Component, Dated, ProgrammeRule

ROOT = Path(__file__).parents[1]
PACK = load_pack("indonesia")
POLICY = load_policy(PACK, cases=True)
LOCAL = ROOT / "docs" / "guides" / "example" / "local"
NOW = date(2025, 11, 1)

THERE = [
    *("pkh", "sembako", "pbi_jk", "atensi", "kube", "pena", "permakanan", "sekolah_rakyat"),
    *("yapi", "blts_kesra", "pip", "kip_kuliah", "training", "job_placement", "kur", "umi"),
    *("rst", "disaster_aid"),
]


def _on(programme: str, day: date = NOW) -> Dated[ProgrammeRule]:
    version = POLICY.programmes[programme].rule.on(day)
    assert version is not None
    return version


def _components(day: date) -> dict[str, Component]:
    return {one.id: one for one in _on("pkh", day).says.benefit.components}


def _most_decile(programme: str, day: date = NOW) -> int | None:
    """The decile up to which a programme goes."""
    for requirement in _on(programme, day).says.requires:
        condition = requirement.condition
        if isinstance(condition, AtMost) and condition.fact.endswith("decile"):
            assert isinstance(condition.bound, int)
            return condition.bound
    return None


def test_all_programmes_that_were_asked_for_are_there() -> None:
    assert sorted(POLICY.programmes) == sorted(THERE)


@pytest.mark.parametrize("programme", THERE)
def test_each_says_who_determines_and_on_what_it_rests(programme: str) -> None:
    one = POLICY.programmes[programme]
    assert one.determined_by in PACK.codes["determiner"].codes
    assert set(one.labels) == {"id", "en"}
    for version in one.rule.versions:
        assert len(version.period.basis) > 15
        assert len(version.period.source) > 15
        assert version.period.question, f"{programme} {version.period.id}: nothing open at all?"
        for requirement in version.says.requires:
            assert set(requirement.labels) == {"id", "en"}
        benefit = version.says.benefit
        assert benefit.components or benefit.amount_year or set(benefit.in_kind) == {"id", "en"}


@pytest.mark.parametrize("programme", THERE)
def test_each_has_cases_that_a_social_worker_can_read(programme: str) -> None:
    cases = [case for case in POLICY.cases if (case.of, case.id) == ("programme", programme)]
    assert len(cases) >= 3
    assert NOT_KNOWN in {case.answer for case in cases}
    assert len({case.answer for case in cases}) == 3, "one that fits, one not, one not known"
    assert all(len(case.name) > 15 for case in cases)


# --- what was published -------------------------------------------------------------------------

AMOUNTS = {
    "pregnant": 3_000_000,
    "under_six": 3_000_000,
    "primary": 900_000,
    "lower_secondary": 1_500_000,
    "upper_secondary": 2_000_000,
    "disability": 2_400_000,
    "elderly": 2_400_000,
}
QUARTERS = {3_000_000: 750, 900_000: 225, 1_500_000: 375, 2_000_000: 500, 2_400_000: 600}


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024, 2025])
def test_amounts_of_pkh_are_the_same_in_every_year(year: int) -> None:
    components = _components(date(year, 12, 1))
    found = {id_: one.amount_year for id_, one in components.items()}
    assert found.pop("human_rights_victim", None) == (10_800_000 if year >= 2024 else None)
    assert found == AMOUNTS
    for amount in found.values():
        assert amount // 4 == QUARTERS[amount] * 1000


def _from_age(component: Component) -> int:
    condition = component.who
    assert isinstance(condition, AtMost)
    assert isinstance(condition.bound, Ago)
    return condition.bound.years


def test_the_elderly_of_pkh_by_period() -> None:
    found = {
        year: (_from_age(one), one.most)
        for year in (2021, 2022, 2023, 2024, 2025)
        for one in [_components(date(year, 12, 1))["elderly"]]
    }
    assert found == {2021: (60, 1), 2022: (70, 1), 2023: (60, 4), 2024: (60, 4), 2025: (60, 4)}


def test_how_pkh_counts_since_2023() -> None:
    for year in (2023, 2025):
        benefit = _on("pkh", date(year, 12, 1)).says.benefit
        assert (benefit.most_members, benefit.most_children, benefit.payments) == (4, 3, 4)
        order = sorted(benefit.components, key=lambda one: one.priority)
        assert [one.id for one in order if one.id != "human_rights_victim"] == [
            *("under_six", "primary", "lower_secondary", "upper_secondary"),
            *("disability", "elderly", "pregnant"),
        ]
        most = {one.id: one.most for one in benefit.components}
        assert (most["under_six"], most["pregnant"]) == (2, 2)
        assert (most["disability"], most["elderly"]) == (4, 4)


def test_deciles_as_published() -> None:
    found = {id_: _most_decile(id_) for id_ in THERE}
    assert {id_: most for id_, most in found.items() if most is not None} == {
        "pkh": 4,
        "sembako": 5,
        "pbi_jk": 5,
        "atensi": 5,
        "blts_kesra": 4,
        "permakanan": 5,
        "sekolah_rakyat": 2,
        "rst": 4,
    }


def test_who_keeps_a_component_whatever_the_clock_says() -> None:
    keep = {id_ for id_, one in _components(NOW).items() if not one.ends_by_clock}
    assert keep == {"disability", "elderly", "human_rights_victim"}


def test_other_amounts_as_published() -> None:
    flat = {id_: _on(id_).says.benefit.amount_year for id_ in ("sembako", "blts_kesra", "yapi")}
    assert flat == {"sembako": 2_400_000, "blts_kesra": 3 * 300_000, "yapi": 12 * 200_000}
    in_kind = {id_: _on(id_).says.benefit.in_kind.get("id", "") for id_ in THERE}
    for id_, amount in {
        "permakanan": "Rp30.000",
        "pena": "Rp6.000.000",
        "kube": "Rp20.000.000",
        "atensi": "Rp6.300.000",
        "rst": "Rp20.000.000",
    }.items():
        assert amount in in_kind[id_]


def test_the_same_total_as_the_ministers_table() -> None:
    """8,675,797 families with Sembako only for a year, and 35,046,783 with BLTS: 2025."""
    sembako, blts = (_on(id_).says.benefit.amount_year for id_ in ("sembako", "blts_kesra"))
    assert 8_675_797 * sembako == 20_821_912_800_000
    assert 35_046_783 * blts == 31_542_104_700_000


def test_kube_is_for_five_to_twenty_heads_of_one_district() -> None:
    group = _on("kube").says.group
    assert group is not None
    assert (group.least, group.most, group.area) == (5, 20, "district")


def test_conflicts_of_the_sources_stand_as_versions_or_questions() -> None:
    assert "1-4" in _on("sembako").period.question
    ages = {version.period.id for version in POLICY.programmes["permakanan"].rule.versions}
    assert ages == {"2023", "2024", "2025"}
    assert "70" in _on("permakanan").period.question
    for age in ("20-40", "20-45", "25-45"):
        assert age in _on("pena").period.question


def test_blts_was_for_three_months() -> None:
    rule = POLICY.programmes["blts_kesra"].rule
    assert rule.on(date(2025, 9, 30)) is None
    assert rule.on(date(2025, 12, 31)) is not None
    assert rule.on(date(2026, 1, 1)) is None


def test_pkh_has_no_day_without_a_version() -> None:
    rule = POLICY.programmes["pkh"].rule
    days = (date(2021, 1, 1) + timedelta(days=n) for n in range(6 * 365))
    assert all(rule.on(day) is not None for day in days)


def test_the_package_of_watch() -> None:
    package = {id_ for id_, one in POLICY.programmes.items() if "watch" in one.packages}
    assert package == {"pip", "kip_kuliah", "training", "job_placement", "kur", "umi", "kube"}


def test_exclusions_are_rules() -> None:
    found = {
        (id_, requirement.excludes)
        for id_, one in POLICY.programmes.items()
        for version in one.rule.versions
        for requirement in version.says.requires
        if requirement.excludes
    }
    assert found == {
        *(("permakanan", "pkh"), ("permakanan", "sembako")),
        *(("umi", "kur"), ("kur", "kur"), ("rst", "rst")),
    }


# --- which Sentra serves where ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("village", "sentra"),
    [
        ("1811052001", "wyata_guna"),
        ("1805012001", "wyata_guna"),
        ("1808012001", "wyata_guna"),
        ("1803012001", "wyata_guna"),
        ("1802012001", "wyata_guna"),
        ("1807012001", "wyata_guna"),
        ("1771031001", "dharma_guna"),
        ("1701012001", "dharma_guna"),
        ("1801012001", None),
        ("3273011001", None),
    ],
)
def test_the_sentra_in_charge_is_not_the_nearest(village: str, sentra: str | None) -> None:
    found = POLICY.sentras.sentra_for(village, NOW)
    assert (found and found.id) == sentra


def test_areas_of_sentra_are_areas() -> None:
    areas = load_areas(PACK.dir).by_code
    assert all(row.area in areas and row.question for row in POLICY.sentras.rows)


# --- a district's own programme -----------------------------------------------------------------


def test_an_overlay_adds_without_copying() -> None:
    both = load_policy(PACK, [LOCAL], cases=True)
    assert set(both.programmes) - set(POLICY.programmes) == {"food_reserve"}
    assert {id_: both.programmes[id_] for id_ in THERE} == dict(POLICY.programmes)
    assert both.hash() != POLICY.hash()
    assert [path.name for path in LOCAL.rglob("*.*")] == ["food_reserve.toml"]


def test_mesujis_food_reserve_is_complete() -> None:
    version = load_policy(PACK, [LOCAL]).programmes["food_reserve"].rule.on(date(2026, 1, 31))
    assert version is not None
    assert {"rule", "places", "round", "receipt", "complaint"} <= set(version.says.about)
    places = (LOCAL.parent / "places" / "food_reserve.csv").read_text().splitlines()[1:]
    given = Counter({row.split(",")[1]: int(row.split(",")[3]) for row in places})
    assert set(given) == {f"18110{n}" for n in range(1, 8)}
    assert given.total() == 1_200
    assert "1.200" in version.says.about["places"]["id"]


def test_the_page_of_programmes_is_current() -> None:
    script = ROOT / "scripts" / "make_programmes.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
