"""Nobody finds anything of a neighbour's area, on any page, in any list, count, file or answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from users import make_user
from walking import (
    Address,
    Marks,
    Side,
    addresses,
    filled,
    form_of,
    marks,
    query_of,
    text_of,
)

from tangga.registry.load import pack_dir
from tangga.web.access import load_access

ROLES = load_access(pack_dir("indonesia")).roles
LENGTHS = {"village": 10, "district": 6, "regency": 4}
WALKED = {"village": ("operator_desa",)}
"""Roles walked in every run; the slow walk takes all that a level may have."""

MOST = 1
"""Values of each argument in every run: the slow walk takes all, every list among them."""

LEAVES = {"logout", "account_logout", "choose_post", "account_change_password"}
"""Addresses that end or change the walker's own session when they are posted to."""


def neighbours(web: Any, level: str) -> tuple[str, str]:
    """Two areas of a level with many families, as near to each other as there are."""
    query = """
        SELECT left(area, %(n)s) AS code FROM r_1.family_index WHERE length(area) >= %(n)s
        GROUP BY 1 HAVING count(*) >= 3 ORDER BY 1
    """
    with psycopg.connect(web.superuser_url) as con:
        codes = [row[0] for row in con.execute(query, {"n": LENGTHS[level]})]
    up = LENGTHS[level] - (4 if level == "village" else 2)
    near = [(a, b) for a, b in pairwise(codes) if a[:up] == b[:up]]
    return (near or [(codes[0], codes[-1])])[0]


@pytest.fixture(scope="module")
def sides(web: Any) -> dict[str, tuple[Side, Side]]:
    """For each level two neighbours: whose things are looked for, and who looks."""
    found = {}
    for level in LENGTHS:
        theirs, mine = (Side(web.superuser_url, code) for code in neighbours(web, level))
        for side in (theirs, mine):
            side.users.update(_people_of(side, level))
        found[level] = (theirs, mine)
    return found


def _people_of(side: Side, level: str) -> dict[str, int]:
    """An account with a post in the area: its username is looked for as well."""
    role = {"village": "kepala_desa", "district": "tagana", "regency": "bupati"}[level]
    user = make_user(role, side.area, username=f"person-of-{side.area}")
    return {user.username: user.pk}


def _walk(
    web: Any, role: str, theirs: Side, mine: Side, most: int
) -> Iterator[tuple[str, str, set[str]]]:
    """Ask for the other side's things everywhere; what was asked, the answer, what was found."""
    client = web.client(role, mine.area)
    seen = marks(theirs, mine)
    assert seen.words and seen.names
    for address in addresses():
        for path, given in filled(address, theirs, most):
            yield from _asked(client, address, path, given, theirs, seen)


def _asked(
    client: Any, address: Address, path: str, given: set[str], theirs: Side, seen: Marks
) -> Iterator[tuple[str, str, set[str]]]:
    query = query_of(theirs)
    answers = [
        ("GET", client.get(path), given),
        ("GET ?", client.get(path, query), given | set(query.values())),
    ]
    if address.name not in LEAVES:
        sent = form_of(theirs)
        answers.append(("POST", client.post(path, sent), given | set(sent.values())))
    for how, answer, known in answers:
        assert answer.status_code < 500, (how, path, answer.status_code)
        yield f"{how} {path} {answer.status_code}", text_of(answer), seen.on(text_of(answer), known)
        named = given & {*theirs.ids, theirs.area} or "int:user_id" in address.parameters
        if named and address.needed != "(anyone)":
            assert answer.status_code != 200, f"{how} {path} answers 200"


def _walk_and_tell(web: Any, role: str, sides: tuple[Side, Side], most: int) -> None:
    leaks = [(what, found) for what, _, found in _walk(web, role, *sides, most) if found]
    assert not leaks, f"{role}: {[(what, len(found)) for what, found in leaks]}"


@pytest.mark.parametrize(
    ("level", "role"), [(level, role) for level, roles in WALKED.items() for role in roles]
)
def test_no_page_shows_a_neighbour(
    web: Any, sides: dict[str, tuple[Side, Side]], level: str, role: str
) -> None:
    _walk_and_tell(web, role, sides[level], MOST)


@pytest.mark.slow
@pytest.mark.parametrize("level", LENGTHS)
@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_neighbour_to_any_role(
    web: Any, sides: dict[str, tuple[Side, Side]], level: str, role: str
) -> None:
    if level not in ROLES[role].levels:
        pytest.skip("no post of this role at this level")
    _walk_and_tell(web, role, sides[level], 1000)


