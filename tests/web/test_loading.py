"""A release comes into PostgreSQL whole, sealed, closed; into force by two people, in one step."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loaded
import psycopg
import pyarrow.parquet as pq
import pytest
from loaded import request, values

from tangga.errors import UserError
from tangga.web.database.bootstrap import bootstrap
from tangga.web.register import loading
from tangga.web.register.loading import Entry, Refused, ledger

Con = psycopg.Connection[Any]
NAME = "tangga_loading"


@pytest.fixture(scope="module")
def url(cluster: Any) -> str:
    return bootstrap(cluster.url("postgres"), database=NAME)


@pytest.fixture
def con(url: str) -> Iterator[Con]:
    with psycopg.connect(url, autocommit=True) as con:
        yield con


@pytest.fixture(scope="module")
def first(url: str, release: Path) -> Entry:
    """The release in force, loaded once."""
    with psycopg.connect(url, autocommit=True) as con:
        return loaded.put_in_force(con, release, loaded.service())


# --- What is loaded -------------------------------------------------------------------------------


def test_every_table_has_the_rows_that_the_manifest_promises(
    con: Con, first: Entry, release: Path
) -> None:
    promised = {name: table["rows"] for name, table in loaded.said(release)["tables"].items()}
    assert first.counts == promised
    assert first.state == "in_force"
    assert (first.loaded_by, first.approved_by) == ("loader", "approver")
    for name, rows in promised.items():
        assert values(con, f"SELECT count(*) FROM {first.schema}.{name}") == [rows]


def test_values_arrive_as_they_were(con: Con, first: Entry, release: Path) -> None:
    columns = ["family_id", "village", "floor_area", "owns_fridge", "income_month", "valid_from"]
    there = [name for name in columns if name in pq.read_schema(release / "families.parquet").names]
    given = pq.read_table(release / "families.parquet", columns=there).to_pylist()
    listed = ", ".join(there)
    found = con.execute(f"SELECT {listed} FROM {first.schema}.families".encode()).fetchall()
    assert sorted(found) == sorted(tuple(row.values()) for row in given)


def test_a_person_is_found_by_number_and_the_number_opened_again(
    con: Con, first: Entry, release: Path
) -> None:
    secrets = loaded.service().secrets
    people = pq.read_table(release / "persons.parquet", columns=["person_id", "nik"]).to_pylist()
    wanted = next(one for one in people if one["nik"])
    sealed = con.execute(
        f"SELECT person_id, nik FROM {first.schema}.persons WHERE nik_index = ANY(%s)".encode(),
        [secrets.blinds(wanted["nik"])],
    ).fetchall()
    assert wanted["person_id"] in [row[0] for row in sealed]
    assert {secrets.unseal(row[1]) for row in sealed} == {wanted["nik"]}


def test_no_national_number_stands_in_clear_in_any_column(
    con: Con, first: Entry, release: Path
) -> None:
    numbers = set()
    for table, names in {
        "persons": ["nik", "kk"],
        "families": ["kk"],
        "memberships": ["kk"],
    }.items():
        for column in pq.read_table(release / f"{table}.parquet", columns=names).columns:
            numbers |= set(column.to_pylist())
    numbers.discard(None)
    assert len(numbers) > 1000
    for table in loaded.tables(con, first.schema):
        found: set[str] = set()
        # The row as text holds every column; the hexadecimal digits of seals are left out.
        for row in con.execute(
            f"SELECT regexp_matches(regexp_replace(t::text, '\\\\\\\\x[0-9a-f]+', '', 'g'), "
            f"'[0-9]{{16}}', 'g') FROM {first.schema}.{table} AS t".encode()
        ).fetchall():
            found |= set(row[0])
        assert not found & numbers, table


def test_a_source_that_uses_the_number_as_its_id_does_not_bring_it_in(
    con: Con, first: Entry, release: Path, tmp_path: Path
) -> None:
    folder = loaded.copied(release, tmp_path / "release")
    row = pq.read_table(folder / "crosswalk.parquet").slice(0, 1).to_pylist()[0]
    number, spaced = "1811052502130001", "1811.0525.0213.0001"
    for table, column in (("crosswalk", "source_id"), ("records", "source_id")):
        loaded.change(
            folder, table, lambda t, c=column: loaded.edited(t, c, row["source_id"], **{c: spaced})
        )
    for column in ("left_id", "right_id"):
        if row["source_id"] in pq.read_table(folder / "links.parquet")[column].to_pylist():
            loaded.change(
                folder,
                "links",
                lambda t, c=column: loaded.edited(t, c, row["source_id"], **{c: spaced}),
            )
    entry = loading.load(folder, connection=con, by="loader", service=loaded.service())
    stood = values(con, f"SELECT source_id FROM {entry.schema}.crosswalk WHERE source_id ~ '^='")
    assert [loaded.service().secrets.stood_for(one) for one in stood] == [spaced]
    same = f"SELECT person_id FROM {entry.schema}.records WHERE source_id = %s"
    assert values(con, same, stood[0]) == [row["person_id"]]
    assert number not in stood[0]


def test_what_a_release_took_in_ends_an_overlay_entry(
    con: Con, first: Entry, release: Path, tmp_path: Path
) -> None:
    folder = loaded.copied(release, tmp_path / "release")
    loaded.say(folder, loaded.said(folder) | {"corrections": {"consumed": ["K-1", "K-2"]}})
    entry = loading.load(folder, connection=con, by="loader", service=loaded.service())
    query = "SELECT correction_id FROM register_consumed WHERE number = %s ORDER BY 1"
    assert values(con, query, entry.number) == ["K-1", "K-2"]
    assert values(con, query, first.number) == []


# --- Who may see it -------------------------------------------------------------------------------


def test_closed_to_a_request_that_says_nothing_even_after_one_that_did(
    con: Con, first: Entry
) -> None:
    for table in loaded.tables(con, first.schema):
        with request(con, first.schema):
            assert values(con, f"SELECT count(*) FROM {table}") == [0], table
    with request(con, first.schema, "!", "~", "yes"):
        assert values(con, "SELECT count(*) FROM families")[0] > 0
    # The setting is '' now for the rest of this connection, and '' sorts before everything.
    assert values(con, "SELECT current_setting('app.area_from', true)") == [""]
    for table in loaded.tables(con, first.schema):
        with request(con, first.schema):
            assert values(con, f"SELECT count(*) FROM {table}") == [0], table


def test_an_area_sees_its_own_rows_and_the_nation_all_of_them(con: Con, first: Entry) -> None:
    for table in loaded.tables(con, first.schema):
        # The search's alone (test_search_names.py), and numbers of nobody (test_public_open.py).
        if table in ("name_words", "open_tables", "open_rows"):
            continue
        whole = values(con, f"SELECT count(*) FROM {first.schema}.{table}")[0]
        parts = []
        for code in ("1811", "1771"):
            with request(con, first.schema, code, f"{code}~", "yes"):
                seen = f"SELECT count(*) FROM {table} WHERE area NOT LIKE %s"
                above = 0 if table not in ("budget_lines", "budget_tree", "outcomes") else None
                strange = values(con, seen, f"{code}%")[0]
                assert above is None or strange == 0, table
                parts.append(values(con, f"SELECT count(*) FROM {table}")[0])
        with request(con, first.schema, "!", "~", "yes"):
            assert values(con, f"SELECT count(*) FROM {table}") == [whole], table
    assert sum(parts) > 0


def test_an_area_sees_the_budget_above_it_but_not_beside_it(con: Con, first: Entry) -> None:
    with request(con, first.schema, "1811", "1811~"):
        seen = set(values(con, "SELECT DISTINCT area FROM budget_tree"))
    assert "1771" not in seen
    assert "17" not in seen
    assert all(one == "!" or one.startswith("1811") or "1811".startswith(one) for one in seen)


def test_cases_are_the_case_teams_alone(con: Con, first: Entry) -> None:
    closed = [
        name
        for name in loaded.tables(con, first.schema)
        if name.endswith("_case") or name in ("cases", "assessments")
    ]
    assert {"cases", "assessments", "decisions_case", "moves_case"} <= set(closed)
    for table in closed:
        for said in ("", "no", "YES"):
            with request(con, first.schema, "!", "~", said):
                assert values(con, f"SELECT count(*) FROM {table}") == [0], table
    with request(con, first.schema, "!", "~", "yes"):
        assert values(con, "SELECT count(*) FROM decisions_case")[0] > 0


def test_a_request_can_only_read(con: Con, first: Entry) -> None:
    for statement in (
        "UPDATE families SET village = '1'",
        "DELETE FROM persons",
        "INSERT INTO near_cap (family_id, area) VALUES ('F', '1811')",
        "DROP TABLE families",
        "CREATE TABLE own (x int)",
        "UPDATE public.register_current SET number = NULL",
    ):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            request(con, first.schema, "!", "~"),
        ):
            con.execute(statement.encode())


def test_no_table_is_without_a_policy(con: Con, first: Entry) -> None:
    from tangga.web.register.loading.schema import unprotected

    assert unprotected(con, first.schema) == []
    con.execute(f"CREATE TABLE {first.schema}.stray (x int)".encode())
    assert unprotected(con, first.schema) == ["stray"]
    con.execute(f"DROP TABLE {first.schema}.stray".encode())


SEARCH = "SELECT person_id FROM search_persons(%s, %s, %s, %s, %s)"


def test_the_search_runs_as_the_owner_yet_stays_inside_the_area(con: Con, first: Entry) -> None:
    index = f"SELECT person_id, name, area, birth_year FROM {first.schema}.person_index"
    rows = con.execute(
        f"{index} WHERE name LIKE '%% %%' AND area LIKE '1811%%'".encode()
    ).fetchall()
    person, name, _, year = next(row for row in rows if row[3])
    misspelt = name[:-1] + "x" + name[-1]
    with request(con, first.schema):
        assert values(con, SEARCH, name, None, "!", "~", 200) == [], "closed by default"
    with request(con, first.schema, "1811", "1811~"):
        for asked in (name, misspelt, f"  {name.lower()} ", name.replace(" ", "   ")):
            assert person in values(con, SEARCH, asked, year, None, None, 200), asked
        assert person not in values(con, SEARCH, name, year + 5, None, None, 200)
        assert len(values(con, SEARCH, name, None, None, None, 1)) == 1
        own = set(values(con, SEARCH, name, None, None, None, 200))
        assert set(values(con, SEARCH, name, None, "!", "~", 200)) == own, "asked wider"
        assert values(con, SEARCH, name, None, "1771", "1771~", 200) == [], "asked elsewhere"
        for nonsense in ("", " ", "%", "x" * 10_000, "\\", "a", None):
            values(con, SEARCH, nonsense, None, None, None, 200)
    with request(con, first.schema, "1771", "1771~"):
        assert person not in values(con, SEARCH, name, None, "1811", "1811~", 200)


def test_who_is_in_service_is_said_of_one_family_inside_the_area(con: Con, first: Entry) -> None:
    asked = f"SELECT family_id, area FROM {first.schema}.cases WHERE closed IS NULL"
    rows = [row for row in con.execute(asked.encode()).fetchall() if row[0]]
    query = "SELECT * FROM in_service(%s)"
    said = 0
    for family, area in rows:
        with request(con, first.schema, area, f"{area}~"):
            said += len(values(con, query, family))
        with request(con, first.schema, "99", "99~"):
            assert values(con, query, family) == []
        with request(con, first.schema):
            assert values(con, query, family) == []
    assert said or not rows


# --- Into force -----------------------------------------------------------------------------------


def test_who_loaded_cannot_approve_outside_the_demo(con: Con, first: Entry, release: Path) -> None:
    entry = loading.load(release, connection=con, by="loader", service=loaded.service())
    with pytest.raises(Refused, match="cannot approve"):
        loading.approve(entry.number, connection=con, by="loader")
    for alias in ("Loader", " loader ", "loader (server)"):
        with pytest.raises(Refused, match="cannot approve"):
            loading.approve(entry.number, connection=con, by=alias)
    with pytest.raises(Refused, match="only an approved one"):
        loading.switch(entry.number, connection=con, by="approver")
    assert loading.approve(entry.number, connection=con, by="loader", demo=True).state == "approved"
    with pytest.raises(Refused, match="only a staged one"):
        loading.approve(entry.number, connection=con, by="approver")
    with pytest.raises(Refused, match="no release number"):
        loading.approve(99_999, connection=con, by="approver")


def test_one_account_of_the_machine_is_not_two_people(
    con: Con, first: Entry, release: Path
) -> None:
    entry = loading.load(
        release, connection=con, by="budi (server: root)", service=loaded.service()
    )
    for other in ("menteri (server: root)", "Menteri (server: Root)", "root (server)"):
        with pytest.raises(Refused, match="the same account of this machine"):
            loading.approve(entry.number, connection=con, by=other)
    said = con.execute(
        "SELECT register_hand(name) FROM unnest(ARRAY['root (server)', 'root', 'a (server: wati)'])"
        " WITH ORDINALITY AS t (name, n) ORDER BY n"
    ).fetchall()
    assert said == [("root",), (None,), ("wati",)]
    assert loading.approve(entry.number, connection=con, by="menteri").state == "approved"


def test_what_waits_can_be_discarded_and_nothing_else(
    con: Con, first: Entry, release: Path
) -> None:
    entry = loading.load(release, connection=con, by="loader", service=loaded.service())
    gone = loading.discard(entry.number, connection=con)
    assert gone.state == "dropped"
    assert values(con, "SELECT to_regnamespace(%s)", entry.schema) == [None]
    for number in (entry.number, first.number):
        with pytest.raises(Refused, match="only one that waits"):
            loading.discard(number, connection=con)
    with pytest.raises(Refused, match="only a staged one"):
        loading.approve(entry.number, connection=con, by="approver")


def test_switch_and_rollback(con: Con, first: Entry, release: Path) -> None:
    second = loaded.put_in_force(con, release, loaded.service())
    assert values(con, "SELECT number FROM register_current") == [second.number]
    assert ledger.entry(con, first.number).state == "former"
    with pytest.raises(Refused, match="needs a reason"):
        loading.rollback(connection=con, by="approver", reason=" ")
    back = loading.rollback(connection=con, by="approver", reason="counts look wrong")
    assert (back.number, back.state) == (first.number, "in_force")
    assert values(con, "SELECT number FROM register_current") == [first.number]
    assert ledger.entry(con, second.number).state == "withdrawn"
    with pytest.raises(Refused, match="no former release"):
        loading.rollback(connection=con, by="approver", reason="again")
    told = con.execute("SELECT what, number, reason FROM register_switches ORDER BY id").fetchall()
    assert told[-1] == ("rollback", first.number, "counts look wrong")


def test_one_compared_with_a_release_that_is_gone_does_not_come_into_force(
    con: Con, first: Entry, release: Path
) -> None:
    early = loading.load(release, connection=con, by="loader", service=loaded.service())
    late = loading.load(release, connection=con, by="loader", service=loaded.service())
    for entry in (early, late):
        loading.approve(entry.number, connection=con, by="approver")
    loading.switch(late.number, connection=con, by="approver")
    with pytest.raises(Refused, match="Load it again"):
        loading.switch(early.number, connection=con, by="approver")
    loading.rollback(connection=con, by="approver", reason="for the next test")


def test_a_reader_sees_one_release_through_a_switch(
    con: Con, first: Entry, url: str, release: Path
) -> None:
    second = loading.load(release, connection=con, by="loader", service=loaded.service())
    loading.approve(second.number, connection=con, by="approver")
    pin = (
        "SELECT set_config('search_path', 'r_' || number || ', public', true) FROM register_current"
    )
    asked = "SELECT tableoid::regclass::text FROM families LIMIT 1"
    with psycopg.connect(url) as reader:
        reader.execute(pin)
        before = values(reader, "SELECT 'families'::regclass::oid")
        loading.switch(second.number, connection=con, by="approver")
        assert values(reader, "SELECT 'families'::regclass::oid") == before
        assert values(reader, asked)
        reader.rollback()
        reader.execute(pin)
        assert values(reader, "SELECT 'families'::regclass::oid") != before
    loading.rollback(connection=con, by="approver", reason="for the next test")


@pytest.mark.slow
def test_former_releases_beyond_those_kept_are_dropped_unless_read(
    con: Con, first: Entry, url: str, release: Path
) -> None:
    where = loaded.service(keep=1)
    with psycopg.connect(url) as reader:
        reader.execute(f"SELECT count(*) FROM {first.schema}.persons".encode())
        loaded.put_in_force(con, release, where)
        loaded.put_in_force(con, release, where)
        last = loading.load(release, connection=con, by="loader", service=where)
        assert ledger.entry(con, first.number).state == "former", "somebody reads it"
    loading.load(release, connection=con, by="loader", service=where)
    assert ledger.entry(con, first.number).state == "dropped"
    assert not loaded.tables(con, first.schema)
    assert loaded.tables(con, last.schema)


# --- What goes wrong on the way -------------------------------------------------------------------


def test_not_inside_of_another_transaction(url: str, release: Path) -> None:
    with psycopg.connect(url) as con:
        con.execute("SELECT 1")
        with pytest.raises(UserError, match="inside of another transaction"):
            loading.load(release, connection=con, by="loader", service=loaded.service())


KILLED = """
import sys
from pathlib import Path
import loaded, psycopg
from tangga.web.register import loading

