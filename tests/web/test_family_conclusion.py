"""A family past the limit of months is told in one sentence what follows."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

SAID = re.compile(r'id="kesimpulan"><strong>Artinya:</strong> ([^<]*)<')


def families(web: Any, where: str, most: int = 3) -> list[str]:
    with web.owner() as con:
        rows = con.execute(
            f"SELECT family_id FROM r_1.family_index AS f WHERE {where} ORDER BY 1 LIMIT {most}"
        ).fetchall()
    return [str(row[0]) for row in rows]


def told(client: Any, family: str) -> list[str]:
    response = client.get(f"/keluarga/{family}/")
    assert response.status_code == 200
    return SAID.findall(response.content.decode())


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("cap_list = 'passed' AND due_move IS NOT NULL AND must_climb_adults > 0", "jatuh tempo"),
        ("cap_list = 'passed'", ""),
    ],
)
def test_who_is_past_the_limit_is_told_what_follows(web: Any, where: str, words: str) -> None:
    client = web.client("kemensos", "")
    for family in families(web, where):
        said = told(client, family)
        exempt = families(web, f"family_id = '{family}' AND must_climb_most = 0")
        assert len(said) == (0 if exempt else 1), family
        if said:
            assert words in said[0]


def test_nobody_below_the_limit_is_told_any(web: Any) -> None:
    client = web.client("kemensos", "")
    for family in families(web, "months_protected BETWEEN 1 AND 50", 2):
        assert told(client, family) == []


def test_by_other_rules_nobody_says_that_the_limit_is_only_announced(web: Any) -> None:
    """The release was decided with the limit in force; the rules here only announce it."""
    client = web.client("kemensos", "")
    for family in families(web, "months_protected > 60", 5):
        text = client.get(f"/keluarga/{family}/").content.decode()
        assert "aturan yang sedikit berbeda" in text
        assert "belum berlaku; tidak ada langkah" not in text and "baru diumumkan" not in text


@pytest.mark.parametrize(
    ("found", "rung", "near", "key"),
    [
        ({}, "protection", {"extended_until": "2026-09-01"}, "extended"),
        ({"queue": [{}]}, "protection", {}, "queue"),
        ({"cohort": {"decide_by": "2027-03-19"}}, "empowerment", {}, "climbed"),
        ({"cohort": {"decide_by": "2027-03-19"}}, "protection", {}, "cohort"),
        ({"cohort": {"decide_by": "2025-03-19"}}, "protection", {}, "plain"),
        ({}, "protection", {"must_climb_adults": 0, "must_climb_most": 1}, "unsure"),
        ({}, "protection", {"must_climb_adults": 1}, "plain"),
    ],
)
def test_the_first_that_is_so_is_said(
    found: dict[str, Any],
    rung: str,
    near: dict[str, Any],
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from datetime import date

    from tangga.web.family import conclusion

    monkeypatch.setattr(conclusion, "say", lambda name, *_args, **_more: name)
    monkeypatch.setattr(conclusion, "say_day", lambda *_args: "")
    standing = SimpleNamespace(due=(), rung=rung)
    eyes = SimpleNamespace(language="id")
    said = conclusion._of_running(eyes, found, standing, near, date(2026, 1, 31))
    assert said == f"web_family.concluded_{key}"
