"""The Indonesian pack holds what the design promises and what the form asks."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tangga.registry import KIND_TABLE, PRIVACY_LABELS, PROBLEMS, Problem, load_pack, pack_files

ROOT = Path(__file__).parent.parent
PACK = load_pack("indonesia")
REFERENCES = {"nik", "kk", "person_source_id", "family_source_id", "name", "birth_date"}

# Columns that descriptors outside the project rely on, by kind of source.
CONTRACT = {
    "people": "nik kk name sex birth_date birth_year birth_month birth_place mother_name relation "
    "village address rt rw",
    "civil_registry": "nik kk name sex birth_date status",
    "families": "kk village address floor wall roof drinking_water lighting cooking_fuel toilet",
    "rankings": "decile release",
    "events": "event on_date other_id from_area to_area track rung exit document by",
    "enrolments": "programme component status valid_from valid_to payee document round",
    "payments": "programme period_start period_end amount paid_on status payee",
    "assessments": "kind on_date need grade by document",
    "visits": "worker on_date result floor income_month owns_motorcycle",
    "cases": "kind opened closed sentra state by",
    "groups": "group_id kind area state member_role",
    "workers": "worker pilar name area caseload",
    "corrections": "correction_id person_id family_id field value as_of accepted_at by basis",
}

# Questions of REGSOSEK2022.K with numbered answers: column -> how many the form has.
ANSWERS = {
    ("family", "card_family"): 3, ("family", "interview_result"): 5, ("family", "tenure"): 5,
    ("family", "land_proof"): 6, ("family", "floor"): 9, ("family", "wall"): 7,
    ("family", "roof"): 8, ("family", "drinking_water"): 11, ("family", "septic_distance"): 3,
    ("family", "lighting"): 4, ("family", "meter_1_power"): 5, ("family", "cooking_fuel"): 12,
    ("family", "toilet"): 6, ("family", "closet"): 4, ("family", "disposal"): 6,
    ("family", "internet"): 4, ("family", "bank_account"): 4, ("person", "presence"): 6,
    ("person", "sex"): 2, ("person", "marital_status"): 4, ("person", "relation"): 8,
    ("person", "school_status"): 3, ("person", "school_level"): 22, ("person", "school_grade"): 8,
    ("person", "certificate"): 23, ("person", "industry"): 26, ("person", "work_position"): 8,
    ("person", "tax_number"): 3, ("person", "business_permit"): 12, ("person", "turnover"): 7,
    ("person", "nutrition"): 4, ("person", "difficulty_seeing"): 4, ("person", "sadness"): 4,
    ("person", "carer"): 3, ("person", "illness"): 18, ("person", "pip"): 3,
}  # fmt: skip


@pytest.mark.parametrize("kind", list(KIND_TABLE))
def test_every_kind_carries_its_fixed_columns(kind: str) -> None:
    """The names of the contract, whatever else a kind may carry."""
    assert set(CONTRACT[kind].split()) <= set(PACK.table_of(kind).for_kind(kind))


@pytest.mark.parametrize(
    "kind", [k for k, t in KIND_TABLE.items() if t not in ("person", "worker")]
)
def test_kinds_that_point_at_somebody_carry_references(kind: str) -> None:
    """NIK, KK, the source's ids, name and birth date."""
    table = PACK.table_of(kind)
    assert set(table.for_kind(kind)) >= REFERENCES
    assert set(table.references) >= REFERENCES - {"kk"}


def test_only_the_civil_registry_says_who_is_alive() -> None:
    """`status` is a column of one kind; ids of ours are of none."""
    person = PACK.tables["person"]
    assert "status" in person.for_kind("civil_registry")
    assert "status" not in person.for_kind("people")
    assert "person_id" not in person.for_kind("people")


def test_a_person_may_lack_number_card_and_family() -> None:
    """Nothing of a person is required, so nobody is kept out."""
    assert not [c.name for c in PACK.tables["person"].columns.values() if c.required]


