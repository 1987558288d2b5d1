"""Whom recorded violence keeps from receiving a family's support: who, and never why."""

from __future__ import annotations

from tangga.rules import payee as rule
from tangga.web.database.rows import rows
from tangga.web.journeys.care import people
from tangga.web.policy.book import book
from tangga.web.today import today

SAID = "SELECT person_id, victim FROM public.care_violence_of(%s, %s, %s)"


def barred(family_id: str) -> frozenset[str]:
    """Ids of members to whom no support may be paid, by cases of the release and by files here.

    A file that names who did it bars that person. A record that names only who suffered bars all
    other members, as the rules say; a case that is closed bars as well.
    """
    settings = book().policy.on(today()).settings
    says = settings["payee"].says if "payee" in settings else None
    columns = [says[key] if says else "" for key in ("violence_column", "against_payee_column")]
    said = rows(SAID, [family_id, *columns])
    named = {row["person_id"] for row in said if not row["victim"]}
    victims = {row["person_id"] for row in said if row["victim"]}
    members = [row["person_id"] for row in people.members(family_id)]
    return rule.barred(members, victims) | (named & set(members))


def may_be(family_id: str, person_id: str) -> bool:
    """Whether support may be paid to a member; False says no more than that."""
    return person_id not in barred(family_id)
