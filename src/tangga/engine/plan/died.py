"""Everybody, those who died with the day of it where anything says it."""

from __future__ import annotations

from datetime import date

from tangga.engine.plan.statements import statement
from tangga.engine.received import Received

PERSON = {
    "person_id": "VARCHAR",
    "family_id": "VARCHAR",
    "status": "VARCHAR",
    "death_date": "DATE",
    "nik": "VARCHAR",
}
EVENT = {"person_id": "VARCHAR", "event": "VARCHAR", "on_date": "DATE"}
DEATH = {"person_id": "VARCHAR", "death_date": "DATE"}


def died_sql(received: Received, day: date) -> str:
    """One row a person, as far as records received by a day tell. received: the tables of a run."""
    sql = statement(
        "died",
        persons=received("persons", PERSON),
        events=received("events", EVENT, where=f"latest AND on_date <= DATE '{day}'"),
        deaths=received("deaths", DEATH),
    )
    return f"({sql})"
