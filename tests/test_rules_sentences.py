"""Reasons and rules in sentences of Indonesian and English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from random_conditions import NAMES, family, on_families
from random_conditions import ON as LEAP_DAY
from tangga.registry import load_pack
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
from tangga.rules.facts import Birth, Earliest, Fact, FactBook, OfRelation
from tangga.rules.holds import holds
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts, FactType
from tangga.rules.policy import Requirement
from tangga.rules.sentences import phrase, requirement_sentence, sentence
from tangga.rules.values import Range, Value
from tangga.rules.wording import AGE, FactWords, age, exact, shown, words_of

ON = date(2026, 1, 31)
WORDS = {
    "decile": FactWords({"id": "Desil", "en": "Decile"}, "integer"),
    "pregnant": FactWords({"id": "Hamil", "en": "Pregnant"}, "boolean"),
    "income": FactWords({"id": "Penghasilan", "en": "Income"}, "money"),
    "line": FactWords({"id": "Garis miskin", "en": "Poverty line"}, "money"),
    "share": FactWords({"id": "Bagian", "en": "Share"}, "decimal"),
    "since": FactWords({"id": "Dibantu sejak", "en": "Helped since"}, "date"),
    "village": FactWords({"id": "Desa", "en": "Village"}, "area"),
    "born": FactWords({"id": "Tanggal lahir", "en": "Birth date"}, "date", age=AGE),
    "sex": FactWords(
        {"id": "Jenis kelamin", "en": "Sex"},
        "code",
        {"female": {"id": "perempuan", "en": "female"}, "male": {"id": "laki-laki", "en": "male"}},
    ),
}


def of(subject: str, name: str) -> FactWords:
    return WORDS[name]


def both(condition: Condition, **own: Value) -> list[str]:
    """The reasons of one condition, in Indonesian and in English."""
    reasons = holds(condition, Facts(own), ON).because()
    return [sentence(one, FAMILY_TABLE, of, lang) for one in reasons for lang in ("id", "en")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "own", "indonesian", "english"),
    [
        (
            AtMost("decile", 4),
            {"decile": 6},
            "Desil: 6 (syarat: paling banyak 4)",
            "Decile: 6 (asked: at most 4)",
        ),
        (
            Not(AtMost("decile", 4)),
            {"decile": None},
            "Desil: belum diketahui (syarat: lebih dari 4)",
            "Decile: not known yet (asked: more than 4)",
        ),
        (
            AtMost("born", Ago(years=60)),
            {"born": date(1967, 3, 1)},
            "Umur: 58 tahun (syarat: paling sedikit 60 tahun)",
            "Age: 58 years (asked: at least 60 years)",
        ),
        (
            MoreThan("born", Ago(years=6)),
            {"born": Range(date(2019, 1, 1), date(2020, 12, 31))},
            "Umur: antara 5 dan 7 tahun (syarat: kurang dari 6 tahun)",
            "Age: between 5 and 7 years (asked: less than 6 years)",
        ),
        (
            Not(MoreThan("born", Ago(years=6))),
            {"born": None},
            "Umur: belum diketahui (syarat: paling sedikit 6 tahun)",
            "Age: not known yet (asked: at least 6 years)",
        ),
        (
            AtLeast("born", date(2020, 1, 1)),
            {"born": date(1999, 12, 31)},
            "Tanggal lahir: 31 Desember 1999 (syarat: paling awal 1 Januari 2020)",
            "Birth date: 31 December 1999 (asked: 1 January 2020 at the earliest)",
        ),
        (
            LessThan("since", Ago(months=6)),
            {"since": Range(None, date(2026, 1, 1))},
            "Dibantu sejak: paling akhir 1 Januari 2026 (syarat: sebelum 31 Juli 2025)",
            "Helped since: 1 January 2026 at the latest (asked: before 31 July 2025)",
        ),
        (
            Is("pregnant", True),
            {"pregnant": False},
            "Hamil: tidak (syarat: ya)",
            "Pregnant: no (asked: yes)",
        ),
        (
            Not(Is("pregnant", True)),
            {"pregnant": True},
            "Hamil: ya (syarat: tidak)",
            "Pregnant: yes (asked: no)",
        ),
        (
            Is("sex", "female"),
            {"sex": "male"},
            "Jenis kelamin: laki-laki (syarat: perempuan)",
            "Sex: male (asked: female)",
        ),
        (
            Not(OneOf("sex", ("female", "male"))),
            {"sex": "female"},
            "Jenis kelamin: perempuan (syarat: bukan perempuan atau laki-laki)",
            "Sex: female (asked: not female or male)",
        ),
        (
            Is("village", "1811012001"),
            {"village": "1811012002"},
            "Desa: 1811012002 (syarat: 1811012001)",
            "Village: 1811012002 (asked: 1811012001)",
        ),
        (
            LessThan("income", Of("line", Decimal("1.2"))),
            {"income": 1_234_567, "line": 600_000},
            "Penghasilan: Rp1.234.567 (syarat: kurang dari 1,2 kali Garis miskin = Rp720.000)",
            "Income: Rp1,234,567 (asked: less than 1.2 times Poverty line = Rp720,000)",
        ),
        (
            MoreThan("income", Of("line")),
            {"income": Range(1, 3)},
            "Penghasilan: antara Rp1 dan Rp3 (syarat: lebih dari Garis miskin = belum diketahui)",
            "Income: between Rp1 and Rp3 (asked: more than Poverty line = not known yet)",
        ),
        (
            Known("share"),
            {"share": Range(Decimal("0.5"), None)},
            "Bagian: paling sedikit 0,5 (syarat: diketahui)",
            "Share: at least 0.5 (asked: known)",
        ),
        (
            Not(Known("share")),
            {"share": Decimal("1234.50")},
            "Bagian: 1.234,5 (syarat: belum diketahui)",
            "Share: 1,234.5 (asked: not known yet)",
        ),
    ],
    ids=str,
)
def test_a_reason(
    condition: Condition, own: dict[str, Value], indonesian: str, english: str
) -> None:
    assert both(condition, **own) == [indonesian, english]


UNDER_SIX = MoreThan("born", Ago(years=6))


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        (Count(UNDER_SIX, 1), "Jumlah anggota (Umur kurang dari 6 tahun) paling sedikit 1"),
        (Not(Count(All(()), 2)), "Jumlah anggota kurang dari 2"),
        (Count(All(()), None, 4), "Jumlah anggota paling banyak 4"),
        (Not(Count(All(()), None, 4)), "Jumlah anggota lebih dari 4"),
        (Count(All(()), 2, 2), "Jumlah anggota 2"),
        (Not(Count(All(()), 2, 2)), "Jumlah anggota bukan 2"),
        (Count(All(()), 2, 3), "Jumlah anggota antara 2 dan 3"),
        (Not(Count(All(()), 2, 3)), "Jumlah anggota kurang dari 2 atau lebih dari 3"),
        (Sum("income", All(()), 1000), "Jumlah Penghasilan semua anggota paling sedikit Rp1.000"),
        (
            Sum("income", Is("sex", "male"), 1000),
            "Jumlah Penghasilan anggota (Jenis kelamin laki-laki) paling sedikit Rp1.000",
        ),
        (All(()), "semua"),
        (AnyOf(()), "tidak seorang pun"),
        (Not(AnyOf(())), "semua"),
        (
            All((AtMost("decile", 4), Is("pregnant", True), Known("line"))),
            "Desil paling banyak 4, Hamil ya dan Garis miskin diketahui",
        ),
        (
            All((AtMost("decile", 4), AnyOf((Is("pregnant", True), UNDER_SIX)))),
            "Desil paling banyak 4 dan (Hamil ya atau Umur kurang dari 6 tahun)",
        ),
        (
            AnyOf((AtMost("decile", 4), Not(All((Is("pregnant", True), UNDER_SIX))))),
            "Desil paling banyak 4 atau (Hamil tidak atau Umur paling sedikit 6 tahun)",
        ),
        (
            Not(All((AtMost("decile", 4), Is("pregnant", True)))),
            "Desil lebih dari 4 atau Hamil tidak",
        ),
        (AtMost("since", Of("born")), "Dibantu sejak paling akhir Tanggal lahir"),
        (MoreThan("born", Ago(years=-1)), "Tanggal lahir sesudah 31 Januari 2027"),
    ],
    ids=str,
)
def test_a_rule_in_words(condition: Condition, asked: str) -> None:
    assert phrase(condition, FAMILY_TABLE, ON, of, "id") == asked


def test_a_requirement_says_its_answer_and_all_reasons() -> None:
    requirement = Requirement(
        "child", {"id": "Anak kecil", "en": "Small child"}, Count(UNDER_SIX, 1)
    )
    members = (Facts({"born": date(2000, 1, 1)}), Facts({}), Facts({"born": date(2024, 1, 1)}))
    said = [
        requirement_sentence(
            requirement,
            holds(requirement.condition, Facts({}, None, some), ON),
            FAMILY_TABLE,
            of,
            "en",
        )
        for some in (members[:1], members[:2], members)
    ]
    second = "Member 2: Age: not known yet (asked: less than 6 years)"
    count = "Members (Age less than 6 years)"
    assert said == [
        f"Small child: not met. {count}: 0 (asked: at least 1)",
        f"Small child: not known yet. {count}: between 0 and 1 (asked: at least 1); {second}",
        f"Small child: met. {count}: between 1 and 2 (asked: at least 1)",
    ]


def test_a_member_is_named_where_a_name_is_known() -> None:
    requirement = Requirement("child", {"id": "Anak kecil", "en": "Child"}, Count(UNDER_SIX, 1))
    members = (Facts({"born": date(2000, 1, 1)}), Facts({}))
    finding = holds(requirement.condition, Facts({}, None, members), ON)
    people = ["Sari", "Dimas"]
    said = requirement_sentence(requirement, finding, FAMILY_TABLE, of, "id", people.__getitem__)
    assert said.endswith("; Dimas: Umur: belum diketahui (syarat: kurang dari 6 tahun)")
    assert "Anggota 2" not in said


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(2025, 3, 1), "0 tahun"),
        (Range(date(1960, 1, 1), date(1960, 1, 20)), "66 tahun"),
        (Range(date(1960, 1, 1), None), "paling banyak 66 tahun"),
        (Range(None, date(1960, 1, 1)), "paling sedikit 66 tahun"),
        (None, "belum diketahui"),
    ],
)
def test_ages(born: Value, said: str) -> None:
    assert age(born, ON, "id") == said


@pytest.mark.parametrize(
    ("number", "indonesian", "english"),
    [
        (0, "0", "0"),
        (-1_234_567, "-1.234.567", "-1,234,567"),
        (Decimal("-0.50"), "-0,5", "-0.5"),
        (Decimal("1E+3"), "1.000", "1,000"),
        (Decimal("720000.000"), "720.000", "720,000"),
        (Decimal("1234.056"), "1.234,056", "1,234.056"),
    ],
    ids=str,
)
def test_exact_numbers(number: Decimal, indonesian: str, english: str) -> None:
    assert (exact(number, "id"), exact(number, "en")) == (indonesian, english)


def test_a_code_without_a_label_is_shown_as_it_is() -> None:
    assert shown("other", WORDS["sex"], "id") == "other"


# --- from a pack ------------------------------------------------------------------------------

PACK = load_pack("indonesia")


def _fact(entity: str, name: str, kind: str, **more: object) -> Fact:
    codes = PACK.codes[name].codes if kind == "code" else None
    fact_type = FactType(kind, codes=frozenset(codes) if codes else None)
    labels = {"id": f"{name} (id)", "en": f"{name} (en)"}
    return Fact(entity, name, fact_type, labels, **more)  # type: ignore[arg-type]


def test_what_a_pack_calls_its_facts() -> None:
    facts = [
        _fact(PERSON_TABLE, "birth_date", "date"),
        _fact(PERSON_TABLE, "birth_year", "integer"),
        _fact(PERSON_TABLE, "birth_month", "integer"),
        _fact(PERSON_TABLE, "relation", "code"),
        _fact(PERSON_TABLE, "sex", "code"),
        _fact(PERSON_TABLE, "seen", "date"),
        _fact(PERSON_TABLE, "born", "date", derivation=Birth()),
        _fact(FAMILY_TABLE, "oldest", "date", derivation=Earliest("born")),
        _fact(FAMILY_TABLE, "head_seen", "date", derivation=OfRelation("seen", "head")),
    ]
    found = words_of(FactBook({fact.key: fact for fact in facts}), PACK)
    assert found(PERSON_TABLE, "sex").codes["female"] == PACK.codes["sex"].codes["female"].labels
    assert found(PERSON_TABLE, "born").age == found(PERSON_TABLE, "birth_date").age == AGE
    assert found(PERSON_TABLE, "family.oldest").age["en"] == "oldest (en)"
    assert [found(PERSON_TABLE, "seen").age, found(FAMILY_TABLE, "head_seen").age] == [{}, {}]
    assert found(PERSON_TABLE, "seen").codes == {}
    with pytest.raises(KeyError, match="nothing"):
        found(FAMILY_TABLE, "nothing")


@settings(max_examples=60, deadline=None)
@given(on_families(), st.integers(0, 10**6))
def test_every_reason_and_every_rule_can_be_said(condition: Condition, seed: int) -> None:
    def any_words(_: str, name: str) -> FactWords:
        kind = NAMES.family[name.removeprefix("family.")].type
        return FactWords({"id": name, "en": name}, kind, age=AGE if name == "born" else {})

    finding = holds(condition, family(Random(seed)), LEAP_DAY)
    for because in finding.because():
        assert "None" not in sentence(because, FAMILY_TABLE, any_words, "id")
    for no in (False, True):
        assert "None" not in phrase(condition, FAMILY_TABLE, LEAP_DAY, any_words, "en", no)