@pytest.mark.parametrize(("place", "answers"), list(ANSWERS.items()))
def test_every_numbered_answer_of_the_form_is_there(place: tuple[str, str], answers: int) -> None:
    """Each numbered answer has one code, and no number stands twice."""
    table, column = place
    codes = PACK.tables[table].columns[column].codes
    assert codes is not None
    assert len(codes.by_source_code) == answers


@pytest.mark.parametrize(
    ("table", "prefix", "count"),
    [
        ("person", "difficulty_", 9),
        ("family", "owns_", 16),
        ("family", "had_", 21),
        ("family", "meter_", 6),
        ("person", "insurance_", 7),
        ("person", "work_insurance_", 6),
        ("person", "internet_", 6),
    ],
)
def test_repeated_questions_are_whole(table: str, prefix: str, count: int) -> None:
    """Questions asked item by item have a column for each."""
    names = [name for name in PACK.tables[table].columns if name.startswith(prefix)]
    assert len(names) == count


def test_every_column_has_labels_a_class_and_a_source() -> None:
    """In both languages, and different for each column of a table."""
    for table in PACK.tables.values():
        for language in PACK.languages:
            labels = [column.labels[language] for column in table.columns.values()]
            assert len(labels) == len(set(labels)), table.name
        assert all(c.privacy in PRIVACY_LABELS and c.source for c in table.columns.values())


@pytest.mark.parametrize(
    ("table", "column", "privacy"),
    [
        ("payment", "payee", "account"),
        ("payment", "account", "account"),
        ("enrolment", "payee", "account"),
        ("enrolment", "account", "account"),
        ("group", "group_account", "account"),
        ("family", "income_month", "financial"),
        ("payment", "amount", "financial"),
        ("person", "nik", "identity"),
        ("person", "illness", "sensitive"),
        ("person", "pregnant", "sensitive"),
        ("person", "difficulty_walking", "sensitive"),
        ("case", "kind", "case"),
        ("case", "note", "case"),
        ("assessment", "need", "case"),
    ],
)
def test_privacy_of_chosen_columns(table: str, column: str, privacy: str) -> None:
    """Money, health and cases are never merely personal."""
    assert PACK.tables[table].columns[column].privacy == privacy


def test_open_columns_say_nothing_about_a_person() -> None:
    """A new open column must be added here on purpose."""
    shown = {
        f"{table.name}.{column.name}"
        for table in PACK.tables.values()
        for column in table.columns.values()
        if column.privacy == "open" and not column.reference
    }
    workers = {"worker.pilar", "worker.area", "worker.caseload"}
    assert shown == workers | {"ranking.ranked_by", "group.area"}


OF_THE_OFFICE = {"data_measure", 
    "area_level", "budget_measure", "focus", "fund_source", "outcome_kind", "plan_state",
}  # fmt: skip
"""Lists of what an office writes itself: budgets, outcomes, plan lines."""


def test_every_code_list_is_used() -> None:
    """A list that no column names is a mistake."""
    columns = [column for table in PACK.tables.values() for column in table.columns.values()]
    used = {column.codes.name for column in columns if column.codes}
    assert used | OF_THE_OFFICE == set(PACK.codes)


def test_the_hash_changes_with_any_file(tmp_path: Path) -> None:
    """Names, contents and nothing else."""
    copy = tmp_path / "pack"
    shutil.copytree(PACK.dir, copy)
    before = load_pack(copy).hash()
    assert before == PACK.hash()
    (copy / ".editor").write_text("x")
    assert load_pack(copy).hash() == before
    (copy / "NOTE.md").write_text("x")
    assert load_pack(copy).hash() != before
    assert copy / "NOTE.md" in pack_files(copy)


def test_every_problem_has_words_and_no_other_can_be_named() -> None:
    """PROBLEMS is the only list."""
    assert all(text.label_id and text.label_en for text in PROBLEMS.values())
    with pytest.raises(ValueError, match="not listed"):
        Problem("nik", "no_such_problem", None)


def test_the_data_dictionary_is_current() -> None:
    """What is committed is what the schema says."""
    command = [sys.executable, str(ROOT / "scripts" / "make_reference.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
