"""What no single field of a proposal's form can tell: whether its answers fit together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from tangga.texts import say
from tangga.web.corrections import believed
from tangga.web.corrections.sorts import PEOPLE
from tangga.web.database.rows import value
from tangga.web.family.eyes import as_date

if TYPE_CHECKING:
    from tangga.web.corrections.forms import ProposalForm

ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
THERE = "SELECT 1 FROM persons WHERE person_id = %s"
HEAD, RELATION, BORN = "head", "relation", "birth_date"
BIRTH = "birth"


def tidy(form: ProposalForm, cleaned: dict[str, Any]) -> None:
    """An id that was chosen from a list stands behind a name; who is born is born on that day."""
    if cleaned.get("person"):
        cleaned["person"] = cleaned["person"].split()[-1]
    day, key = cleaned.get("on"), f"p0_{BORN}"
    if form.about.sort.event == BIRTH and day is not None and key in form.fields:
        cleaned[key] = cleaned.get(key) or day
        if cleaned[key] != day:
            form.add_error(key, say("web_corrections.born_then", form.language))


def check(form: ProposalForm, cleaned: Mapping[str, Any]) -> None:
    """Adds what is wrong to the form."""
    _head(form, cleaned)
    _day(form, cleaned.get("on"))
    for name, there in (("family", _other_family), ("person", _other_person)):
        said = (cleaned.get(name) or "").strip()
        if said and not ID.fullmatch(said):
            form.add_error(name, say("web_corrections.no_id", form.language))
        elif said and not there(form, said):
            form.add_error(name, say(f"web_corrections.no_such_{name}", form.language))


def _head(form: ProposalForm, cleaned: Mapping[str, Any]) -> None:
    """The head of a new family is one of its members, and somebody is left in the old one."""
    about = form.about
    members, head = cleaned.get("members") or (), cleaned.get("head")
    if head and head not in members:
        form.add_error("head", say("web_corrections.head_elsewhere", form.language))
    everybody = len(members) == len(about.family.living) if about.family else False
    if "head" in about.sort.asks and everybody:
        form.add_error("members", say("web_corrections.nobody_left", form.language))
    if about.family is None and PEOPLE in about.sort.asks:
        relations = [cleaned.get(f"p{n}_{RELATION}") for n in range(about.people)]
        if relations.count(HEAD) != 1 and not form.errors:
            form.add_error("p0_relation", say("web_corrections.one_head", form.language))


def _day(form: ProposalForm, day: date | None) -> None:
    """Nothing happened to somebody before they were born."""
    about = form.about
    row = about.family.member(about.person_id) if about.family and about.person_id else None
    born = as_date((row or {}).get(BORN))
    if day is not None and born is not None and day < born:
        form.add_error("on", say("web_corrections.before_birth", form.language))


def _other_family(form: ProposalForm, said: str) -> bool:
    own = form.about.family
    return own is not None and said != own.id and believed.family(said) is not None


def _other_person(form: ProposalForm, said: str) -> bool:
    return said != form.about.person_id and bool(value(THERE, [said]))