def test_the_walk_would_notice(web: Any, sides: dict[str, tuple[Side, Side]]) -> None:
    theirs, mine = sides["village"]
    client = web.client("operator_desa", theirs.area)
    page = text_of(client.get(f"/keluarga/{theirs.families[0]}/"))
    assert marks(theirs, mine).on(page, set()), "who lives there does see it"


def test_the_api_shows_nothing_of_a_neighbour(
    web: Any, sides: dict[str, tuple[Side, Side]]
) -> None:
    theirs, mine = sides["regency"]
    header = {"HTTP_AUTHORIZATION": f"Bearer {_token(web, 'operator_kabkota', mine.area)}"}
    client, seen = web.client(), marks(theirs, mine)
    walked = 0
    for address in addresses():
        if not address.route.startswith("api/"):
            continue
        for path, given in filled(address, theirs):
            answers = [client.get(path, **header), client.get(path, query_of(theirs), **header)]
            bodies = [{"nik": sorted(theirs.numbers)[0]}, {"kk": sorted(theirs.numbers)[0]}]
            bodies += [{"name": sorted(theirs.names)[0]}, {"name": "siti", "area": theirs.area}]
            answers += [
                client.post(path, body, content_type="application/json", **header)
                for body in bodies
            ]
            known = given | set(query_of(theirs).values())
            for answer in answers:
                assert answer.status_code < 500
                assert not seen.on(text_of(answer), known), path
                walked += answer.status_code == 200
                if given & theirs.ids:
                    assert answer.status_code in (404, 405), path
    assert walked >= 5, "the token opens something"


def _token(web: Any, role: str, area: str) -> str:
    from django.db import transaction
    from django.utils import timezone

    from tangga.web.api.tokens import allowed_scopes, issue
    from tangga.web.viewer import open_for, posts_in_force, viewer_of

    user = web.user(role, area)
    with transaction.atomic():
        viewer = viewer_of(user, posts_in_force(user.pk)[0])
        open_for(viewer)
        end = timezone.now() + timedelta(days=1)
        scopes = allowed_scopes(viewer)
        return issue(by=viewer, name="walker", scopes=scopes, expires_at=end)[1]


# --- In the database itself, as a request is -----------------------------------------------------


def _scoped(con: psycopg.Connection[Any], low: str, high: str, case: str = "") -> None:
    con.execute("SELECT set_config('role', 'tangga_app', true)")
    con.execute("SET LOCAL search_path = r_1, public")
    for name, value in (("area_from", low), ("area_to", high), ("case", case)):
        con.execute("SELECT set_config(%s, %s, true)", [f"app.{name}", value])


def _tables(con: psycopg.Connection[Any]) -> list[tuple[str, bool]]:
    """Every table of the release; whether its rows belong to places."""
    query = """
        SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attname = 'area' AND NOT a.attisdropped)
        FROM pg_class AS c WHERE c.relnamespace = 'r_1'::regnamespace AND c.relkind = 'r'
        ORDER BY 1
    """
    return con.execute(query).fetchall()


def _count(con: psycopg.Connection[Any], table: str, where: str = "true") -> int:
    found = con.execute(f"SELECT count(*) FROM r_1.{table} WHERE {where}".encode()).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("level", LENGTHS)
def test_no_table_gives_a_row_of_a_neighbour(
    web: Any, sides: dict[str, tuple[Side, Side]], level: str
) -> None:
    theirs, mine = sides[level]
    with web.owner() as con:
        tables = _tables(con)
        _scoped(con, mine.area, mine.area + "~", case="yes")
        assert len(tables) > 20
        for table, placed in tables:
            if placed:
                low, high = theirs.area, theirs.area + "~"
                there = f"area >= '{low}' AND area < '{high}'"
                assert _count(con, table, there) == 0, table
        assert _count(con, "family_index") == len(mine.families)


def test_every_table_of_the_release_is_closed_to_who_has_no_area(web: Any) -> None:
    """Trap 3: a setting made and undone is an empty text, which sorts before every code."""
    with web.owner() as con:
        tables = [table for table, _ in _tables(con)]
        for setting in (None, ""):
            con.execute("SELECT set_config('role', 'tangga_app', true)")
            if setting is not None:
                _scoped(con, setting, setting, case="yes")
            open_ones = [table for table in tables if _count(con, table)]
            assert set(open_ones) <= OPEN, open_ones
            con.rollback()


OPEN: set[str] = {"open_tables", "open_rows"}
"""Tables of a release that anybody may read: none holds anything of a family."""


