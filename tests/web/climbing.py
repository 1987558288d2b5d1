"""Families on the ladder for the tests: made to fit, and acted upon as each role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from families import ask, connection


class Climb:
    """The service, and what the tests do with it."""

    def __init__(self, web: Any) -> None:
        self.web = web
        self.used: set[str] = set()

    def ask(self, query: str, *values: Any) -> list[dict[str, Any]]:
        return ask(self.web, query, *values)

    def change(self, query: str, *values: Any) -> None:
        """Change the register as the owner: what another run would have published."""
        with connection(self.web) as con:
            con.execute(query, values)

    @contextmanager
    def acting(self, role: str, area: str, **more: Any) -> Iterator[Any]:
        """A transaction as a request of theirs would have it."""
        from django.db import transaction

        from tangga.web.database import scope
        from tangga.web.viewer import open_for, posts_in_force, viewer_of

        name = "-".join(filter(None, (role.replace("_", "-"), area, *more.values()))).lower()
        key = (role, area, *more.items())
        if key not in self.web.made:
            from users import make_user

            self.web.made[key] = make_user(role, area, username=name, **more)
        user = self.web.made[key]
        with transaction.atomic():
            scope.close()
            viewer = viewer_of(user, posts_in_force(user.pk)[0])
            open_for(viewer)
            yield viewer

    def begin(self, kind: str, family: dict[str, Any], by: Any, reason: str = "uji") -> Any:
        from tangga.web.journeys.climb import actions

        return actions.begin(kind, family_id=family["family_id"], by=by, reason=reason)

    def take(self, item: Any, step: str, by: Any, **more: Any) -> Any:
        from tangga.web.journeys.climb import actions

        version = more.pop("version", item.version)
        return actions.take(item, step, by=by, version=version, **more)

    def decided(self, family: dict[str, Any]) -> Any:
        """A graduation of which the family is told today."""
        area = family["area"]
        with self.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by:
            item = self.begin("graduation", family, by)
        with self.acting("koordinator_pkh", area[:4]) as by:
            item = self.take(item, "check", by)
        with self.acting("kepala_dinas", area[:4]) as by:
            return self.take(item, "decide", by)

    def shock(self, family: dict[str, Any], by: Any, shock: str = "flood") -> None:
        """A shock since the release, by a matter of its own."""
        from tangga.web.overlay import write
        from tangga.web.today import today

        write.event(
            item=self.matter(family, by),
            event="shock",
            shock=shock,
            on_date=today(),
            family_id=family["family_id"],
            area=family["area"],
            by=by,
        )

    def matter(self, family: dict[str, Any], by: Any) -> Any:
        """Any matter of a family, to hang rows of the overlay on."""
        import uuid

        from tangga.web.today import today
        from tangga.web.work.models import Item

        return Item.objects.create(
            number=f"UJI/{uuid.uuid4().hex[:12]}",
            kind="probe",
            area=family["area"],
            state="done",
            family_id=family["family_id"],
            by=by.user,
            opened_on=today(),
            closed_on=today(),
        )


def plain_rules(web: Any, workspace: Path) -> Iterator[Climb]:
    """The service with the rules by which the tests' release was decided: the cap in force."""
    from dataclasses import replace

    from django.conf import settings

    before = settings.ENV
    settings.ENV = replace(before, workspace=str(workspace))
    forget()
    try:
        yield Climb(web)
    finally:
        settings.ENV = before
        forget()


def forget() -> None:
    """What was read once a process is read anew."""
    from tangga.web.family import reasons, standing
    from tangga.web.policy.book import book

    book.cache_clear()
    standing.rules_on.cache_clear()
    reasons.reasons.cache_clear()
    reasons._reason.cache_clear()


def graduable(climb: Climb, *, area: str = "", support: bool = False) -> dict[str, Any]:
    """A family of the release in empowerment that fits every requirement of a graduation; with
    support: one on which counted support runs."""
    wanted = "EXISTS" if support else "NOT EXISTS"
    rows = climb.ask(
        "SELECT f.family_id, f.area, f.village FROM families AS f "
        "JOIN moves AS m ON m.family_id = f.family_id AND m.person_id IS NULL "
        f"WHERE m.rung = 'protection' AND {wanted} ("
        " SELECT 1 FROM spells AS s WHERE s.family_id = f.family_id AND s.open "
        " AND s.programme = 'sembako') "
        "AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.family_id = f.family_id "
        " AND e.event IN ('shock', 'displaced')) "
        "AND NOT EXISTS (SELECT 1 FROM ranking AS k WHERE k.family_id = f.family_id "
        " AND k.decile_before > 4) "
        "AND NOT EXISTS (SELECT 1 FROM cases AS c WHERE c.family_id = f.family_id) "
        "AND f.area LIKE %s ORDER BY f.family_id",
        f"{area}%",
    )
    row = next(one for one in rows if one["family_id"] not in climb.used)
    climb.used.add(row["family_id"])
    with climb.acting("operator_kabkota", row["area"][:4]) as by:
        from tangga.web.overlay import write

        write.event(
            item=climb.matter(row, by),
            event="rung_move",
            rung="empowerment",
            on_date=date(2025, 2, 1),
            family_id=row["family_id"],
            area=row["area"],
            by=by,
        )
    fits(climb, row)
    return row


def fits(climb: Climb, family: dict[str, Any], observers: int = 2) -> None:
    """Two observations seven months apart above the buffer, a statement, minutes, an income."""
    id_ = family["family_id"]
    climb.change("DELETE FROM visits WHERE family_id = %s", id_)
    climb.change(
        "UPDATE families SET income_since = '2024-06-01', income_month = 90000000"
        " WHERE family_id = %s",
        id_,
    )
    for n, day in enumerate((date(2025, 7, 1), date(2026, 1, 28))):
        climb.change(
            "INSERT INTO visits (source, source_id, family_id, area, worker, on_date, purpose,"
            " result, income_month, statement, document)"
            " VALUES ('uji', %s, %s, %s, %s, %s, 'graduation', 'complete', 90000000, %s, %s)",
            f"UJI-{id_}-{n}",
            id_,
            family["area"],
            f"PDP-{n if observers > 1 else 0}",
            day,
            "yes" if n else None,
            "BA/1/2026" if n else None,
        )
