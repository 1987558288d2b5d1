"""Who goes where when: an order that anybody can check by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.capacity.candidates import narrowest
from tangga.engine.capacity.fill import (
    FACTS,
    HOURS,
    MONTHS,
    PLACES,
    PROGRAMME,
    Candidate,
    Hands,
    Turn,
    fill,
)
from tangga.engine.capacity.hours import _hours
from tangga.engine.capacity.said import unused_places
from tangga.engine.plan.cohorts import Places, read_places
from tangga.engine.statements import template
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import UserError
from tangga.rules.policy import Settings
from village import write_village

YEAR = range(2026 * 12 + 1, 2027 * 12)
VILLAGE, OTHER = "1811052010", "1771031001"


def family(
    name: str, *fits: str, village: str = VILLAGE, unsure: tuple[str, ...] = ()
) -> Candidate:
    return Candidate(name, village, "cap_queue", 60, None, None, fits, unsure)


def went(turns: list[Turn]) -> list[str | None]:
    return [" ".join(turn.pool) if turn.pool else turn.missing for turn in turns]


def test_the_narrowest_area_first_then_the_first_programme() -> None:
    free = {("18", "kube"): 1, ("1811", "pena"): 1, ("1811", "kube"): 1, ("1771", "kube"): 9}
    asked = [family(n, "kube", "pena") for n in "abcd"]
    assert went(fill(asked, free, None, YEAR)) == ["1811 kube", "1811 pena", "18 kube", PLACES]


def test_what_is_missing_is_said() -> None:
    free = {("1811", "kube"): 1, ("17", "pena"): 1}
    asked = [
        family("unsure", unsure=("kube",)),
        family("unfit"),
        family("elsewhere", "kube", village=OTHER),
        family("first", "kube", unsure=("pena",)),
        family("second", "kube"),
    ]
    assert went(fill(asked, free, None, YEAR)) == [FACTS, PROGRAMME, PROGRAMME, "1811 kube", PLACES]
    assert went(fill(asked[3:4], free, None, range(0))) == [MONTHS]


def test_a_place_that_is_left_is_worth_a_visit() -> None:
    """All places that a family surely fits are taken; of those left it is not known."""
    free = {("1811", "kube"): 1, ("1811", "pena"): 1}
    asked = [
        family("first", "kube", unsure=("pena",)),
        family("second", "kube", unsure=("pena",)),
        family("third", "pena"),
        family("fourth", "kube", unsure=("pena",)),
    ]
    assert went(fill(asked, free, None, YEAR)) == ["1811 kube", FACTS, "1811 pena", PLACES]


def test_places_are_begun_evenly_over_the_months_left() -> None:
    turns = fill([family(str(n), "kube") for n in range(10)], {("1811", "kube"): 10}, None, YEAR)
    months = [turn.month for turn in turns]
    assert months == sorted(months)  # type: ignore[type-var]
    begun = Counter(months)
    assert max(begun.values()) == 1
    assert set(begun) <= set(YEAR)
    assert turns[-1].month == YEAR[-1]
    few = fill([family(str(n), "kube") for n in range(5)], {("1811", "kube"): 4}, None, YEAR[-2:])
    assert [turn.month for turn in few] == [YEAR[-2], YEAR[-2], YEAR[-1], YEAR[-1], None]


def test_hours_are_those_of_the_own_worker_else_of_who_is_around() -> None:
    hands = Hands({"own": 1, "near": 1, "wide": 2, "far": 9}, {"a": "own", "b": "own"},
                  {"181105": ["near"], "18": ["wide"], "17": ["far"], "1811": ["own"]})  # fmt: skip
    asked = [family(n, "kube") for n in "abcdefg"]
    turns = fill(asked, {("1811", "kube"): 9}, hands, YEAR)
    # a has its own worker; b's own has no hours left: nobody else takes the family over.
    assert [t.worker for t in turns] == ["own", None, "wide", "near", "wide", None, None]
    assert [t.missing for t in turns] == [None, HOURS, None, None, None, HOURS, HOURS]


SAYS = Settings(
    {"hours_month": 120, "visit_minutes": 60, "visits_year": 4, "begin_minutes_month": 120}
)


@pytest.mark.parametrize(
    ("families", "visits", "begins"),
    [
        (0, 0, 60),
        (300, 6000, 10),
        (301, 6020, 9),
        (360, 7200, 0),
        (500, 10_000, 0),
        (None, None, 0),
    ],
)
def test_hours_left_after_the_visits(families: int | None, visits: int | None, begins: int) -> None:
    """120 hours are 7,200 minutes; 300 families four times a year for an hour are 6,000 a month."""
    found = _hours(SAYS, "w", "1811", families)
    assert (found.visits, found.begins) == (visits, begins)
    assert found.left == (None if visits is None else max(0, 7200 - visits))


AREAS = ("18", "1811", "181105", "1771")
POOLS = st.dictionaries(
    st.tuples(st.sampled_from(AREAS), st.sampled_from(("kube", "pena"))), st.integers(1, 4)
)
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from((VILLAGE, OTHER, "1811042001")),
        st.sets(st.sampled_from(("kube", "pena"))),
    ),
    max_size=15,
)
WORKERS = st.none() | st.dictionaries(st.sampled_from("wxyz"), st.integers(0, 3), min_size=1)


@given(PEOPLE, POOLS, WORKERS, st.integers(0, 11))
def test_no_place_and_no_hour_is_given_twice(
    people: list[tuple[str, set[str]]],
    free: dict[tuple[str, str], int],
    left: dict[str, int] | None,
    months: int,
) -> None:
    asked = [
        family(f"{n:02d}", *sorted(fits), village=village)
        for n, (village, fits) in enumerate(people)
    ]
    posts = dict(zip(AREAS, [["w"], ["x"], ["y"], ["z"]], strict=True))

    def hands() -> Hands | None:
        known = {area: [w for w in some if w in (left or {})] for area, some in posts.items()}
        return None if left is None else Hands(dict(left), {}, known)

    turns = fill(asked, free, hands(), YEAR[:months])
    assert [turn.candidate for turn in turns] == asked
    assert all((turn.pool is None) == (turn.missing is not None) for turn in turns)
    given_ = Counter(turn.pool for turn in turns if turn.pool)
    assert all(many <= free[pool] for pool, many in given_.items())
    worked = Counter(turn.worker for turn in turns if turn.worker)
    assert all(many <= (left or {})[worker] for worker, many in worked.items())
    for turn in turns:
        if turn.pool is not None:
            assert turn.candidate.village.startswith(turn.pool[0])
            assert turn.pool[1] in turn.candidate.fits
        if turn.missing == PLACES:  # then whatever the family fits is full
            fits = [p for p in free if turn.candidate.village.startswith(p[0])]
            fits = [p for p in fits if p[1] in turn.candidate.fits]
            assert fits
            assert all(given_[pool] == free[pool] for pool in fits)
    assert turns == fill(asked, free, hands(), YEAR[:months])
    # Who comes later takes nothing from who comes before.
    assert fill(asked[: len(asked) // 2], free, hands(), YEAR[:months]) == turns[: len(asked) // 2]


def test_the_clock_comes_before_the_waiting_list() -> None:
    sql = template("plan", "place_candidates").substitute(
        near_cap="near_cap", cap_queue="cap_queue", cohorts="cohorts", facts="facts",
        waiting="SELECT * FROM waits", fits=", v.fits AS f0",
        verdicts="LEFT JOIN v0 AS v ON e.family_id = v.family_id",
    )  # fmt: skip
    with duckdb.connect() as con:
        con.execute(
            """CREATE TABLE near_cap AS FROM (VALUES ('near', 50, FALSE, 1), ('old', 70, FALSE, 1),
            ('older', 90, NULL, NULL), ('placed', 99, TRUE, 1), ('exempt', 99, FALSE, 0))
            AS t(family_id, months_protected, place, must_climb_most)"""
        )
        con.execute(
            "CREATE TABLE cap_queue AS FROM (VALUES ('old', DATE '2025-03-01'), "
            "('older', DATE '2025-04-01')) AS t(family_id, since)"
        )
        con.execute("CREATE TABLE cohorts (family_id TEXT, decide_by DATE)")
        con.execute("INSERT INTO cohorts VALUES ('old', DATE '2026-03-19')")
        con.execute(
            "CREATE TABLE waits AS FROM (VALUES ('second', 2, NULL::DATE), ('first', 1, NULL), "
            "('first', 7, NULL), ('old', 1, NULL)) AS t(family_id, position, since)"
        )
        names = ("near", "old", "older", "placed", "exempt", "first", "second")
        rows = ", ".join(f"('{name}', '1811052010')" for name in names)
        con.execute(f"CREATE TABLE facts AS FROM (VALUES {rows}) AS t(family_id, village)")
        con.execute("CREATE TABLE v0 AS SELECT family_id, TRUE AS fits FROM facts")
        found = con.execute(sql).fetchall()
    assert [row[0] for row in found] == ["older", "old", "near", "first", "second"]
    assert found[1][2:6] == ("cap_queue", 70, date(2025, 3, 1), date(2026, 3, 19))
    assert found[3][2:4] == ("waiting", None)


def test_the_narrowest_area_in_sql() -> None:
    sql = narrowest(["18", "1811", "1771"], "v")
    with duckdb.connect() as con:
        found = con.execute(
            f"SELECT {sql} FROM (VALUES ('1811052010'), ('1801012001'), ('1771031001'), ('32'), "
            "(NULL)) AS t(v)"
        ).fetchall()
    assert [area for (area,) in found] == ["1811", "18", "1771", None, None]


# --- the files of places -----------------------------------------------------------------------

HEAD = "year,area,programme,places\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("places")
    write_village(folder)
    (folder / "places").mkdir()
    return load_workspace(folder)


def lay(workspace: Workspace, **files: str) -> None:
    folder = workspace.dir / "places"
    for old in folder.glob("*.csv"):
        old.unlink()
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text(HEAD + rows)


def test_places_are_never_added_in_silence(workspace: Workspace) -> None:
    lay(workspace, a="2026,18.11,kube,4\n2026,18.11,kube,-1\n", b="2026,1811,Kube,4\n")
    with pytest.raises(UserError) as error:
        read_places(workspace)
    negative, _, twice = str(error.value).splitlines()
    assert "a.csv, line 3, column places: is negative" in negative
    assert "b.csv, line 2: stands twice: the first is " in twice
    assert "a.csv, line 2" in twice
    lay(
        workspace,
        a="2026,18.11,kube,4\n2025,18.11,kube,4\n",
        b="2026,18,kube,4\n2026,1811,pena,4\n",
    )
    assert read_places(workspace)[0] == Places(2026, "1811", "kube", 4)
    assert len(read_places(workspace)) == 4


def test_places_that_nobody_plans_with_are_told(workspace: Workspace) -> None:
    lay(workspace, a="2026,1811,kube,4\n2026,1811,training,9\n")
    assert unused_places(workspace) == []
    lay(workspace, a="2026,1811,kube,4\n2026,1811,pkh,9\n2025,1811,atensi,9\n2026,18,pkh,1\n")
    (note,) = unused_places(workspace)
    assert note.count("Program Keluarga Harapan (PKH)") == 1
    assert "ATENSI" in note
    assert "Family Hope Programme (PKH)" in note
    assert "KUBE" not in note
    assert note.endswith("only those of Empowerment, Prevention")
    lay(workspace)
    assert unused_places(workspace) == []
