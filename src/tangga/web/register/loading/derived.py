"""Tables that are made of a release's own, inside its schema, before anybody sees it.

DERIVED is run in its order; the steps of one line of it need nothing of each other and are run at
the same time. A step is given a connection whose search_path is the schema of the release; it makes
tables and says which of them requests may read, and how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from psycopg import sql

from tangga.registry.areas import Areas
from tangga.registry.model import Pack
from tangga.web.dashboard.figures import make_figures
from tangga.web.register.loading.changes import changes
from tangga.web.register.loading.open_tables import open_tables
from tangga.web.register.loading.release import Release
from tangga.web.register.loading.schema import APP_ROLE, Connection, by_area

SQL = Path(__file__).parent / "sql"
CLOCK = "clock"
ON_TWO_CORES = (
    "SELECT set_config('max_parallel_workers_per_gather', '1', true),"
    " set_config('max_parallel_maintenance_workers', '1', true)"
)
"""Few steps are left, and the longest of them would leave the other core idle."""

NAME_KEYS = "string_to_array(near || ':' || replace(search_name, ' ', ' ' || near || ':'), ' ')"
"""The words of a person's name as the index of people knows them: area:word."""

SEARCH_PARTS = ("words_same", "words_holding", "words_like", "people_to_try")
"""Functions that read the words of all names of an area: for the search alone."""

COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"


@dataclass(frozen=True)
class Making:
    """What a step is given. former: the schema of the release in force, None for a first one.

    columns: table -> its columns in the database, of the tables of this release.
    """

    con: Connection
    schema: str
    release: Release
    former: str | None
    columns: Mapping[str, frozenset[str]]
    pack: Pack
    areas: Areas

    def run(self, file: str, **parts: Any) -> None:
        """Run a file of `sql/`, statement after statement; parts: what stands in its braces."""
        self.run_text((SQL / file).read_text(encoding="utf-8"), **parts)

    def run_text(self, text: str, **parts: Any) -> None:
        """Run SQL; a part is an identifier or a composed piece of SQL."""
        composed = sql.SQL(text)  # type: ignore[arg-type]
        self.con.execute(composed.format(**parts) if parts else composed)

    def column(self, table: str, name: str, alias: str, kind: str = "text") -> sql.Composable:
        """A column of a table of this release; NULL where it was not recorded."""
        if name in self.columns.get(table, ()):
            return sql.Identifier(alias, name)
        return sql.SQL(f"NULL::{kind}")  # type: ignore[arg-type]

    def table(self, name: str, **columns: str) -> sql.Composable:
        """These columns of a table: NULL where one was not recorded, no rows without the table."""
        there = self.columns.get(name, frozenset())
        listed = ", ".join(
            f"{column}::{kind} AS {column}" if column in there else f"NULL::{kind} AS {column}"
            for column, kind in columns.items()
        )
        of = f"FROM {self.schema}.{name}" if there else "WHERE false"
        return sql.SQL(f"(SELECT {listed} {of})")  # type: ignore[arg-type]

    def of_former(self) -> Making:
        """The same of the release in force."""
        assert self.former is not None
        columns: dict[str, set[str]] = {}
        for table, column in self.con.execute(COLUMNS, [self.former]).fetchall():
            columns.setdefault(table, set()).add(column)
        kept = {table: frozenset(names) for table, names in columns.items()}
        return replace(self, schema=self.former, columns=kept)


Step = Callable[[Making], Mapping[str, sql.Composable]]
"""Returns the tables that it made -> the condition under which a request sees a row."""


def make(step: Step, making: Making) -> Mapping[str, sql.Composable]:
    """Run one step in a transaction of its own, inside the schema of the release."""
    with making.con.transaction():
        making.con.execute(ON_TWO_CORES)
        path = sql.SQL("SET LOCAL search_path = {}, public")
        making.con.execute(path.format(sql.Identifier(making.schema)))
        made = step(making)
        for name in made:
            making.con.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
    return made


