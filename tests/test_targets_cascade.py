"""Targets down to areas and workers: whole numbers that sum, what was set below stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from history_run import today
from tangga.engine.area_tree import area_tree
from tangga.engine.targets.care import Basis
from tangga.engine.targets.cascade import SUM, WORKER, Row, cascade
from tangga.engine.targets.files import Key, Target, with_lines
from tangga.engine.targets.ground import Ground
from tangga.engine.targets.hidden import not_shown
from tangga.engine.targets.load import Carried
from tangga.engine.targets.settings import Pilars, pilars_of
from tangga.engine.targets.workers import Worker
from tangga.registry.areas import Area, Areas
from targets_run import ON

FOUND = pilars_of(today(ON))
assert FOUND is not None
PILARS: Pilars = FOUND
LEVELS = {2: "province", 4: "regency", 6: "district", 10: "village"}
CODES = [
    *("17", "1701", "1702", "1703", "170101", "170102", "170201", "170301"),
    *("1701012001", "1701012002", "1701022001", "1702012001", "1703012001"),
]
TREE = area_tree(
    Areas("own", {c: Area(c, f"Area {c}", LEVELS[len(c)], "", "1") for c in CODES}, {})
)
VILLAGES = [code for code in CODES if len(code) == 10]
GRADUATIONS = Key(2026, "graduations", "pkh_companion", "", "")


def ground(
    villages: dict[str, int], workers: tuple[Worker, ...] | None = (), **carried: int
) -> Ground:
    """Villages with so many families, all in care and graduable."""
    counts: dict[str, int] = defaultdict(int)
    for village, many in villages.items():
        for area in TREE.above([village]):
            counts[area] += many
    basis = {area: Basis(n, n, n, 0) for area, n in counts.items()}
    load = {(id_, "pkh_companion"): Carried(n, 0, n) for id_, n in carried.items()}
    return Ground(TREE, basis, workers, load, frozenset({"pkh_companion"}))


def companion(id_: str, area: str, caseload: int | None = None) -> Worker:
    return Worker(id_, "pkh_companion", area, (area,), caseload, True)


def set_(area: str, value: int, rule: str = "", key: Key = GRADUATIONS, worker: str = "") -> Target:
    return Target(key, area, worker, value, rule, "targets/a.csv", 2)


def of_areas(rows: list[Row]) -> dict[str, int | None]:
    return {row.area: row.value for row in rows if row.level != WORKER}


def of_workers(rows: list[Row]) -> dict[str, int | None]:
    return {row.worker: row.value for row in rows if row.level == WORKER}


def spread_out(*targets: Target, on: Ground) -> list[Row]:
    return cascade(targets, PILARS, on)


def test_by_graduable_families_from_the_province_to_the_villages() -> None:
    rows = spread_out(
        set_("17", 100), on=ground({"1701012001": 30, "1701022001": 10, "1702012001": 60})
    )
    found = of_areas(rows)
    assert found["17"] == 100
    assert (found["1701"], found["1702"]) == (40, 60)
    assert (found["170101"], found["170102"]) == (30, 10)
    # The register has nobody there: nobody knows what can be asked of it.
    assert found["1703"] is None
    assert found[""] == 100  # the sum, above
    assert {row.rule for row in rows if row.area == ""} == {SUM}
    assert all(row.difference in (0, None) for row in rows)


def test_an_area_without_families_to_count_gets_nothing_and_equal_asks_all() -> None:
    on = ground({"1701012001": 5, "1702012001": 0})
    assert of_areas(spread_out(set_("17", 9), on=on))["1702"] == 0
    found = of_areas(spread_out(set_("17", 10, "equal"), on=on))
    assert [found[code] for code in ("1701", "1702", "1703")] == [4, 3, 3]


def test_what_was_set_below_stands_and_the_rest_goes_to_the_others() -> None:
    on = ground({"1701012001": 50, "1702012001": 25, "1703012001": 25})
    rows = spread_out(set_("17", 100), set_("1702", 40), on=on)
    found = of_areas(rows)
    assert (found["1702"], found["1701"], found["1703"]) == (40, 40, 20)
    given_ = {row.area for row in rows if row.given}
    assert given_ == {"17", "1702"}
    assert {row.area: row.set_from for row in rows}["1702012001"] == "1702"


def test_a_difference_is_told_never_hidden() -> None:
    on = ground({"1701012001": 50, "1702012001": 50})
    rows = {r.area: r for r in spread_out(set_("17", 10), set_("1701", 7), set_("1702", 8), on=on)}
    assert (rows["17"].children_sum, rows["17"].difference) == (15, -5)
    rows = {r.area: r for r in spread_out(set_("17", 10), set_("1701", 3), set_("1702", 4), on=on)}
    assert (rows["17"].children_sum, rows["17"].difference) == (7, 3)


def test_what_was_set_two_levels_down_is_kept_back_first() -> None:
    # 3 and 4 stand deep within. All of 1702 has its own: the 13 left go to the other two, alike.
    on = ground({"1701012001": 10, "1702012001": 10, "1703012001": 80})
    rows = spread_out(set_("17", 20, "equal"), set_("170101", 3), set_("1702012001", 4), on=on)
    found = of_areas(rows)
    assert (found["1701"], found["1702"], found["1703"]) == (3 + 7, 4, 6)
    assert (found["170101"], found["170102"], found["1702012001"]) == (3, 7, 4)
    assert {r.difference for r in rows if r.area in ("17", "1701")} == {0}
    # By families: those of places with a target of their own weigh no more.
    rows = spread_out(set_("17", 20), set_("170101", 3), set_("170201", 4), on=on)
    found = of_areas(rows)
    assert (found["1701"], found["1702"], found["1703"]) == (3, 4, 13)
    assert all(row.difference in (0, None) for row in rows)


def test_more_set_two_levels_down_than_there_is_is_told_where_it_is_more() -> None:
    on = ground({"1701012001": 10, "1702012001": 10})
    rows = spread_out(set_("17", 5), set_("170101", 3), set_("170201", 4), on=on)
    assert {r.area: r.difference for r in rows if r.difference} == {"17": -2}
    # Of an area that the register does not know, at least what was set in it.
    rows = spread_out(set_("17", 5), set_("170301", 3), on=on)
    assert of_areas(rows)["1703"] == 3


def test_companions_share_the_target_of_their_area_by_what_they_carry() -> None:
    workers = (companion("A", "170101"), companion("B", "170101"), companion("C", "170102"))
    on = ground({"1701012001": 60, "1701022001": 40}, workers, A=30, B=10, C=20)
    rows = spread_out(set_("1701", 50), on=on)
    assert of_workers(rows) == {"A": 25, "B": 8, "C": 17}
    top = next(row for row in rows if row.area == "1701" and row.level != WORKER)
    assert (top.workers_sum, top.workers_difference) == (50, 0)


def test_412_companions_times_ten_both_ways() -> None:
    workers = tuple(companion(f"C{n:03d}", CODES[4 + n % 4]) for n in range(412))
    assert {one.area for one in workers} == {"170101", "170102", "170201", "170301"}
    on = ground(dict.fromkeys(VILLAGES, 10), workers)
    each = [set_("", 10, worker=one.id) for one in workers]
    rows = spread_out(*each, on=on)
    assert of_areas(rows)["17"] == 4120
    assert of_areas(rows)["170101"] == 1030
    rows = spread_out(set_("17", 4120, "equal"), set_("1703", 1030), on=on)
    assert set(of_workers(rows).values()) == {10}
    assert len(of_workers(rows)) == 412


def test_a_worker_s_own_target_stands_and_the_others_take_the_rest() -> None:
    workers = tuple(companion(id_, "170101") for id_ in "ABC")
    on = ground({"1701012001": 60}, workers, A=20, B=20, C=20)
    rows = spread_out(set_("170101", 30), set_("", 4, worker="A"), on=on)
    assert of_workers(rows) == {"A": 4, "B": 13, "C": 13}
    rows = spread_out(set_("170101", 30), set_("", 50, worker="A"), on=on)
    top = next(row for row in rows if row.area == "170101" and row.level != WORKER)
    assert (top.workers_sum, top.workers_difference) == (50, -20)


def test_a_target_of_who_is_not_a_worker_of_the_measure_is_told_and_not_counted() -> None:
    workers = (companion("A", "170101"), Worker("T", "tksk", "170101", ("170101",), None, True))
    on = replace(ground({"1701012001": 60}, workers, A=20), off_duty=frozenset({"gone"}))
    own = [set_("", 4, worker=id_) for id_ in ("A", "T", "gone", "nobody")]
    rows = spread_out(set_("170101", 30), *own, on=on)
    doubts = {row.worker: row.doubt for row in rows if row.worker}
    assert doubts == {"A": "", "T": "other_pilar", "gone": "off_duty", "nobody": "unknown"}
    top = next(row for row in rows if row.area == "170101" and row.level != WORKER)
    assert (top.workers_sum, top.workers_difference) == (4, 26)
    # Of a measure of several pilar each is asked in their own.
    key = Key(2026, "contribution", "", "", "")
    rows = spread_out(*(set_("", 4, key=key, worker=id_) for id_ in "AT"), on=on)
    at = {row.worker: (row.key.pilar, row.doubt) for row in rows if row.worker}
    assert at == {"A": ("pkh_companion", ""), "T": ("tksk", "")}
    # An area that is not the worker's is told; theirs counts. Around or within theirs is well.
    elsewhere = {
        area: next(r for r in spread_out(set_(area, 4, worker="A"), on=on) if r.worker)
        for area in ("1702", "17", "1701012001")
    }
    assert {area: row.doubt for area, row in elsewhere.items()} == {
        "1702": "other_area", "17": "", "1701012001": "",
    }  # fmt: skip
    assert {row.area for row in elsewhere.values()} == {"170101"}
    # Without a list nobody can doubt.
    unlisted = spread_out(set_("", 4, worker="nobody"), on=ground({"1701012001": 60}, None))
    assert [(row.doubt, row.value) for row in unlisted if row.worker] == [("", 4)]


def test_where_nobody_is_posted_the_target_is_with_nobody() -> None:
    on = ground({"1701012001": 50, "1702012001": 50}, (companion("A", "1701"),), A=50)
    rows = {row.area: row for row in spread_out(set_("17", 10), on=on) if row.level != WORKER}
    assert (rows["17"].workers_sum, rows["17"].workers_difference) == (5, 5)
    assert rows["1702"].workers_sum == 0
    rows = spread_out(set_("17", 10), set_("1702", 4), on=on)
    assert of_workers(rows) == {"A": 6}
    # Without a list of workers nobody knows who has it.
    unknown = spread_out(set_("17", 10), on=ground({"1701012001": 50}, None))
    assert {row.workers_sum for row in unknown} == {None}


def test_a_target_for_all_pilar_is_divided_among_them() -> None:
    workers = (
        companion("A", "170101"),
        companion("B", "170101"),
        Worker("T", "tksk", "170101", ("170101",), None, True),
    )
    key = Key(2026, "contribution", "", "", "")
    rows = spread_out(set_("17", 10, key=key), on=ground({"1701012001": 5}, workers))
    at = {row.key.pilar: row.value for row in rows if row.area == "17"}
    assert (at["pkh_companion"], at["tksk"], at["tagana"], at[""]) == (7, 3, 0, 10)
    below = {row.key.pilar: row.value for row in rows if row.area == "1701" and row.level != WORKER}
    assert below[""] == sum(value or 0 for pilar, value in below.items() if pilar)


def test_a_share_holds_for_all_below_until_another_is_set() -> None:
    key = Key(2026, "visits_kept", "pkh_companion", "", "")
    on = ground({"1701012001": 5, "1702012001": 5}, (companion("A", "170101"),))
    rows = spread_out(set_("17", 80, key=key), set_("1702", 95, key=key), on=on)
    found = of_areas(rows)
    assert (found["1701"], found["1701012001"], found["1702012001"]) == (80, 80, 95)
    assert of_workers(rows) == {"A": 80}
    assert {row.children_sum for row in rows} == {None}
    assert "" not in found  # shares are not added up


def test_accepted_lines_are_targets_where_nothing_else_is() -> None:
    def line(id_: str, area: str, value: int) -> tuple[object, ...]:
        return (id_, 2026, area, "pkh_companion", "kube", "facts_renewed", value)

    lines = [line("1", "1701", 20), line("2", "1701", 30), line("3", "1702", 5)]
    key = Key(2026, "facts_renewed", "pkh_companion", "", "")
    found = {t.area: t for t in with_lines([set_("1702", 100, key=key)], lines, PILARS)}
    assert (found["1701"].value, found["1701"].plan_line) == (50, "1 2")
    assert (found["1702"].value, found["1702"].planned) == (100, 5)
    assert with_lines([], [("1", 2026, "17", "tksk", "", "nothing", 5)], PILARS) == []


def kept_back(area: str, targets: set[str], found: dict[str, int | None]) -> list[int]:
    """What was set within an area, where nothing between was."""
    within = {code for code in targets if code != area and code.startswith(area)}
    return [
        found[code] or 0
        for code in within
        if not any(code != other and code.startswith(other) for other in within)
    ]


TARGETS = st.dictionaries(
    st.sampled_from(CODES), st.tuples(st.integers(0, 500), st.sampled_from(["", "equal"]))
)
PEOPLE = st.dictionaries(st.sampled_from(VILLAGES), st.integers(0, 50), min_size=1)
POSTED = st.lists(st.sampled_from(CODES), max_size=6)


@given(TARGETS, PEOPLE, POSTED, st.randoms())
def test_every_sum_is_exact_or_its_difference_told(
    targets: dict[str, tuple[int, str]], people: dict[str, int], posts: list[str], random: object
) -> None:
    workers = tuple(companion(f"W{n}", area) for n, area in enumerate(posts))
    on = ground(people, workers, **{one.id: 3 for one in workers})
    listed = [set_(area, value, rule) for area, (value, rule) in targets.items()]
    rows = spread_out(*listed, on=on)
    found = of_areas(rows)
    assert all(found[area] == value for area, (value, _) in targets.items())
    for row in rows:
        if row.level == WORKER or row.children_sum is None:
            continue
        below = [v or 0 for code, v in found.items() if TREE.parent(code) == row.area and code]
        assert sum(below) == row.children_sum
        assert row.children_sum + (row.difference or 0) == row.value
        # What is set below, at any depth, is kept back first: nothing falls short of it.
        kept = sum(kept_back(row.area, set(targets), found))
        assert ((row.difference or 0) < 0) == (kept > (row.value or 0))
    for area, value in found.items():
        if area not in targets and value is not None:
            assert value >= sum(kept_back(area, set(targets), found))
    for row in rows:
        if row.level != WORKER:
            mine = [r.value or 0 for r in rows if r.level == WORKER and r.area.startswith(row.area)]
            assert row.workers_sum == sum(mine)
    random.shuffle(listed)  # type: ignore[attr-defined]
    assert spread_out(*listed, on=on) == rows


# --- few people -------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(VILLAGES), st.integers(0, 12), min_size=1))
def test_no_subtraction_finds_what_is_hidden(villages: dict[str, int]) -> None:
    counts: dict[str, int] = defaultdict(int)
    for village, many in villages.items():
        for area in TREE.above([village]):
            counts[area] += many
    hidden = not_shown(counts, 5, TREE)
    assert {area for area, n in counts.items() if 0 < n < 5} <= hidden
    for parent in set(counts) - hidden:
        within = [a for a in counts if a in hidden and TREE.parent(a) == parent]
        assert not within or (len(within) > 1 and sum(counts[a] for a in within) >= 5)
    for area in hidden:
        assert not [a for a in counts if TREE.parent(a) == area and counts[a] and a not in hidden]


def test_the_only_regency_of_a_hidden_province_is_hidden_too() -> None:
    """Shown, it would give the other province away: the nation less this one."""
    counts = {"": 15, "17": 4, "18": 11, "1771": 4, "1811": 11}
    assert not_shown(counts, 5, TREE) == {"17", "18", "1771", "1811"}
