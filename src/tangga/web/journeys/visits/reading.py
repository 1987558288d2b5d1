"""Reading one family for a visit: who they are, what is asked, and whether they are still here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest

from tangga.rules.facts import DEAD
from tangga.web.database.rows import value
from tangga.web.family import queries as family_queries
from tangga.web.family.classes import classes
from tangga.web.family.eyes import Eyes, Row
from tangga.web.family.opening import LONGEST_ID
from tangga.web.family.people import Names, members
from tangga.web.jinja import language_of
from tangga.web.journeys.visits import queries
from tangga.web.journeys.visits.asked import Question, answered, questions
from tangga.web.journeys.visits.mine import answers
from tangga.web.viewer import Viewer

SALT = "tangga.visits.form"
SUCCESSOR = """
SELECT l.new_id FROM lineage AS l WHERE l.old_id = %s
AND EXISTS (SELECT FROM families AS f WHERE f.family_id = l.new_id)
ORDER BY l.run DESC, l.new_id LIMIT 2
"""


@dataclass(frozen=True)
class Form:
    """The key of a form that this service showed: to whom, for which family, where it lived then.

    Signed, so that nobody makes one up."""

    key: uuid.UUID
    family_id: str
    area: str
    user: int

    def signed(self) -> str:
        """As it stands in the page."""
        return signing.dumps([str(self.key), self.family_id, self.area, self.user], salt=SALT)


class Forged(Exception):
    """A form that this service never showed to this user."""


def form_of(text: str, viewer: Viewer) -> Form:
    """The key of a form that came back. Forged where it is not ours, or was shown to another."""
    try:
        key, family_id, area, user = signing.loads(text, salt=SALT)
        found = Form(uuid.UUID(key), family_id, area, user)
    except (signing.BadSignature, ValueError, TypeError):
        raise Forged from None
    if found.user != viewer.user.pk:
        raise Forged
    return found


def new_form(family_id: str, area: str, viewer: Viewer) -> Form:
    """The key of a form that is shown now."""
    return Form(uuid.uuid4(), family_id, area, viewer.user.pk)


@dataclass(frozen=True)
class Home:
    """One family as a visit needs it."""

    id: str
    eyes: Eyes
    found: Mapping[str, Any]
    names: Names

    @property
    def family(self) -> Row:
        """Its own row."""
        row: Row = self.found["family"]
        return row

    @property
    def area(self) -> str:
        """Where its rows belong."""
        return str(self.family.get("area") or "")

    @cached_property
    def people(self) -> dict[str, str]:
        """Living members by id, each by name and relation."""
        said = {}
        for one in members(self.eyes, self.found.get("people"), self._head, self.eyes_on):
            if not one.dead:
                details = [one.name.text, one.relation.text if one.relation else "", one.age]
                said[one.id] = ", ".join(filter(None, details))
        return said

    @property
    def _head(self) -> str | None:
        return self.family.get("head_person_id")

    @property
    def eyes_on(self) -> Any:
        """The day of the ages."""
        from tangga.web.today import today

        return today()

    @cached_property
    def title(self) -> str:
        """The name of the head; '' where there is none, or it may not be seen."""
        for row in self.found.get("people") or ():
            if row["person_id"] == self._head and row.get("status") != DEAD:
                return self.names(row["person_id"])
        return ""

    @cached_property
    def asked(self) -> list[Question]:
        """What is still to be asked, once what visits since the release answered is left out."""
        known = answers(self.found.get("since") or ())
        each = questions(self.found.get("visit"), self.eyes.viewer, self.eyes.classes)
        return [one for one in each if not answered(one, known)]


def read(request: HttpRequest, family_id: str) -> Home | None:
    """A family of the viewer's area; None where it is not there (any more)."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    release = request.release  # type: ignore[attr-defined]
    if release is None or len(family_id) > LONGEST_ID:
        raise Http404
    number = release["number"]
    found = family_queries.read(queries.FORM, number, family_id, viewer.may("case"))
    if found["family"] is None:
        return None
    eyes = Eyes(viewer, classes(number), language_of(request))
    return Home(family_id, eyes, found, Names.of(eyes, found.get("people")))


def successor(request: HttpRequest, family_id: str) -> str:
    """The family that another became in this release, where it is one and the viewer sees it."""
    release = request.release  # type: ignore[attr-defined]
    if release is None or "lineage" not in classes(release["number"]).held:
        return ""
    return str(value(SUCCESSOR, [family_id]) or "")
