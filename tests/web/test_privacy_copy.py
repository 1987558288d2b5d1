"""A person's copy reaches every table of the service: a row of theirs in each is handed over."""

from __future__ import annotations

import json
import uuid
from typing import Any

import psycopg
from psycopg import sql

from tangga.web.privacy.tables import Table, tables
from tangga.web.secrets import seal

REGENCY = "1811"
PROOF = {"proof": "ktp", "asked_on": "2026-01-31", "bentuk": "json"}
COLUMNS = """
SELECT a.attname::text, t.typname::text, a.attnotnull FROM pg_attribute AS a
JOIN pg_type AS t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass('public.' || %s) AND a.attnum > 0 AND NOT a.attisdropped
"""
EMPTY: dict[str, Any] = {
    "bool": False,
    "date": "2026-01-05",
    "timestamptz": "2026-01-05 08:00+07",
    "int4": 1,
    "int8": 1,
    "numeric": 1,
    "varchar": "",
    "text": "",
    "jsonb": "{}",
    "_varchar": "{}",
}
UNIQUE = ("number", "receipt", "code", "correction_id", "pair", "stored")
SAID: dict[str, dict[str, Any]] = {
    "care_areamove": {"from_village": "1811012001", "to_village": "1811012002"},
    "counter_served": {"office": REGENCY},
    "climb_line": {"state": "planned"},
    "duplicates_ruling": {"ruling": "same", "reason": "sama"},
    "overlay_spell": {"change": "open"},
    "overlay_value": {"entity": "person"},
    "privacy_hold": {"reason": "sengketa"},
    "programmes_delivery": {"to": "head"},
    "programmes_pick": {"state": "order"},
    "programmes_result": {"matched": 1, "unmatched": 0},
    "programmes_row": {"state": "pay", "sort": "regular", "amount": 1},
    "visits_row": {"state": "saved"},
    "visits_visit": {"planned_on": "2026-01-05"},
    "work_evidence": {"kind": "photo"},
}
"""What a table's own checks ask of a row."""


class Person:
    """Somebody of the register, with one matter and a row in every table."""

    def __init__(self, con: psycopg.Connection[Any], *, case: bool) -> None:
        self.con, self.case = con, case
        found = con.execute(
            "SELECT person_id, family_id, area FROM r_1.persons WHERE area LIKE %s"
            " AND family_id IS NOT NULL AND status = 'active' ORDER BY person_id DESC LIMIT 1",
            [f"{REGENCY}%"],
        ).fetchone()
        assert found
        self.person, self.family, self.area = found
        self.ids: dict[str, Any] = {}
        user = con.execute("SELECT min(id) FROM accounts_user").fetchone()
        self.user = user[0] if user else 1

    def put_all(self) -> list[str]:
        """A row in every table of the service; the names of those tables."""
        self.con.execute("SET session_replication_role = replica")
        done = []
        for table in tables().values():
            columns = self.con.execute(COLUMNS, [table.name]).fetchall()
            if (columns and table.case == self.case) or table.name == "work_item":
                self.put(table, columns)
                done.append(table.name)
        self.con.execute("SET session_replication_role = DEFAULT")
        self.con.commit()
        return [name for name in done if tables()[name].case == self.case]

    def put(self, table: Table, columns: list[tuple[str, str, bool]]) -> None:
        row = {name: self.value(table, name, kind) for name, kind, needed in columns
               if needed or name in self.theirs(table)}  # fmt: skip
        if row.get("id") and isinstance(row["id"], int):
            row.pop("id")
        query = sql.SQL("INSERT INTO public.{} ({}) VALUES ({}) RETURNING {}").format(
            sql.Identifier(table.name),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
            sql.Identifier("id" if any(one[0] == "id" for one in columns) else columns[0][0]),
        )
        made = self.con.execute(query, list(row.values())).fetchone()
        self.ids[table.name] = made[0] if made else None

    def theirs(self, table: Table) -> dict[str, Any]:
        """The columns by which a table is known to be theirs."""
        found = {
            "person_id": self.person,
            "family_id": self.family,
            "entity_id": self.person,
            "left_person": self.person,
            "area": self.area,
            "item_id": self.ids.get("work_item"),
            "by_id": self.user,
            "cased": self.case,
        }
        for way in table.by:
            of, _, column = way.partition(".")
            if column:
                found[column] = self.ids[of]
        return {**found, **SAID.get(table.name, {})}

    def value(self, table: Table, name: str, kind: str) -> Any:
        said = self.theirs(table)
        if name in said and (table.name != "work_item" or name != "item_id"):
            return said[name]
        if kind == "uuid":
            return uuid.uuid4()
        if kind == "bytea":
            return seal("{}")
        if kind == "varchar" and name in UNIQUE:
            return f"UJI-{uuid.uuid4().hex[:12]}"
        return EMPTY[kind]


def handed(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.content.decode()[:500]
    return {one["table"] for one in json.loads(answer.content)["tables"]}


def test_a_row_in_every_table_of_the_service_is_handed_over(web: Any) -> None:
    web.user("kepala_dinas", REGENCY)
    with psycopg.connect(web.superuser_url) as con:
        whose = Person(con, case=False)
        names = whose.put_all()
    assert len(names) > 30
    client = web.client("kepala_dinas", REGENCY)
    told = handed(client.post(f"/data-pribadi/orang/{whose.person}/", PROOF))
    lacking = sorted(set(names) - told)
    assert lacking == [], lacking


def test_the_case_teams_tables_are_handed_over_by_the_case_team(web: Any) -> None:
    web.user("pendamping_rehsos", REGENCY)
    with psycopg.connect(web.superuser_url) as con:
        whose = Person(con, case=True)
        names = whose.put_all()
    assert {"care_case", "care_assessment", "care_note"} <= set(names)
    address = f"/data-pribadi/orang/{whose.person}/kasus/"
    told = handed(web.client("pendamping_rehsos", REGENCY).post(address, PROOF))
    lacking = sorted(set(names) - told)
    assert lacking == [], lacking
    office = web.client("kepala_dinas", REGENCY)
    told = handed(office.post(f"/data-pribadi/orang/{whose.person}/", PROOF))
    assert not told & set(names)


def test_questions_of_a_visit_about_another_member_are_not_handed_over() -> None:
    """Whether somebody else of the family is pregnant is no part of the copy, nor are raw codes."""
    from tangga.web.privacy.of_others import own

    questions = [
        {"fact": "pregnant", "person_id": "P-2", "ask_id": "Apakah sedang hamil?"},
        {"fact": "school", "person_id": "P-1", "ask_id": "Apakah masih sekolah?"},
        {"fact": "water", "person_id": None, "ask_id": "Dari mana air minumnya?"},
    ]
    kept = "Apakah masih sekolah?\nDari mana air minumnya?"
    assert own(json.dumps(questions), "P-1") == kept
    assert own({"asked": questions, "on": "2026-01-05"}, "P-1") == {
        "asked": kept.split("\n"), "on": "2026-01-05",
    }  # fmt: skip
    assert own("[{ not json", "P-1") == "[{ not json" and own("Dusun 2", "P-1") == "Dusun 2"
