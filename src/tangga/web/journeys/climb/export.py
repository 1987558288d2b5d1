"""Business groups for the next run: one row a member, the group's own columns on each of them."""

from __future__ import annotations

from typing import Any

from tangga.web.journeys.climb.models import Asset, Group, Turnover
from tangga.web.secrets import unseal

COLUMNS = (
    *("id", "person_id", "family_id", "as_of"),
    *("group_id", "kind", "group_name", "area", "state", "formed_on", "business"),
    *("turnover_month", "turnover_on", "group_assets", "group_account", "group_bank"),
    *("companion", "document", "member_role", "joined_on", "left_on"),
)


def exported() -> list[tuple[str, tuple[str, ...], list[tuple[object, ...]]]]:
    """Every membership since a group was formed, those that ended too."""
    rows: list[tuple[object, ...]] = []
    for group in Group.objects.exclude(formed_on=None).select_related("item"):
        rows += _rows(group)
    return [("groups", COLUMNS, rows)]


def _rows(group: Group) -> list[tuple[object, ...]]:
    shared = _shared(group)
    found = []
    for member in group.members.filter(counts=True):
        as_of = max(filter(None, (group.state_on, member.joined_on, member.left_on)))
        own = {
            **shared,
            "id": str(member.pk),
            "person_id": member.person_id,
            "family_id": member.family_id,
            "as_of": as_of,
            "member_role": member.role,
            "joined_on": member.joined_on,
            "left_on": member.left_on,
        }
        found.append(tuple(own[name] for name in COLUMNS))
    return found


def _shared(group: Group) -> dict[str, Any]:
    last = Turnover.objects.filter(item=group.item).order_by("-on_date", "-at").first()
    assets = Asset.objects.filter(group=group, gone_on=None).values_list("name", flat=True)
    return {
        "group_id": group.item.number,
        "kind": group.kind,
        "group_name": group.name,
        "area": group.area,
        "state": group.item.state,
        "formed_on": group.formed_on,
        "business": group.business or None,
        "turnover_month": None if last is None else last.amount,
        "turnover_on": None if last is None else last.on_date,
        "group_assets": "; ".join(assets)[:1000] or None,
        "group_account": None if group.account is None else unseal(group.account),
        "group_bank": group.bank or None,
        "companion": group.companion or None,
        "document": group.minutes or None,
    }
