"""Who receives already what is asked for: said before it is lodged, so that nobody waits for it."""

from __future__ import annotations

from typing import Any

from django import forms

from tangga.rules.names import FAMILY_TABLE
from tangga.texts import Language, say
from tangga.web.appeals import whom
from tangga.web.database.rows import rows
from tangga.web.policy.book import book
from tangga.web.public.support import reaches
from tangga.web.today import today

SURE = "sure"
DECISIONS = """
SELECT programme, determination, person_id FROM decisions
WHERE family_id = %s AND programme = %s AND determination IS NOT NULL
"""


def told(
    form: forms.Form, family_id: str, programme: str, language: Language, person_id: str = ""
) -> bool:
    """Whether the form is to be shown again: somebody receives the programme, and nobody has said
    that it is asked for all the same. person_id: of one member; '' whoever of the family."""
    if form.data.get(SURE) or not (who := _who(family_id, programme, person_id, language)):
        return False
    form.fields[SURE] = forms.BooleanField(required=False, label=say("web_appeals.sure", language))
    label = book().label(programme, language)
    words = say("web_appeals.receives_now", language, who=", ".join(who), programme=label)
    form.add_error(SURE, words)
    return True


def _who(family_id: str, programme: str, person_id: str, language: Language) -> list[str]:
    """Whom it reaches: members by name, or the family as a whole."""
    known = book().policy.programmes.get(programme)
    if known is None:
        return []
    decided = rows(DECISIONS, [family_id, programme])
    if known.unit == FAMILY_TABLE:
        found = reaches(family_id, "", decided, today())
        return [say("web_appeals.this_family", language)] if programme in found else []
    return [
        one["name"] or "–"
        for one in whom.members(family_id)
        if person_id in ("", one["person_id"])
        and programme in reaches(family_id, one["person_id"], _of(decided, one), today())
    ]


def _of(decided: list[dict[str, Any]], member: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in decided if row["person_id"] in (None, member["person_id"])]
