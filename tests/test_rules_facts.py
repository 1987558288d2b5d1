"""Each fact of the Indonesian book by example, zero and not known included."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fact_rows import ADULT, BABY, BOOK, ON, PUPIL, WOMAN, Row
from tangga.rules.facts_reading import Reading, derive
from tangga.rules.values import Range, Value

READING = Reading(BOOK, ON)


def family(*members: Row, **row: Value) -> Any:
    return READING.family({"village": "1811052001", **row}, members)


def person(row: Row, *others: Row) -> Any:
    return family(row, *others).members[0]


# --- persons --------------------------------------------------------------------------------

PERSONS: list[tuple[str, Row, Row, Value]] = [
    # fact, whom, what is different, what comes out
    ("born", ADULT, {}, date(1985, 3, 1)),
    ("born", ADULT, {"birth_date": None}, None),
    ("born", ADULT, {"birth_date": None, "birth_month": 2}, None),
    (
        "born",
        ADULT,
        {"birth_date": None, "birth_year": 1966},
        Range(date(1966, 1, 1), date(1966, 12, 31)),
    ),
    (
        "born",
        ADULT,
        {"birth_date": None, "birth_year": 2024, "birth_month": 2},
        Range(date(2024, 2, 1), date(2024, 2, 29)),
    ),
    (
        "born",
        ADULT,
        {"birth_date": None, "birth_year": 1966, "birth_month": 13},
        Range(date(1966, 1, 1), date(1966, 12, 31)),
    ),
    ("born", ADULT, {"birth_date": None, "birth_year": 0}, None),
    ("adult", ADULT, {"birth_date": date(2008, 1, 31)}, True),
    ("adult", ADULT, {"birth_date": date(2008, 2, 1)}, False),
    ("adult", ADULT, {"birth_date": None, "birth_year": 2008}, None),
    ("lansia", ADULT, {"birth_date": date(1966, 1, 31)}, True),
    ("lansia", ADULT, {"birth_date": date(1966, 2, 1)}, False),
    ("lansia", ADULT, {"birth_date": None}, None),
    ("in_school", ADULT, {}, False),
    ("in_school", PUPIL, {}, True),
    ("in_school", PUPIL, {"school_status": None}, None),
    ("in_school", ADULT, {"school_status": None}, False),  # too old to be asked
    ("in_school", ADULT, {"school_status": "attending"}, False),
    ("pupil_primary", PUPIL, {}, True),
    ("pupil_primary", PUPIL, {"school_level": "islamic_primary"}, True),
    ("pupil_primary", PUPIL, {"school_level": "package_a"}, True),
    ("pupil_primary", PUPIL, {"school_level": "special_primary"}, True),
    ("pupil_primary", PUPIL, {"school_level": "lower_secondary"}, False),
    ("pupil_primary", PUPIL, {"school_level": None}, None),
    ("pupil_primary", PUPIL, {"school_status": "left"}, False),
    ("pupil_primary", ADULT, {"school_status": None}, False),
    ("pupil_lower_secondary", PUPIL, {"school_level": "islamic_lower_secondary"}, True),
    ("pupil_lower_secondary", PUPIL, {"school_level": "pesantren_lower_secondary"}, True),
    ("pupil_lower_secondary", PUPIL, {}, False),
    ("pupil_upper_secondary", PUPIL, {"school_level": "vocational_secondary"}, True),
    ("pupil_upper_secondary", PUPIL, {"school_level": "package_c"}, True),
    ("pupil_upper_secondary", PUPIL, {"school_level": "bachelor"}, False),
    ("pregnant_or_delivered", WOMAN, {"pregnant": True}, True),
    ("pregnant_or_delivered", WOMAN, {}, False),
    ("pregnant_or_delivered", WOMAN, {"pregnant": None}, None),
    ("pregnant_or_delivered", ADULT, {"pregnant": None}, False),
    ("pregnant_or_delivered", WOMAN, {"birth_date": date(1960, 1, 1), "pregnant": None}, False),
    ("pregnant_or_delivered", WOMAN, {"last_delivery_date": date(2025, 12, 20)}, True),
    ("pregnant_or_delivered", WOMAN, {"last_delivery_date": date(2025, 12, 19)}, False),
    ("disabled", ADULT, {}, False),
    ("disabled", ADULT, {"difficulty_walking": "much"}, True),
    ("disabled", ADULT, {"difficulty_seeing": "cannot"}, True),
    ("disabled", ADULT, {"difficulty_seeing": "some"}, False),
    ("disabled", ADULT, {"difficulty_seeing": None}, None),
    ("disabled", ADULT, {"difficulty_seeing": None, "disability_card": True}, True),
    ("disabled", ADULT, {"disability_flag": True}, True),
    ("disabled", ADULT, {"disability_letter": True}, True),
    ("disabled", ADULT, {"assessed_disabled": True}, True),
    ("disabled", ADULT, {"assessed_disabled": None}, None),
    ("disabled", ADULT, {"sadness": "very_often"}, False),
    ("severely_disabled", ADULT, {"disability_card": True, "disability_grade": "severe"}, True),
    ("severely_disabled", ADULT, {"disability_card": True, "assessed_grade": "severe"}, True),
    ("severely_disabled", ADULT, {"disability_card": True, "disability_grade": "light"}, False),
    ("severely_disabled", ADULT, {"disability_card": True}, None),
    ("severely_disabled", ADULT, {}, False),
    ("long_term_ill", ADULT, {"illness": "stroke"}, True),
    ("long_term_ill", ADULT, {"illness": None}, None),
    ("exempt", ADULT, {}, False),
    ("exempt", ADULT, {"birth_date": date(1950, 1, 1)}, True),
    ("exempt", ADULT, {"disability_card": True}, True),
    ("exempt", ADULT, {"birth_date": None, "exempt_claimed": True}, True),
    ("exempt", ADULT, {"birth_date": None}, None),  # ends nothing
    ("exempt", ADULT, {"exempt_claimed": None}, None),
    ("able", ADULT, {}, True),
    ("able", ADULT, {"illness": "cancer"}, False),
    ("able", ADULT, {"birth_date": date(1966, 1, 31)}, False),
    ("able", ADULT, {"birth_date": date(2008, 2, 1)}, False),
    ("able", ADULT, {"birth_date": None}, None),
    ("able", WOMAN, {"pregnant": True}, False),
    ("able", ADULT, {"birth_date": date(2005, 1, 1), "school_status": "attending"}, False),
    ("must_climb", ADULT, {}, True),
    ("must_climb", ADULT, {"birth_date": date(1968, 2, 1)}, True),
    ("must_climb", ADULT, {"birth_date": date(1968, 1, 31)}, False),  # 24 months from 60
    ("must_climb", ADULT, {"exempt_claimed": True}, False),
    ("must_climb", ADULT, {"exempt_claimed": None}, None),
    ("needs_rehabilitation", ADULT, {"need_assessed": "physical_therapy"}, True),
    ("needs_rehabilitation", ADULT, {"need_assessed": "job"}, False),
    ("needs_rehabilitation", ADULT, {}, None),
    (
        "needs_rehabilitation",
        ADULT,
        {
            "need_assessed": "psychosocial",
            "need_assessed_on": date(2025, 1, 1),
            "case_closed_on": date(2025, 6, 1),
        },
        False,
    ),
    ("seeks_empowerment", ADULT, {"need_assessed": "entrepreneurship"}, True),
    ("seeks_empowerment", ADULT, {"group_member": True}, True),
    ("seeks_empowerment", ADULT, {}, False),
    ("earner", ADULT, {}, True),
    ("earner", ADULT, {"work_position": "unpaid_family"}, False),
    ("earner", ADULT, {"worked_last_week": None}, None),
    ("earner", ADULT, {"worked_last_week": None, "has_business": True}, True),
    ("earner", BABY, {"worked_last_week": None, "has_business": None}, False),
    ("state_employed", ADULT, {}, False),
    ("state_employed", ADULT, {"state_employment": "police"}, True),
    ("state_employed", ADULT, {"work_position": "state_employee"}, True),
    ("state_employed", ADULT, {"work_position": None}, None),
    ("state_employed", ADULT, {"state_employment": "pensioner"}, False),
    ("state_pensioner", ADULT, {"state_employment": "pensioner"}, True),
    ("state_pensioner", ADULT, {}, False),
    ("orphan", PUPIL, {"orphanhood": "father_dead"}, True),
    ("orphan", PUPIL, {"orphanhood": "unknown_parents"}, None),
    ("orphan", PUPIL, {}, False),
    ("orphan", ADULT, {"orphanhood": "both_dead"}, False),
    ("held_by_rehabilitation", ADULT, {"case_open": True}, True),
    ("held_by_rehabilitation", ADULT, {}, False),
    ("human_rights_victim", ADULT, {}, False),
    ("kur", ADULT, {"kur": "not_known"}, None),
    ("reached_lower_secondary", ADULT, {}, False),
    ("reached_lower_secondary", ADULT, {"school_level": "islamic_lower_secondary"}, True),
    ("reached_lower_secondary", ADULT, {"school_level": "master"}, True),
    ("reached_lower_secondary", ADULT, {"school_level": None}, None),
    # Whoever never went has no level: that is no answer left out.
    ("reached_lower_secondary", ADULT, {"school_status": "never", "school_level": None}, False),
    ("reached_lower_secondary", ADULT, {"school_status": None}, False),
    ("reached_lower_secondary", ADULT, {"school_status": None, "school_level": "diploma"}, None),
    ("reached_upper_secondary", ADULT, {"school_level": "lower_secondary"}, False),
    ("reached_upper_secondary", ADULT, {"school_level": "vocational_secondary"}, True),
    ("reached_upper_secondary", ADULT, {"school_level": "bachelor"}, True),
    ("reached_higher", ADULT, {"school_level": "upper_secondary"}, False),
    ("reached_higher", ADULT, {"school_level": "diploma"}, True),
]


@pytest.mark.parametrize(("name", "who", "change", "expected"), PERSONS)
def test_a_person(name: str, who: Row, change: Row, expected: Value) -> None:
    assert person({**who, **change}).get(name) == expected


def test_every_derived_fact_of_a_person_has_an_example() -> None:
    told = {name for name, *_ in PERSONS} | {"sole_carer"}
    assert {fact.name for fact in BOOK.of("person", given=False)} <= told


@pytest.mark.parametrize(
    ("carer_of", "others", "sole_carer", "able"),
    [
        ("under_two", [BABY], True, False),
        ("nobody", [BABY], False, True),
        (None, [BABY], None, None),
        (None, [PUPIL], False, True),  # nobody needs care: the question does not arise
        (None, [{**PUPIL, "difficulty_seeing": "cannot"}], None, None),
        (None, [{**PUPIL, "difficulty_seeing": None}], None, None),
        ("disabled", [PUPIL], False, True),
    ],
)
def test_who_cares_alone_is_not_able(
    carer_of: str | None, others: list[Row], sole_carer: Value, able: Value
) -> None:
    found = person({**WOMAN, "carer_of": carer_of}, *others)
    assert (found.get("sole_carer"), found.get("able")) == (sole_carer, able)


def test_rehabilitation_holds_the_full_time_carer_too() -> None:
    brother = {**ADULT, "case_open": True}
    carer, sister = {**WOMAN, "carer_of": "ill"}, {**WOMAN, "carer_of": "nobody"}
    found = family(brother, carer, sister)
    assert [m.get("held_by_rehabilitation") for m in found.members] == [True, True, False]
    assert found.get("open_cases") == 1


# --- families -------------------------------------------------------------------------------

FAMILIES: list[tuple[str, list[Row], Row, Value]] = [
    ("members", [], {}, 0),
    ("members", [ADULT, {**WOMAN, "status": "dead"}, PUPIL], {}, 2),
    ("members", [ADULT, {**WOMAN, "status": None}], {}, 2),
    ("living_alone", [ADULT], {}, True),
    ("living_alone", [ADULT, PUPIL], {}, False),
    ("living_alone", [], {}, False),
    ("adults", [ADULT, WOMAN, PUPIL], {}, 2),
    ("adults", [ADULT, {**WOMAN, "birth_date": None}], {}, Range(1, 2)),
    ("children", [ADULT, PUPIL, BABY], {}, 2),
    ("children_under_six", [], {}, 0),
    ("children_under_six", [ADULT, PUPIL], {}, 0),
    ("children_under_six", [ADULT, BABY], {}, 1),
    ("children_under_six", [ADULT, {**BABY, "birth_date": None}], {}, Range(0, 1)),
    ("pupils_primary", [PUPIL, PUPIL, {**PUPIL, "school_level": None}], {}, Range(2, 3)),
    ("pupils_lower_secondary", [{**PUPIL, "school_level": "lower_secondary"}], {}, 1),
    ("pupils_upper_secondary", [PUPIL], {}, 0),
    ("members_pregnant", [{**WOMAN, "pregnant": True}, WOMAN], {}, 1),
    ("members_elderly", [{**ADULT, "birth_date": date(1950, 1, 1)}, ADULT], {}, 1),
    ("members_disabled", [{**ADULT, "disability_card": True}, ADULT], {}, 1),
    ("members_exempt", [{**ADULT, "exempt_claimed": None}], {}, Range(0, 1)),
    ("someone_needs_care", [ADULT, PUPIL], {}, False),
    ("someone_needs_care", [ADULT, BABY], {}, True),
    ("able_adults", [ADULT, WOMAN, PUPIL], {}, 2),
    ("able_adults", [ADULT, {**WOMAN, "illness": None}], {}, Range(1, 2)),
    ("no_able_adult", [{**ADULT, "birth_date": date(1950, 1, 1)}], {}, True),
    ("no_able_adult", [ADULT], {}, False),
    ("no_able_adult", [{**ADULT, "birth_date": None}], {}, None),
    ("no_able_adult", [], {}, True),
    ("must_climb_adults", [ADULT, {**ADULT, "exempt_claimed": True}], {}, 1),
    ("open_cases", [{**ADULT, "case_open": True}, {**ADULT, "case_open": None}], {}, Range(1, 2)),
    ("needs_rehabilitation", [{**ADULT, "need_assessed": "social_care"}], {}, True),
    ("graduable", [ADULT], {}, True),
    ("graduable", [ADULT, {**ADULT, "case_open": True}], {}, False),
    ("seekers", [{**ADULT, "need_assessed": "job"}, PUPIL], {}, 1),
    ("seekers", [{**ADULT, "need_assessed": "job", "case_open": True}], {}, 0),
    ("children_at_risk", [{**PUPIL, "dropout_risk": True}, PUPIL], {}, 1),
    ("children_at_risk", [{**ADULT, "dropout_risk": True}], {}, 0),
    ("orphans", [{**PUPIL, "orphanhood": "mother_dead"}, PUPIL], {}, 1),
    ("human_rights_victims", [{**ADULT, "human_rights_victim": True}, WOMAN], {}, 1),
    ("earners", [ADULT, PUPIL], {}, 1),
    ("state_employees", [{**ADULT, "state_employment": "military"}, WOMAN], {}, 1),
    ("state_employees", [{**ADULT, "state_employment": "pensioner"}], {}, 0),
    ("wage_earners", [{**ADULT, "formal_wage_earner": True}, WOMAN], {}, 1),
    ("oldest_born", [ADULT, WOMAN], {}, date(1985, 3, 1)),
    ("oldest_born", [], {}, None),
    ("oldest_born", [ADULT, {**WOMAN, "birth_date": None}], {}, Range(None, date(1985, 3, 1))),
    (
        "oldest_born",
        [ADULT, {**WOMAN, "birth_date": None, "birth_year": 1985}],
        {},
        Range(date(1985, 1, 1), date(1985, 3, 1)),
    ),
    ("youngest_born", [ADULT, BABY], {}, date(2025, 6, 1)),
    ("youngest_born", [ADULT, {**BABY, "birth_date": None}], {}, Range(date(1985, 3, 1), None)),
    ("youngest_born", [], {}, None),
    ("head_sex", [WOMAN, ADULT], {}, "male"),
    ("head_sex", [WOMAN], {}, None),
    ("head_sex", [ADULT, {**WOMAN, "relation": "head"}], {}, None),  # two heads that differ
    ("head_marital_status", [{**ADULT, "marital_status": "married"}], {}, "married"),
    ("head_born", [ADULT, WOMAN], {}, date(1985, 3, 1)),
    ("head_born", [WOMAN], {}, None),
    (
        "head_born",
        [ADULT, {**WOMAN, "relation": "head"}],
        {},
        Range(date(1985, 3, 1), date(1990, 4, 12)),
    ),
    ("head_able", [ADULT, WOMAN], {}, True),
    ("spouse_able", [ADULT, {**WOMAN, "illness": "stroke"}], {}, False),
    ("spouse_able", [ADULT], {}, None),
    ("province", [], {}, "18"),
    ("regency", [], {}, "1811"),
    ("district", [], {}, "181105"),
    ("district", [], {"village": "1811"}, None),
    ("regency", [], {"village": None}, None),
    ("wages", [{**ADULT, "wage_month": 500_000}, {**WOMAN, "wage_month": 0}], {}, 500_000),
    ("wages", [{**ADULT, "wage_month": 500_000}, WOMAN], {}, Range(500_000, None)),
    ("wages", [], {}, 0),
    ("income_per_head", [ADULT, WOMAN, PUPIL], {"income_month": 1_000_000}, 333_333),
    ("income_per_head", [ADULT], {}, None),
    ("income_per_head", [], {"income_month": 1_000_000}, None),
    ("income_per_head", [ADULT], {"income_month": 0}, 0),
    ("poverty_line", [], {}, 634_062),
    ("poverty_line", [], {"village": "1771031001"}, 712_003),
    ("poverty_line", [], {"village": "9999999999"}, None),
    ("poverty_line", [], {"village": None}, None),
    ("has_place", [{**ADULT, "group_member": True}], {}, True),
    ("has_place", [ADULT], {"receives_pena": True}, True),
    ("has_place", [ADULT], {"receives_pena": False}, None),  # other lists never came
    ("protected", [ADULT, BABY], {}, True),
    ("protected", [ADULT, WOMAN, PUPIL], {}, False),
    ("protected", [ADULT], {"adat_community": "enggano"}, True),
    ("protected", [{**ADULT, "difficulty_seeing": None}], {}, None),
    ("severity", [{**ADULT, "disability_card": True}, BABY, PUPIL], {}, 2),
    ("decile", [], {"decile": 3}, 3),
    ("decile", [], {}, None),
    ("statement", [], {"statement": "not_known"}, None),
    ("power_900_or_more", [], {"lighting": "pln_metered", "meter_1_power": "w450"}, False),
    ("power_900_or_more", [], {"lighting": "pln_metered", "meter_1_power": "w900"}, True),
    ("power_900_or_more", [], {"lighting": "pln_metered"}, None),
    ("power_900_or_more", [], {"lighting": "none"}, False),  # no meter, and none left out
    ("power_1300_or_more", [], {"lighting": "pln_metered", "meter_1_power": "w900"}, False),
    ("power_1300_or_more", [], {"lighting": "pln_metered", "meter_1_power": "w2200"}, True),
    ("power_1300_or_more", [], {"lighting": "pln_unmetered"}, False),
    ("head_reached_lower_secondary", [ADULT], {}, False),
    ("head_reached_lower_secondary", [{**ADULT, "school_level": "package_b"}], {}, True),
    ("head_reached_upper_secondary", [{**ADULT, "school_level": "package_c"}, WOMAN], {}, True),
    ("head_reached_upper_secondary", [{**WOMAN, "school_level": "package_c"}], {}, None),
    ("head_reached_higher", [{**ADULT, "school_level": "doctor"}], {}, True),
    ("head_works", [ADULT], {}, True),
    ("head_works", [{**ADULT, "worked_last_week": None}, WOMAN], {}, None),
    ("members_at_work", [ADULT, WOMAN, PUPIL, {**BABY, "worked_last_week": None}], {}, 2),
    ("members_at_work", [ADULT, {**WOMAN, "worked_last_week": None}], {}, Range(1, 2)),
    ("members_with_difficulty", [ADULT, {**WOMAN, "difficulty_walking": "much"}], {}, 1),
    ("members_with_difficulty", [ADULT, {**WOMAN, "difficulty_walking": "some"}], {}, 0),
    ("members_with_difficulty", [{**ADULT, "difficulty_seeing": None}], {}, Range(0, 1)),
    ("members_with_difficulty", [{**ADULT, "disability_card": True}], {}, 0),
]


@pytest.mark.parametrize(("name", "members", "row", "expected"), FAMILIES)
def test_a_family(name: str, members: list[Row], row: Row, expected: Value) -> None:
    assert family(*members, **row).get(name) == expected


def test_every_derived_fact_of_a_family_has_an_example() -> None:
    told = {name for name, *_ in FAMILIES}
    assert {fact.name for fact in BOOK.of("family", given=False)} <= told


def test_the_poverty_line_of_a_day() -> None:
    row = {"village": "1811052001"}
    days = [date(2025, 2, 28), date(2025, 3, 1), date(2025, 8, 31), date(2025, 9, 1)]
    found = [derive(BOOK, row, on=day).get("poverty_line") for day in days]
    assert found == [None, 612_451, 612_451, 634_062]


def test_every_province_has_a_poverty_line() -> None:
    assert len(BOOK.facts["family", "poverty_line"].derivation.lines.on(ON)) == 38  # type: ignore[union-attr]