def test_only_the_case_team_reads_tables_of_cases(web: Any) -> None:
    with web.owner() as con:
        tables = [table for table, _ in _tables(con)]
        cases = [t for t in tables if t.endswith("_case") or t in ("cases", "assessments")]
        _scoped(con, "!", "~")
        assert not [table for table in cases if _count(con, table)]
        _scoped(con, "!", "~", case="yes")
        assert [table for table in cases if _count(con, table)]


def test_the_role_of_a_request_is_bound_and_the_owner_too(web: Any) -> None:
    """Trap 4: superusers and owners pass policies, unless they are made not to."""
    with web.owner() as con:
        rights = con.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles"
            " WHERE rolname IN ('tangga_app', 'tangga_owner') ORDER BY 1"
        ).fetchall()
        assert rights == [("tangga_app", False, False), ("tangga_owner", False, False)]
        unbound = con.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace IN"
            " ('r_1'::regnamespace) AND NOT (relrowsecurity AND relforcerowsecurity)"
        ).fetchall()
        assert {name for (name,) in unbound} <= OPEN
        public = con.execute(
            "SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            " AND a.attname = 'area' AND NOT c.relforcerowsecurity"
        ).fetchall()
        assert public == [], "a table of places outside the releases, without a policy"


def test_a_policy_reads_an_index(web: Any, sides: dict[str, tuple[Side, Side]]) -> None:
    """Trap 2: the form of a policy decides whether an index by area is of use."""
    mine = sides["village"][1]
    with web.owner() as con:
        _scoped(con, mine.area, mine.area + "~")
        con.execute("SET LOCAL enable_seqscan = off")
        plan = con.execute("EXPLAIN SELECT count(*) FROM r_1.family_index").fetchall()
    text = "\n".join(line for (line,) in plan)
    assert "Index" in text and "InitPlan" in text


def test_what_a_request_may_see_ends_with_it(web: Any) -> None:
    """Settings of a transaction do not stay with a connection that the pool hands on."""
    from django.db import connection, transaction

    from tangga.web.database import scope

    client = web.client("kemensos", "")
    for _ in range(3):
        assert client.get("/").status_code == 200
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, current_setting('app.area_from', true),"
            " current_setting('app.case', true), current_setting('app.accounts_from', true)"
        )
        user, *settings = cursor.fetchone()
        assert user == "tangga_owner" and not any(settings)
        scope.close()
        cursor.execute("SELECT count(*) FROM family_index")
        assert cursor.fetchone() == (0,)


