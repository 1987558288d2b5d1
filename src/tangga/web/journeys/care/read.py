"""Cases and assessments that stand here and that no release in force holds, for rules to read.

For the rule alone: a page shows its answer, never the case. Whoever calls opens the case data
first.
"""

from __future__ import annotations

from typing import Any

from tangga.web.database.rows import rows
from tangga.web.journeys.care.case_reading import said_in
from tangga.web.journeys.care.models import Assessment, Case
from tangga.web.journeys.care.rehabilitation import inside
from tangga.web.work.models import Item

LATE = "_late"
KNOWN = """
SELECT c.correction_id FROM public.register_consumed AS c
JOIN public.register_current AS now ON c.number = now.number WHERE c.correction_id = ANY(%s)
"""


def state_of(item: Item) -> str:
    """Where a file is, as a code of case_state: that a deadline passed is no state of its own."""
    return item.state.removesuffix(LATE)


def cases_of(family_id: str) -> list[dict[str, Any]]:
    """Of one family, as the schema's table of cases has them; `id`: of the row that is exported.

    Our own file is newer than what a release says of it, so it is here even then.
    """
    found = Case.objects.filter(item__family_id=family_id, opened__isnull=False)
    return [case_row(one) for one in found.select_related("item").order_by("opened")]


def case_row(case: Case) -> dict[str, Any]:
    """A case by the names of the schema."""
    said = inside(case)
    return {
        "id": str(case.item_id),
        "person_id": case.item.person_id,
        "family_id": case.item.family_id,
        "kind": said["cluster"],
        "need": said["need"] or None,
        "opened": case.opened,
        "closed": case.closed,
        "sentra": case.sentra or case.place or None,
        "mode": case.mode or None,
        "state": state_of(case.item),
        "review_on": case.reviewed,
        "due_on": case.item.due,
        "violence": case.violence,
        "against_payee": case.against_payee,
        "document": case.item.number,
        "by": case.worker or None,
    }


def assessments_of(family_id: str) -> list[dict[str, Any]]:
    """Of one family, the oldest first, as the schema's table of assessments has them."""
    found = list(Assessment.objects.filter(item__family_id=family_id).order_by("on_date", "at"))
    ids = [str(one.pk) for one in found]
    known = {row["correction_id"] for row in (rows(KNOWN, [ids]) if ids else ())}
    return [assessment_row(one) for one in found if str(one.pk) not in known]


def assessment_row(one: Assessment) -> dict[str, Any]:
    """An assessment by the names of the schema; values as the schema writes them."""
    return {
        **said_in(one),
        "id": str(one.pk),
        "person_id": one.person_id,
        "on_date": one.on_date,
        "by": one.worker or one.by_called,
        "document": one.document or None,
    }
