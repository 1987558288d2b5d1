"""Whom the register lacks: lists beside the official release, by village, and an estimate.

The register by hand: twelve families of the base in one village and two in another; a civil
registry that has most of them and some more; a village's own list.
"""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_register import Given, resolve_by_hand, row
from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.descriptor import read_descriptor
from tangga.engine.rank.coverage import ENOUGH, chapman, write_coverage
from tangga.engine.runner import Steps
from tangga.errors import BadPack
from tangga.registry import load_pack

NORTH, SOUTH = "1811012001", "1811012002"
SOURCES = (
    SimpleNamespace(name="dtsen", kind="people", role="base"),
    SimpleNamespace(name="dukcapil", kind="civil_registry", role=None),
    SimpleNamespace(name="desa", kind="people", role="list"),
)


def home(source: str, number: int, village: str, **given: Any) -> list[dict[str, Any]]:
    """A couple on a card of one source."""
    kind = "civil_registry" if source == "dukcapil" else "people"
    plain = {"kk": f"18{number:014}", "village": village, "kind": kind, **given}
    if source == "dtsen":
        plain |= {"role": "base", "family": f"D{number}"}
    return [
        row(source, f"{source}-{number}{who}", name=f"{who} {number}", relation=relation, **plain)
        for who, relation in (("A", "head"), ("B", "spouse"))
    ]


BASE = [*range(1, 13), 21, 22]
REGISTRY = [*range(3, 15), 21, 23]
"""Ten of the twelve of the north and two more; one of the two of the south and one more."""


def village_of(number: int) -> str:
    return NORTH if number < 20 else SOUTH


def records() -> list[dict[str, Any]]:
    base = [r for n in BASE for r in home("dtsen", n, village_of(n))]
    registry = [r for n in REGISTRY for r in home("dukcapil", n, village_of(n))]
    base.remove(next(r for r in base if r["source_id"] == "dtsen-5B"))  # found in part
    gone = [r | {"status": "dead"} for r in home("dukcapil", 30, NORTH)]
    moved = [r | {"status": "moved"} for r in home("dukcapil", 31, NORTH)]
    listed = [*home("desa", 4, NORTH), *home("desa", 40, NORTH)]
    alone = row("desa", "desa-x", name="X", village=NORTH)
    return [*base, *registry, *gone, *moved, *listed, alone]


def covered(folder: Path, given_: list[dict[str, Any]], sources: Any = SOURCES) -> Context:
    """The register, and what the stage says of who is lacking."""
    same: dict[str, list[str]] = {}
    for one in given_:
        same.setdefault(one["source_id"].split("-")[1], []).append(one["source_id"])
    resolve_by_hand(folder, Given(given_, same))
    ctx = Context(SimpleNamespace(sources=sources), folder, threads=1)
    with Steps(ctx, "rank") as steps:
        write_coverage(steps)
    return ctx


def rows(ctx: Context, name: str) -> list[dict[str, Any]]:
    return duckdb.sql(f"SELECT * FROM {ctx.scan('rank', name)}").to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return covered(tmp_path_factory.mktemp("covered"), records())


def test_by_list_and_village(found: Context) -> None:
    keys = ("source", "village", "listed", "found", "found_in_part", "lacking", "registered")
    assert [tuple(r[k] for k in keys) for r in rows(found, "coverage")] == [
        ("desa", NORTH, 3, 1, 0, 2, 12),
        ("desa", SOUTH, 0, 0, 0, 0, 2),
        ("dukcapil", NORTH, 12, 10, 1, 2, 12),
        ("dukcapil", SOUTH, 2, 1, 0, 1, 2),
    ]


def test_the_estimate_is_chapmans_and_unknown_where_too_few_are_on_both(found: Context) -> None:
    said = {
        (r["source"], r["village"]): (r["estimate"], r["standard_error"], r["estimated_lacking"])
        for r in rows(found, "coverage")
    }
    # 13 * 13 / 11 - 1, and the root of 13 * 13 * 2 * 2 / (11 * 11 * 12)
    north = said.pop(("dukcapil", NORTH))
    assert tuple(map(float, north)) == (14.4, 0.7, 2.4)
    assert set(said.values()) == {(None, None, None)}


