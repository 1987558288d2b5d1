"""Assessments and cases as a source for the next run: all that stand, for ever.

A check of support that is still open goes along as a case too, since the rules ask of it; an end of
support, a death or a restoration goes by the overlay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from tangga.registry.model import Column
from tangga.web.corrections.written import typed
from tangga.web.journeys.care.models import Assessment, Case, Check
from tangga.web.journeys.care.read import assessment_row, case_row
from tangga.web.pack import pack
from tangga.web.policy.book import book
from tangga.web.today import today

FIRST = ("id", "person_id", "family_id", "as_of")
Row = Mapping[str, Any]
Exported = tuple[str, tuple[str, ...], list[tuple[object, ...]]]


def exported() -> list[Exported]:
    """[(kind, columns, rows), ...] of the kinds `assessments` and `cases`."""
    return [
        _kind("assessments", "assessment", _assessments()),
        _kind("cases", "case", [*_cases(), *_checks()]),
    ]


def _kind(kind: str, schema: str, found: Iterable[Row]) -> Exported:
    columns = {
        name: one for name, one in pack().tables[schema].columns.items() if not one.reference
    }
    said = list(found)
    used = [name for name in columns if any(row.get(name) is not None for row in said)]
    rows = [
        (*(row[name] or None for name in FIRST), *(_value(row.get(n), columns[n]) for n in used))
        for row in said
    ]
    return kind, (*FIRST, *used), rows


def _value(value: Any, column: Column) -> object:
    """As the schema's type has it; what was kept as text is read."""
    if isinstance(value, str) and column.type != "text":
        found: object = typed(value, column)
        return found
    return value if not isinstance(value, float) else Decimal(str(value))


def _assessments() -> Iterator[Row]:
    for one in Assessment.objects.select_related("item").order_by("at"):
        yield assessment_row(one) | {"family_id": one.item.family_id, "as_of": one.on_date}


def _cases() -> Iterator[Row]:
    found = Case.objects.filter(opened__isnull=False).select_related("item")
    for one in found.order_by("opened", "item_id"):
        yield case_row(one) | {"as_of": max(one.state_on, one.reviewed or one.state_on)}


def _checks() -> Iterator[Row]:
    """Checks of support, under the kind that the clock of the policy calls so."""
    kinds = book().policy.on(today()).clock.says["suspension"]
    if not kinds:
        return
    for one in Check.objects.select_related("item").order_by("item__at"):
        item = one.item
        yield {
            "id": str(item.pk),
            "person_id": item.person_id,
            "family_id": item.family_id,
            "as_of": item.closed_on or one.stopped_on or one.decided_on or item.opened_on,
            "kind": kinds[0],
            "reason": one.reason,
            "opened": item.opened_on,
            # Once support has stopped nothing is under check any more.
            "closed": item.closed_on or one.stopped_on,
            "document": item.number,
        }
