"""What a batch would change in places is what the rules of a run say, and never more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from families import ask

DAY = date(2026, 1, 31)


@contextmanager
def seeing(web: Any) -> Iterator[None]:
    """A transaction of somebody who sees the regency."""
    from django.db import transaction

    from tangga.web.database import scope

    with transaction.atomic():
        scope.close()
        scope.open_to(scope.Scope("1811"))
        yield


@pytest.fixture(scope="module")
def said(web: Any) -> dict[tuple[str, str], str]:
    """(programme, whom) -> the verdict of the release."""
    rows = ask(
        web,
        "SELECT d.family_id, d.person_id, d.programme, d.verdict FROM decisions AS d "
        "JOIN families AS f ON f.family_id = d.family_id WHERE f.area LIKE '1811%%'",
    )
    return {
        (row["programme"], row["person_id"] or row["family_id"]): row["verdict"] for row in rows
    }


def test_what_is_read_here_agrees_with_the_run(web: Any, said: dict[tuple[str, str], str]) -> None:
    from tangga.rules.answer import NOT_KNOWN
    from tangga.rules.programmes import WORD
    from tangga.web.corrections import believed, reckoned
    from tangga.web.programmes import spells

    query = "SELECT family_id FROM families WHERE area LIKE '1811%%' AND status = 'active' LIMIT 60"
    checked = differs = 0
    for row in ask(web, query):
        with seeing(web):
            found = believed.family(row["family_id"])
            assert found is not None
            running = {one.kind.programme for one in spells.running(family_id=found.id, on=DAY)}
            verdicts = reckoned.verdicts(found, running, DAY)
        ids = ["", *(one["person_id"] for one in found.living)]
        for (programme, number), answer in verdicts.items():
            stored = said.get((programme, ids[number] or found.id))
            if answer is NOT_KNOWN or stored is None:
                continue
            checked += 1
            differs += WORD[answer] != stored
    assert checked > 150
    assert differs == 0, (differs, checked)


def test_a_changed_value_turns_what_rests_on_it(web: Any) -> None:
    from tangga.rules.answer import NO, YES
    from tangga.web.corrections import believed, reckoned
    from tangga.web.corrections.said import Change

    query = (
        "SELECT p.person_id, p.family_id, p.birth_date FROM persons AS p "
        "WHERE p.area LIKE '1811%%' AND p.birth_date > '2010-01-01' AND p.status <> 'dead' "
        "AND p.school_status = 'attending' ORDER BY p.person_id LIMIT 1"
    )
    (child,) = ask(web, query)
    older = Change(
        "person", child["person_id"], "birth_date", str(child["birth_date"]), "1990-01-01"
    )
    with seeing(web):
        found = believed.family(child["family_id"])
        assert found is not None
        turned = reckoned.shifts(found, [older], (), DAY)
        assert not reckoned.shifts(found, [], (), DAY)
    of_child = {
        one.programme: (one.before, one.after)
        for one in turned
        if one.person_id == child["person_id"]
    }
    assert (YES, NO) in of_child.values() or (NO, YES) in of_child.values()
