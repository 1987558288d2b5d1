"""Families: small stories, each with the families that must come out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from small_register import Given, Register, resolve_by_hand, row
from tangga.engine.resolve.family_graph import Field, Pairs, join_nodes

SURVEY, LATER = date(2022, 11, 30), date(2025, 6, 1)


def people(source: str, family: str | None, kk: str | None, *who: str, **values: Any) -> list[dict]:
    """Rows of one family: `ayah` becomes source id `SOURCE.ayah`."""
    return [
        row(source, f"{source}.{name}", family=family, kk=kk, name=name, **values) for name in who
    ]


def same(*names: str, sources: str) -> dict[str, list[str]]:
    """Each name is one person in these sources (by letter)."""
    return {name: [f"{source}.{name}" for source in sources] for name in names}


def families_of(register: Register) -> set[frozenset[str]]:
    """Families as sets of people's names."""
    return {frozenset(s.split(".")[1] for s in group) for group in register.together()}


def field_shares_a_card() -> list[dict]:
    """A family of the field source `f` that shows it goes by the field: two of its families share
    a card."""
    return [
        *people("f", "x1", "1999", "xa", as_of=SURVEY),
        *people("f", "x2", "1999", "xb", as_of=SURVEY),
    ]


def test_one_source_is_its_own_families(tmp_path: Path) -> None:
    records = [*people("a", "1", "10", "ayah", "ibu"), *people("a", "2", "20", "kakek")]
    found = resolve_by_hand(tmp_path, Given(records, {}))
    assert families_of(found) == {frozenset({"ayah", "ibu"}), frozenset({"kakek"})}


def test_a_person_may_be_in_no_family(tmp_path: Path) -> None:
    records = [*people("a", "1", "10", "ayah"), *people("a", None, None, "gelandangan")]
    found = resolve_by_hand(tmp_path, Given(records, {}))
    assert found.family("a.gelandangan") is None
    assert found.person("a.gelandangan").startswith("P")
    assert not found.memberships("a.gelandangan", "found")


def test_a_reissued_card_is_the_same_family(tmp_path: Path) -> None:
    records = [
        *people("a", "1", "10", "ayah", "ibu", "anak", as_of=SURVEY),
        *people("b", "9", "77", "ayah", "ibu", "anak", "bayi", as_of=LATER),
    ]
    found = resolve_by_hand(tmp_path, Given(records, same("ayah", "ibu", "anak", sources="ab")))
    assert families_of(found) == {frozenset({"ayah", "ibu", "anak", "bayi"})}
    old, new = found.memberships("a.ayah", "card")
    assert (old["kk"], old["valid_from"], old["valid_to"]) == ("10", SURVEY, LATER)
    assert (new["kk"], new["valid_from"], new["valid_to"]) == ("77", LATER, None)


def test_a_child_who_moved_out_is_in_the_new_family(tmp_path: Path) -> None:
    records = [
        *people("a", "1", "10", "ayah", "ibu", "adik", "kakak", as_of=SURVEY),
        *people("b", "8", "10", "ayah", "ibu", "adik", as_of=LATER),
        *people("b", "9", "77", "kakak", "menantu", as_of=LATER),
    ]
    both = same("ayah", "ibu", "adik", "kakak", sources="ab")
    found = resolve_by_hand(tmp_path, Given(records, both))
    assert families_of(found) == {
        frozenset({"ayah", "ibu", "adik"}),
        frozenset({"kakak", "menantu"}),
    }
    past, now = found.memberships("a.kakak", "found")
    assert past["family_id"] == found.family("a.ayah") and past["valid_to"] == LATER
    assert now["family_id"] == found.family("b.menantu") and now["programme"]


