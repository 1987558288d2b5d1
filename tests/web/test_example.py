"""Example work: made as the pages make it, once, and honest about what it could not make."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from example_work import cast
from families import ask
from proposing import evidence_in
from users import log_in

from tangga.errors import UserError
from tangga.web.today import pretend

DAY = date(2026, 2, 2)
SMALL = {
    *("rice", "graduations", "groups", "review", "prevention", "doubles", "decree"),
    *("moves_between", "plans_of_families"),
}
"""Parts for which the register of the tests may have no families, and says so."""
LEAST = 40


def test_a_part_is_whole_or_told_of_and_nothing_is_made_twice(
    fresh_web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.example import furnish, plan
    from tangga.web.example.cast import NoneFits
    from tangga.web.example.furnish import Part

    def half(made_by: Any) -> None:
        plan.plan_lines(made_by)
        raise NoneFits("nobody fits")

    def broken(made_by: Any) -> None:
        raise KeyError("a mistake of ours")

    users, village = cast(fresh_web, "dinas_provinsi", "kepala_dinas", "bps")
    with pretend(DAY):
        assert not furnish.furnished()
        monkeypatch.setattr(furnish, "PARTS", {"plan_lines": plan.plan_lines, "reports": broken})
        with pytest.raises(KeyError):
            furnish.furnish(users, village)
        assert not furnish.furnished(), "then there is no example at all"
        monkeypatch.setattr(furnish, "PARTS", {"plan_lines": plan.plan_lines, "reports": half})
        made = furnish.furnish(users, village)
        assert made == [Part("plan_lines"), Part("reports", "nobody fits")]
        assert len(ask(fresh_web, "SELECT 1 FROM work_item")) == 3, "what broke off left nothing"
        assert furnish.furnish(users, village) == []
        assert len(ask(fresh_web, "SELECT 1 FROM work_item")) == 3
        waiting = furnish.tasks_of(users.values())
        assert waiting[users["kepala_dinas"]] == 2 and waiting[users["bps"]] == 0


def test_nobody_to_act_is_told() -> None:
    from tangga.web.example.cast import Cast, NoneFits

    with pytest.raises(NoneFits, match="bupati"):
        Cast({}, "1811012001", DAY).post("bupati")
    assert issubclass(NoneFits, UserError)


def test_every_part_has_a_name_in_words() -> None:
    from tangga.texts import say
    from tangga.web.example.furnish import PARTS

    for name in PARTS:
        assert say(f"web_example.{name}", "id") != say(f"web_example.{name}", "en") or name


def test_the_rice_of_the_demo_is_that_of_the_guides() -> None:
    import tangga.cli

    root = Path(__file__).parents[2]
    shown = root / "docs/guides/example/local/programmes/food_reserve.toml"
    shipped = Path(tangga.cli.__file__).parent / "templates" / "food_reserve.toml"
    assert tomllib.loads(shipped.read_text("utf-8")) == tomllib.loads(shown.read_text("utf-8"))


@pytest.mark.slow
def test_the_whole_leaves_something_for_everybody_and_every_page_of_it_opens(
    fresh_web: Any, tmp_path: Path, workspace: Path
) -> None:
    from climbing import plain_rules

    from tangga.web.example.furnish import PARTS, furnish, tasks_of

    users, village = cast(fresh_web)
    with pretend(DAY), evidence_in(tmp_path):
        for _ in plain_rules(fresh_web, workspace):
            made = furnish(users, village)
            assert [one.name for one in made] == list(PARTS)
            short = {one.name: one.short for one in made if one.short}
            assert set(short) <= SMALL, short
            assert len(ask(fresh_web, "SELECT 1 FROM work_item")) >= LEAST
            waiting = tasks_of(users.values())
            for role in ("kepala_desa", "verifikator_kabkota", "kepala_dinas", "bupati", "sentra"):
                assert waiting[users[role]] > 0, role
            assert _closed(users, waiting) == []


def _closed(users: dict[str, Any], waiting: dict[Any, int]) -> list[tuple[str, str, int]]:
    """(who, page, status) of each page of a matter that waits for somebody and does not open."""
    from django.test import Client

    found = []
    for role, user in users.items():
        client = Client()
        log_in(client, user)
        page = client.get("/tugas/")
        assert page.status_code == 200
        links = set(re.findall(r'<t[dh][^>]*><a href="(/[^"]+)"', page.content.decode()))
        assert not waiting[user] or links, role
        opened = ((link, client.get(link).status_code) for link in sorted(links))
        found += [(role, link, status) for link, status in opened if status != 200]
    return found
