"""Who did violence receives no support for the family; nobody is told why."""

from __future__ import annotations

from typing import Any

from care import acting, somebody
from test_care_cases import DAY, opened, referred

from tangga.web.today import pretend


def members(web: Any, family_id: str) -> list[str]:
    from tangga.web.journeys.care import people

    with acting(web, "operator_kabkota", "1811"):
        return [row["person_id"] for row in people.members(family_id)]


def barred(web: Any, family_id: str, role: str = "operator_kabkota") -> frozenset[str]:
    from tangga.web.journeys.care.payee import barred as of

    with pretend(DAY), acting(web, role, "1811"):
        return of(family_id)


def test_named_only_they_are_barred(web: Any) -> None:
    item = opened(web, 0)
    other = next(one for one in members(web, item.family_id) if one != item.person_id)
    assert barred(web, item.family_id) == frozenset()
    referred(web, item, violence=True, against_payee=True, against=other)
    assert barred(web, item.family_id) == {other}


def test_not_named_all_but_the_victim_are_barred(web: Any) -> None:
    item = referred(web, opened(web, 3), violence=True, against_payee=True)
    others = set(members(web, item.family_id)) - {item.person_id}
    assert barred(web, item.family_id) == others


def test_violence_from_outside_bars_nobody(web: Any) -> None:
    item = referred(web, opened(web, 6), violence=True)
    assert barred(web, item.family_id) == frozenset()


def test_another_area_learns_nothing(web: Any) -> None:
    from tangga.web.journeys.care.payee import barred as of

    item = referred(web, opened(web, 9), violence=True, against_payee=True)
    with acting(web, "operator_kabkota", "1771"):
        assert of(item.family_id) == frozenset()


def test_only_the_person_is_held(web: Any) -> None:
    from tangga.web.journeys.care import service

    who = somebody(web, "1811", 12)
    with acting(web, "kepala_dinas", "1811"):
        assert service.held(who["family_id"]) == frozenset()
    item = opened(web, 12)
    with acting(web, "kepala_dinas", "1811"):
        assert service.held(item.family_id) == frozenset(), "an assessment is no service"
    referred(web, item)
    with acting(web, "kepala_dinas", "1811"):
        assert service.held(item.family_id) == {item.person_id}