def halfway(what, done, of):
    if what == "derive":
        print("halfway", flush=True)
        sys.stdin.read()

con = psycopg.connect(sys.argv[1], autocommit=True)
service = loaded.service()
loading.load(Path(sys.argv[2]), connection=con, by="killed", service=service, progress=halfway)
"""


@pytest.fixture
def held(url: str, release: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process in the midst of a load, until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, url, str(release)],
        cwd=Path(__file__).parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "halfway\n"
    yield process
    process.kill()
    process.communicate()


def test_two_loads_at_once(con: Con, release: Path, held: subprocess.Popen[str]) -> None:
    with pytest.raises(Refused, match="another load"):
        loading.load(release, connection=con, by="second", service=loaded.service())


def test_a_killed_load_leaves_the_old_release_and_the_next_one_cleans_up(
    con: Con, release: Path, held: subprocess.Popen[str]
) -> None:
    in_force = ledger.in_force(con)
    half = next(one for one in ledger.entries(con) if one.state == "loading")
    assert len(loaded.tables(con, half.schema)) > 70
    held.kill()
    held.wait()
    _unlocked(con)
    assert ledger.in_force(con) == in_force
    with request(con, half.schema, "!", "~"), pytest.raises(psycopg.errors.InsufficientPrivilege):
        con.execute(f"SELECT count(*) FROM {half.schema}.persons".encode())
    after = loading.load(release, connection=con, by="loader", service=loaded.service())
    assert after.state == "staged"
    assert ledger.entry(con, half.number).state == "failed"
    assert not loaded.tables(con, half.schema)


def _unlocked(con: Con) -> None:
    """The server notices after a moment that its client is gone."""
    limit = time.monotonic() + 20
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    while values(con, held) != [0]:
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_an_error_on_the_way_leaves_nothing_behind(
    con: Con, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.register.loading import derived

    def broken(_making: Any) -> Any:
        raise RuntimeError("no disk")

    monkeypatch.setattr(derived, "DERIVED", [[broken]])
    with pytest.raises(RuntimeError, match="no disk"):
        loading.load(release, connection=con, by="loader", service=loaded.service())
    newest = ledger.entries(con)[0]
    assert newest.state == "failed"
    assert not loaded.tables(con, newest.schema)
