"""Whose rank a row is: by the number of any member, by card, by a family's id, the base's or ours.

The register by hand: Adi and Ida with their child are family D1 of the base; Oni lives alone.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import small_register
from small_register import Given, Register, resolve_by_hand, row

ADI, IDA, ONI = "1811010101800001", "1811015501820001", "1811010101700009"
REFERENCES = ("nik", "kk", "name", "family_source_id", "reference_source", "family_id")


def households() -> list[dict[str, Any]]:
    base: dict[str, Any] = {"role": "base", "family": "D1", "kk": "10"}
    return [
        row("dtsen", "adi", nik=ADI, name="ADI", **base),
        row("dtsen", "ida", nik=IDA, name="IDA", **base),
        row("dtsen", "eko", nik=None, name="EKO", **base),
        row("dtsen", "oni", nik=ONI, name="ONI", role="base", family="D2", kk="20"),
        # the same people elsewhere, by another family id and on an older card of theirs
        row("survei", "adi2", nik=ADI, name="ADI", family="7", kk="10"),
        row("survei", "ida2", nik=IDA, name="IDA", family="7", kk="10"),
        row("survei", "oni2", nik=ONI, name="ONI", family="8", kk="99"),
    ]


PEOPLE = {"a": ["adi", "adi2"], "i": ["ida", "ida2"], "o": ["oni", "oni2"]}


def ranked(folder: Path, *rows: dict[str, Any], previous: Path | None = None) -> Register:
    """The register with rows of a ranking; each a dict of what it says."""
    said = [
        row("bps", str(n), kind="rankings", decile=3, **{**dict.fromkeys(REFERENCES), **one})
        for n, one in enumerate(rows, 1)
    ]
    given = Given(households(), PEOPLE, {"rankings": said})
    return resolve_by_hand(folder, given, previous=previous)


@pytest.fixture
def with_base(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workspace's descriptors say that `dtsen` is the base."""
    sources = (SimpleNamespace(name="dtsen", role="base"), SimpleNamespace(name="bps", role=None))
    named = lambda **given: SimpleNamespace(**{**given, "sources": sources})  # noqa: E731
    monkeypatch.setattr(small_register, "SimpleNamespace", named)


@pytest.mark.usefixtures("with_base")
@pytest.mark.parametrize(
    ("says", "whose", "by"),
    [
        ({"nik": ADI}, "adi", "nik"),
        ({"nik": IDA}, "adi", "nik"),
        ({"kk": "10"}, "adi", "card"),
        ({"kk": "99"}, "oni", "card"),
        ({"kk": "10", "name": "EKO"}, "adi", "card"),
        ({"family_source_id": "D1"}, "adi", "source_id"),
        ({"family": "D2"}, "oni", "source_id"),
        ({"family_source_id": "8", "reference_source": "survei"}, "oni", "source_id"),
        ({"family_source_id": "8"}, None, "not_found"),
        ({"nik": "1811010101990001", "kk": "10"}, "adi", "card"),
        ({"nik": "1811010101990001", "kk": "77"}, None, "not_found"),
        ({"nik": "1811010101990001", "family_source_id": "D1"}, "adi", "source_id"),
        ({}, None, "not_found"),
    ],
)  # fmt: skip
def test_a_rank_is_of_the_family_that_its_row_names(
    says: dict[str, str], whose: str | None, by: str, tmp_path: Path
) -> None:
    found = ranked(tmp_path, says)
    (rank,) = found.table("rankings")
    assert rank["family_id"] == (found.family(whose) if whose else None)
    assert rank["attached_by"] == by


@pytest.mark.usefixtures("with_base")
def test_a_rank_by_the_registers_own_id_of_a_family(tmp_path: Path) -> None:
    first = ranked(tmp_path / "1", {})
    own = first.family("oni")
    rows = ({"family_id": own}, {"family_id": "F0000000000000"}, {"family_id": own, "nik": ADI})
    found = ranked(tmp_path / "2", *rows, previous=first.folder)
    ranks = {r["source_id"]: (r["family_id"], r["attached_by"]) for r in found.table("rankings")}
    assert ranks == {"1": (own, "id"), "2": (None, "not_found"), "3": (own, "id")}


def test_a_bare_family_id_means_nothing_where_no_source_is_the_base(tmp_path: Path) -> None:
    found = ranked(tmp_path, {"family_source_id": "D1"})
    assert [r["attached_by"] for r in found.table("rankings")] == ["not_found"]