def test_two_cards_of_one_family(tmp_path: Path) -> None:
    records = [
        *people("c", "10", "10", "ibu", "anak", "adik", as_of=LATER),
        *people("c", "20", "20", "ayah", as_of=LATER),
        *people("f", "1", "10", "ibu", "anak", "adik", as_of=SURVEY),
        *people("f", "1", "20", "ayah", as_of=SURVEY),
        *field_shares_a_card(),
    ]
    found = resolve_by_hand(
        tmp_path, Given(records, same("ayah", "ibu", "anak", "adik", sources="cf"))
    )
    assert frozenset({"ayah", "ibu", "anak", "adik"}) in families_of(found)
    (card,) = found.memberships("f.ayah", "card")
    assert card["kk"] == "20" and card["family_id"] == found.family("f.ibu")


def test_one_card_with_two_families_when_the_field_saw_two(tmp_path: Path) -> None:
    elders, couple = ("kakek", "nenek", "paman"), ("ayah", "ibu")
    records = [
        *people("c", "10", "10", *elders, *couple, as_of=LATER),
        *people("f", "1", "10", *elders, as_of=SURVEY),
        *people("f", "2", "10", *couple, as_of=SURVEY),
    ]
    found = resolve_by_hand(tmp_path, Given(records, same(*elders, *couple, sources="cf")))
    assert families_of(found) == {frozenset(elders), frozenset(couple)}
    assert {m["family_id"] for m in found.memberships("c.ayah", "card")} == {
        found.family("c.kakek")
    }
    assert found.memberships("c.ayah", "residence")[0]["family_id"] == found.family("c.ayah")


def test_a_new_card_after_the_visit_is_news(tmp_path: Path) -> None:
    records = [
        *people("f", "1", "10", "ayah", "ibu", "anak", as_of=SURVEY),
        *field_shares_a_card(),
        *people("c", "10", "10", "ayah", "ibu", as_of=LATER),
        *people("c", "50", "50", "anak", as_of=LATER),
    ]
    found = resolve_by_hand(tmp_path, Given(records, same("ayah", "ibu", "anak", sources="fc")))
    assert {frozenset({"ayah", "ibu"}), frozenset({"anak"})} <= families_of(found)


def test_the_base_keeps_its_families_and_the_other_stands_beside(tmp_path: Path) -> None:
    base = {"role": "base", "as_of": LATER}
    records = [
        *people("d", "D1", "10", "ayah", "ibu", **base),
        *people("d", "D2", "10", "anak", **base),
        *people("a", "1", "10", "ayah", "ibu", "anak", "bayi", as_of=SURVEY),
    ]
    found = resolve_by_hand(tmp_path, Given(records, same("ayah", "ibu", "anak", sources="da")))
    assert families_of(found) == {frozenset({"ayah", "ibu", "bayi"}), frozenset({"anak"})}
    (official,), (other,) = (found.memberships("d.anak", kind) for kind in ("official", "found"))
    assert official["programme"] and not other["programme"]
    assert other["family_id"] == found.family("a.ayah") != official["family_id"]
    differences = {d["person_id"]: d["difference"] for d in found.table("base_differences")}
    assert differences == {
        found.person("d.anak"): "other_family",
        found.person("a.bayi"): "not_in_base",
    }
    ids = {f["family_id"]: f["base_family_id"] for f in found.table("families")}
    assert ids == {found.family("d.ayah"): "D1", found.family("d.anak"): "D2"}


def test_each_person_has_one_open_programme_row(tmp_path: Path) -> None:
    records = [
        *people("a", "1", "10", "ayah", "ibu", as_of=SURVEY),
        *people("b", "2", "20", "ayah", as_of=LATER),
        *people("d", "D1", "20", "ayah", role="base", as_of=LATER),
    ]
    found = resolve_by_hand(tmp_path, Given(records, {"ayah": ["a.ayah", "b.ayah", "d.ayah"]}))
    rows = [m for m in found.table("memberships") if m["programme"]]
    assert all(m["valid_to"] is None for m in rows)
    assert sorted(m["person_id"] for m in rows) == sorted(
        {found.person(s) for s in ("a.ayah", "a.ibu")}
    )