def family_index(making: Making) -> Mapping[str, sql.Composable]:
    """One row an active family, with what lists filter and sort by."""
    making.run(
        "family_index.sql",
        **{name: making.column("families", name, "f") for name in ("place_kind", "rt", "rw")},
        near_cap=making.table(
            "near_cap",
            family_id="text",
            list="text",
            months_left="int",
            must_climb_adults="int",
            must_climb_most="int",
            extended_until="date",
        ),
        visits_asked=making.table(
            "visits_asked", family_id="text", why="text", since="date", deadline="date", many="int"
        ),
        cap_queue=making.table("cap_queue", family_id="text"),
        graduable=making.table("graduable", family_id="text"),
        assignments=making.table("assignments", family_id="text", worker="text"),
    )
    making.run("family_index_indexes.sql")
    return {"family_index": by_area()}


def person_index(making: Making) -> Mapping[str, sql.Composable]:
    """One row a person with a name, the words of the names, and the function that searches them."""
    digits, keys = sql.Literal(search_digits(making.areas)), sql.SQL(NAME_KEYS)
    birth_date = making.column("persons", "birth_date", "p", kind="date")
    making.run("person_index.sql", digits=digits, birth_date=birth_date)
    making.run("person_index_indexes.sql", keys=keys)
    making.run("name_words.sql")
    # Until its library is there, PostgreSQL refuses to hear of its settings.
    making.run_text("SELECT similarity('', '')")
    making.run("search_words.sql", keys=keys)
    for function in SEARCH_PARTS:
        _let_nobody_call(making, function)
    making.run("search_persons.sql", digits=digits, keys=keys)
    _let_requests_call(making, "search_persons")
    return {"person_index": by_area(), "name_words": sql.SQL("false")}


def search_digits(areas: Areas) -> int:
    """How long codes are of the level that most officers search in: the second from above."""
    lengths = list(areas.lengths.values())
    return lengths[min(1, len(lengths) - 1)] if lengths else 0


def gone_people(making: Making) -> Mapping[str, sql.Composable]:
    """One row a person of whom a record says dead, moved or double: by event, or by the civil
    registry. Ends nothing; it is whom to look for first."""
    making.run(
        "gone_people.sql",
        status=making.column("persons", "status", "p"),
        death_date=making.column("persons", "death_date", "p", kind="date"),
        deaths=making.table("deaths", person_id="text", death_date="date"),
        possible=making.table("death_review", person_id="text", death_date="date"),
        events=making.table("events", person_id="text", event="text", on_date="date"),
        spells=making.table("spells", person_id="text", open="boolean"),
        payees=making.table("spells", payee_person_id="text", open="boolean"),
    )
    return {"gone_people": by_area()}


def in_service(making: Making) -> Mapping[str, sql.Composable]:
    """The function that says of one family who of it has an open case, and nothing else."""
    cases = making.table(
        "cases", family_id="text", person_id="text", closed="date", state="text", area="text"
    )
    making.run("in_service.sql", cases=cases, over=sql.Literal(list(_case_over(making))))
    _let_requests_call(making, "in_service")
    return {}


def _case_over(making: Making) -> tuple[str, ...]:
    """States in which a case has ended, as the clock of the pack says on the day."""
    from tangga.rules.load import load_policy
    from tangga.rules.on_date import PolicyGap

    try:
        today = load_policy(making.pack).on(date.fromisoformat(making.release.said["as_of"]))
        return tuple(today.settings[CLOCK].says["case_over"])
    except (PolicyGap, KeyError):
        return ()


def _let_nobody_call(making: Making, function: str) -> None:
    revoke = sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC")
    making.con.execute(revoke.format(sql.Identifier(function)))


def _let_requests_call(making: Making, function: str) -> None:
    _let_nobody_call(making, function)
    grant = sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}")
    making.con.execute(grant.format(sql.Identifier(function), sql.Identifier(APP_ROLE)))


DERIVED: list[list[Step]] = [
    [family_index, person_index, gone_people, in_service, open_tables],
    [make_figures, changes],
]