def test_who_is_lacking_is_listed_and_nothing_else(found: Context) -> None:
    keys = ("source", "village", "name", "cards", "persons", "source_ids")
    listed = rows(found, "coverage_missing")
    told = {tuple(r[k] for k in keys) for r in listed}
    assert told == {
        ("dukcapil", NORTH, "A 13", "1800000000000013", 2, "dukcapil-13A, dukcapil-13B"),
        ("dukcapil", NORTH, "A 14", "1800000000000014", 2, "dukcapil-14A, dukcapil-14B"),
        ("dukcapil", SOUTH, "A 23", "1800000000000023", 2, "dukcapil-23A, dukcapil-23B"),
        ("desa", NORTH, "A 40", "1800000000000040", 2, "desa-40A, desa-40B"),
        ("desa", NORTH, "X", None, 1, "desa-x"),
    }
    alone = [r for r in listed if r["name"] == "X"]
    assert [(r["family_id"], r["person_id"] is None) for r in alone] == [(None, False)]
    assert all(r["family_id"] and r["person_id"] is None for r in listed if r["name"] != "X")


def test_whom_a_clerk_may_still_find_is_said(tmp_path: Path) -> None:
    given_ = records()
    by_id = {r["source_id"]: r["rid"] for r in given_}
    ctx = covered(tmp_path, given_)
    links = tmp_path / "link" / "links"
    links.mkdir()
    duckdb.execute(
        f"COPY (SELECT {by_id['dukcapil-13A']} AS left_rid, {by_id['dtsen-1A']} AS right_rid, "
        f"'review' AS decision) TO '{tables.part_file(links, 0)}'"
    )
    with Steps(ctx, "rank") as steps:
        write_coverage(steps)
    waiting = {r["name"]: r["in_review"] for r in rows(ctx, "coverage_missing")}
    assert waiting == {"A 13": 1, "A 14": 0, "A 23": 0, "A 40": 0, "X": 0}


def test_without_a_base_the_register_is_what_is_no_list(tmp_path: Path) -> None:
    given_ = [{**r, "role": None} for r in records()]
    sources = (SimpleNamespace(name="dtsen", kind="people", role=None), *SOURCES[1:])
    found = rows(covered(tmp_path, given_, sources), "coverage")
    north = [r for r in found if (r["source"], r["village"]) == ("dukcapil", NORTH)]
    assert [(r["listed"], r["found"], r["registered"]) for r in north] == [(12, 10, 12)]


def test_without_a_list_there_is_no_such_table(tmp_path: Path) -> None:
    given_ = [r for r in records() if r["source"] == "dtsen"]
    ctx = covered(tmp_path, given_, SOURCES[:1])
    assert not tables.exists(ctx.table("rank", "coverage"))


SIZES = st.integers(0, 10**6)


@given(SIZES, SIZES, st.integers(0, 10**6))
def test_the_estimate_is_never_below_what_was_seen(listed: int, registered: int, both: int) -> None:
    both = min(both, listed, registered)
    told = chapman(listed, registered, both)
    if both < ENOUGH:
        assert told is None
        return
    assert told is not None
    estimate, error = told
    assert estimate >= listed + registered - both - 1e-6 * (listed + registered)
    assert error >= 0 and (error == 0) == (both in (listed, registered))


def test_the_estimate_of_a_book() -> None:
    """Seber (1982), section 3.1, by hand: 200 marked, 150 looked at, 30 of them marked."""
    estimate, error = chapman(200, 150, 30) or (0, 0)
    assert math.isclose(estimate, 201 * 151 / 31 - 1)
    assert math.isclose(error**2, 201 * 151 * 170 * 120 / (31**2 * 32))


DESCRIPTOR = 'kind = "{kind}"\nfiles = ["x.csv"]\nas_of = 2026-01-01\nrole = "list"\n[columns]\n'


def test_only_people_can_be_a_list(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    file = tmp_path / "desa.toml"
    file.write_text(DESCRIPTOR.format(kind="people") + 'name = "a"\n')
    assert read_descriptor(file, tmp_path, load_pack("indonesia")).role == "list"
    file.write_text(DESCRIPTOR.format(kind="rankings") + 'decile = "a"\n')
    with pytest.raises(BadPack, match="role"):
        read_descriptor(file, tmp_path, load_pack("indonesia"))