def test_the_head_is_whom_sources_call_so_else_the_eldest(tmp_path: Path) -> None:
    records = [
        row("a", "ibu", family="1", name="ibu", relation="head", birth_date=date(1980, 1, 1)),
        row("a", "nenek", family="1", name="nenek", relation="parent", birth_date=date(1950, 1, 1)),
        row("a", "kakak", family="2", name="kakak", birth_date=date(2000, 1, 1)),
        row("a", "adik", family="2", name="adik", birth_date=date(2002, 1, 1)),
    ]
    found = resolve_by_hand(tmp_path, Given(records, {}))
    heads = {f["family_id"]: f["head_person_id"] for f in found.table("families")}
    assert heads[found.family("ibu")] == found.person("ibu")
    assert heads[found.family("kakak")] == found.person("kakak")
    assert [m["relation"] for m in found.memberships("nenek", "found")] == ["parent"]


def test_family_ids_stay_and_a_new_couple_is_a_split(tmp_path: Path) -> None:
    survey = people("a", "1", "10", "ayah", "ibu", "adik", "kakak", as_of=SURVEY)
    first = resolve_by_hand(tmp_path / "00001", Given(survey, {}))
    later = [
        *people("b", "8", "10", "ayah", "ibu", "adik", as_of=LATER),
        *people("b", "9", "77", "kakak", "menantu", as_of=LATER),
    ]
    both = same("ayah", "ibu", "adik", "kakak", sources="ab")
    second = resolve_by_hand(tmp_path / "00002", Given(survey + later, both), previous=first.folder)
    assert second.family("a.ayah") == first.family("a.ayah")
    assert second.person("b.kakak") == first.person("a.kakak")
    splits = [r for r in second.table("lineage") if r["entity"] == "family"]
    assert [(r["kind"], r["old_id"], r["new_id"]) for r in splits] == [
        ("split", first.family("a.kakak"), second.family("a.kakak"))
    ]
    again = resolve_by_hand(tmp_path / "00003", Given(later + survey, both), previous=second.folder)
    assert again.table("persons") == second.table("persons")
    assert again.table("memberships") == second.table("memberships")


def _join(edges: list[tuple[int, int, int]], field: list[tuple[int, int]]) -> dict[int, int]:
    low, high, alike = (np.array(column, dtype=np.int64) for column in zip(*edges, strict=True))
    told = np.array(field, dtype=np.int64).reshape(-1, 2)
    nodes, families = join_nodes(Pairs(low, high, alike), Field(told[:, 0], told[:, 1]))
    return dict(zip(nodes.tolist(), families.tolist(), strict=True))


@pytest.mark.parametrize(
    ("edges", "field", "expected"),
    [
        ([(1, 2, 9), (3, 4, 9)], [], {1: 1, 2: 1, 3: 3, 4: 3}),
        ([(1, 2, 9), (2, 3, 8)], [(1, 0)], {1: 1, 2: 1, 3: 1}),
        # 1 and 3 are two families of one field source: the weaker pair is cut ...
        ([(1, 2, 9), (2, 3, 8)], [(1, 0), (3, 0)], {1: 1, 2: 1, 3: 3}),
        ([(1, 2, 7), (2, 3, 8)], [(1, 0), (3, 0)], {1: 1, 2: 2, 3: 2}),
        # ... unless they are a pair themselves: one family met twice.
        ([(1, 2, 9), (1, 3, 8)], [(1, 0), (3, 0)], {1: 1, 2: 1, 3: 1}),
        # Ties fall by node.
        ([(1, 2, 9), (2, 3, 9)], [(1, 0), (3, 0)], {1: 1, 2: 1, 3: 3}),
    ],
)
def test_components(
    edges: list[tuple[int, int, int]], field: list[tuple[int, int]], expected: dict[int, int]
) -> None:
    assert _join(edges, field) == expected
    assert _join(edges[::-1], field[::-1]) == expected