def test_templates_are_rendered_inside_the_transaction(web: Any, monkeypatch: Any) -> None:
    """Trap 5: what is rendered after the view still asks as the viewer, in the same transaction."""
    from django.db import connection

    import tangga.web.jinja as jinja

    seen = []
    plain = jinja.get_messages

    def asked(request: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('app.area_from', true)")
            seen.append((connection.in_atomic_block, *cursor.fetchone()))
        return plain(request)

    monkeypatch.setattr(jinja, "get_messages", asked)
    web.client("bupati", "1811").get("/")
    web.client("bupati", "1811").get("/saya/")
    assert seen and set(seen) == {(True, "tangga_app", "1811")}


def test_a_streamed_answer_is_refused(web: Any) -> None:
    from django.http import StreamingHttpResponse
    from django.test import RequestFactory

    from tangga.web.middleware.transaction import Transaction

    middleware = Transaction(lambda request: StreamingHttpResponse(iter(["x"])))
    with pytest.raises(RuntimeError, match="streamed"):
        middleware(RequestFactory().get("/x/"))


# --- By role -------------------------------------------------------------------------------------


NARROWER = {"process", "visit_book"}
"""Addresses that ask for more than their verb: to process files needs the whole workspace, to take
a worker's visits along as a workbook needs the verb of a worker besides that of exports."""


def _own(web: Any, role: str) -> Side:
    """An area of a role's first level, with families in it."""
    level = ROLES[role].levels[0]
    wide = {"country": "", "province": "18"}
    return Side(web.superuser_url, wide[level] if level in wide else neighbours(web, level)[0])


IN_EVERY_RUN = ("kepala_desa", "kepala_dinas", "sentra", "bupati")
"""Roles whose every address is asked in every run; the slow tests ask for all of them."""


@pytest.mark.parametrize(
    "role", [r if r in IN_EVERY_RUN else pytest.param(r, marks=pytest.mark.slow) for r in ROLES]
)
def test_every_address_answers_a_role_as_the_table_says(web: Any, role: str) -> None:
    """403 where the table does not give the verb; else anything but 403 and an error."""
    side = _own(web, role)
    side.users.update(_nobodys())
    client = web.client(role, side.area)
    wrong = []
    for address in addresses():
        if address.needed is None:
            wrong.append((address.route, "does not say who may see it"))
            continue
        if address.needed.startswith("(") or address.name in LEAVES:
            continue
        path = _shown_to(role, address, side)
        status = client.get(path).status_code
        if status == 405:
            status = client.post(path, {}).status_code
        may = any(_may(role, verb, side.area) for verb in address.needed.split("|"))
        if may and status == 403 and address.name in NARROWER:
            continue
        if (status == 403) is may or status >= 500 or (status == 302 and not may):
            wrong.append((path, address.needed, may, status))
    assert not wrong, wrong


def _shown_to(role: str, address: Address, side: Side) -> str:
    """A path of the address; of the lists, one whose class of columns the role sees."""
    from tangga.web.lists.definitions import definitions

    if address.parameters != ["slug:name"]:
        return filled(address, side)[0][0]
    lists = [one for one in definitions().values() if one.case is ROLES[role].cases_only]
    shown = next((one for one in lists if ROLES[role].sight(one.sees) != "hidden"), lists[0])
    return address.with_values({"slug:name": shown.name})


def _may(role: str, verb: str, area: str) -> bool:
    whole = load_access(pack_dir("indonesia")).verbs[verb].whole
    return verb in ROLES[role].verbs and (area == "" or not whole)


def _nobodys() -> dict[str, int]:
    return {"nobody": 999_999}


def test_who_has_not_logged_in_sees_nothing(web: Any) -> None:
    client = web.client()
    side = Side(web.superuser_url, neighbours(web, "village")[0])
    side.users.update(_nobodys())
    seen = Marks(frozenset(side.ids), frozenset(side.names))
    for address in addresses():
        for path, given in filled(address, side)[:1]:
            answer = client.get(path)
            assert not seen.on(text_of(answer), given), path
            if address.needed != "(anyone)":
                assert answer.status_code == 302 and answer["Location"].startswith("/masuk/"), path
            post = client.post(path, form_of(side))
            assert not seen.on(text_of(post), given), path


SAME = (
    (r'name="csrfmiddlewaretoken" value="[^"]+"', "csrf"),
    (r'name="(?:kunci|sekali)" value="[^"]+"', "key"),
    (r'dari=[^"&]+', "cursor"),
    (r"\d\d[.:]\d\d(?:[.:]\d\d)?", "time"),
)
"""What differs between two answers to the same question."""

NOT_OF_THE_TEAM = [role for role, said in ROLES.items() if said.about_families and role not in (
    "pendamping_rehsos", "sentra"
)]  # fmt: skip


@pytest.mark.parametrize("role", ["operator_kabkota"])
def test_no_page_changes_when_all_cases_are_taken_away(fresh_web: Any, role: str) -> None:
    """What a role outside the case team sees does not depend on any case."""
    _taken_away(fresh_web, role)


@pytest.mark.slow
@pytest.mark.parametrize("role", NOT_OF_THE_TEAM)
def test_no_page_of_any_other_role_depends_on_a_case(fresh_web: Any, role: str) -> None:
    _taken_away(fresh_web, role)


def _taken_away(web: Any, role: str) -> None:
    side = _own(web, role)
    side.users.update(_nobodys())
    with psycopg.connect(web.superuser_url) as con:
        query = "SELECT DISTINCT family_id FROM r_1.cases WHERE area >= %s AND area < %s"
        found = con.execute(query, [side.area, side.area + "~"]).fetchall()
    side.families = [*(row[0] for row in found), *side.families][:6]
    before = _all_pages(web, role, side)
    with psycopg.connect(web.superuser_url, autocommit=True) as con:
        con.execute("SET session_replication_role = replica")
        for table, _ in _tables(con):
            if table.endswith("_case") or table in ("cases", "assessments"):
                con.execute(f"DELETE FROM r_1.{table}".encode())
        con.execute("DELETE FROM public.audit_events")
    after = _all_pages(web, role, side)
    assert before.keys() == after.keys()
    assert [path for path in before if before[path] != after[path]] == []


def _all_pages(web: Any, role: str, side: Side) -> dict[str, str]:
    """Every page with the side's values, without what always differs."""
    client = web.client(role, side.area)
    found = {}
    for address in addresses():
        if address.needed in (None, "(anyone)", "(account)", "audit"):
            continue
        values = [side.families] if address.parameters == ["slug:family_id"] else None
        paths = (
            [address.with_values({"slug:family_id": one}) for one in values[0]]
            if values
            else [path for path, _ in filled(address, side)]
        )
        for path in paths:
            text = text_of(client.get(path))
            for pattern, put in SAME:
                text = re.sub(pattern, put, text)
            found[path] = text
    return found
