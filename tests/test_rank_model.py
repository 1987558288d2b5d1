"""A model in the stage rank: what it is told, what it says, and who gets a decile of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import log
from pathlib import Path

import numpy as np
import pytest

from hand_model import AGE, FLOOR, FRIDGE, MEMBERS, REGION, hand_model, pack_that_ranks_itself
from history_run import HistoryRun, Row, family, person
from tangga.engine.manifest import Manifest
from tangga.engine.rank.before import held_before
from tangga.engine.rank.features import table_of, write_model_facts
from tangga.engine.rank.model import kept_model, welfare_model
from tangga.engine.runner import Steps
from tangga.engine.welfare.columns import Codes, Numbers, Table
from tangga.engine.welfare.deciles import deciles
from tangga.engine.welfare.model import Effect, Model
from tangga.engine.welfare.model_file import write_model
from tangga.engine.welfare.spec import Feature
from tangga.engine.welfare.vulnerability import vulnerability
from tangga.engine.workspace import Workspace
from tangga.errors import BadPack, UserError
from tangga.rules.facts_reading import reading
from tangga.rules.values import Range

ON = date(2026, 1, 31)
MODEL = 'welfare_model = "model/"\n'
OWN_COLUMNS = ("decile_raw", "decile", "decile_local")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack in which nobody else ranks."""
    return pack_that_ranks_itself(tmp_path_factory.mktemp("own"))


def ranked(
    folder: Path,
    model: Model,
    families: list[Row],
    persons: list[Row],
    *,
    pack: Path | str = "indonesia",
    on: date = ON,
    run: str = "00001",
    parts: int = 1,
    **rows: list[Row],
) -> HistoryRun:
    """The stage rank over tables by hand."""
    write_model(model, folder / "model")
    made = HistoryRun(folder, on, parts, pack=pack, more=MODEL, run=run)
    made.write(families=families, persons=persons, **rows)
    made.rank()
    return made


def fid(number: int) -> str:
    """A family's id, as parts read it."""
    return f"F{(1 << 51) + number:X}"


def people(number: int, size: int, **head: object) -> list[Row]:
    """The members of a family; the head's birth and the like."""
    born = {"birth_date": date(1980, 1, 31), "relation": "head", **head}
    rest = {"relation": "child", "birth_date": date(2012, 5, 1)}
    return [
        person(f"P{number:x}{n}", fid(number), **(born if n == 0 else rest)) for n in range(size)
    ]


def home(number: int, **given: object) -> Row:
    plain = {"floor": "tile", "owns_fridge": True, "village": "1771031001"}
    return family(fid(number), **{**plain, **given})


def by_family(run: HistoryRun, table: str) -> dict[str, dict[str, object]]:
    return {str(row["family_id"]): row for row in run.rows(table, "rank")}


# --- what it is told -----------------------------------------------------------------------------

ALL = {"members": 3, "floor": "tile", "fridge": 1, "age": 46, "region": "1771"}
NOWHERE: Row = {"floor": None, "owns_fridge": None, "village": None}
YEAR: Row = {"birth_date": None, "birth_year": 1980}
TOLD: dict[str, tuple[Row, int, Row, Mapping[str, object]]] = {
    # name: what the home is like, how many members, the head, what the model is told
    "all is known": ({}, 3, {}, ALL),
    "nobody was ever at the door": (
        NOWHERE, 1, {}, {"members": 1, "floor": None, "fridge": None, "age": 46, "region": None},
    ),
    "a birthday is tomorrow": ({}, 1, {"birth_date": date(1980, 2, 1)}, {"age": 45}),
    "born on a leap day": ({}, 1, {"birth_date": date(1980, 2, 29)}, {"age": 45}),
    "a year that leaves two ages open": ({}, 1, YEAR, {"age": None}),
    "a month that leaves one": ({}, 1, {**YEAR, "birth_month": 5}, {"age": 45}),
    "no fridge is not the same as not known": ({"owns_fridge": False}, 1, {}, {"fridge": 0}),
}  # fmt: skip


def test_what_the_model_is_told(tmp_path: Path) -> None:
    homes = [home(n, **said) for n, (said, *_) in enumerate(TOLD.values())]
    members = [
        row for n, (_, size, head, _) in enumerate(TOLD.values()) for row in people(n, size, **head)
    ]
    run = ranked(tmp_path, hand_model(), homes, members)
    found = by_family(run, "model_facts")
    assert len(found) == len(TOLD)
    for n, (name, (*_, expected)) in enumerate(TOLD.items()):
        assert {key: found[fid(n)][key] for key in expected} == expected, name


def test_members_are_counted_where_no_fact_counts_them(tmp_path: Path) -> None:
    """A pack need not have one."""
    members = [*people(1, 3), *people(2, 1), person("P9", fid(2), status="dead")]
    members += [person("P8", fid(3), status="dead")]
    run = ranked(tmp_path, hand_model(), [home(n) for n in (1, 2, 3, 4)], members)
    # Where nobody lives there is nothing to rank.
    assert by_family(run, "ranking")[fid(3)]["score"] is None
    expected = {fid(1): 3, fid(2): 1}
    of = welfare_model(run.ctx.workspace)
    assert of is not None and of.members is not None
    for one in (of, replace(of, members=None)):
        with Steps(run.ctx, "rank") as steps:
            write_model_facts(steps, one, held_before(run.ctx, one))
        found = by_family(run, "model_facts")
        assert {key: row["_people"] for key, row in found.items()} == expected


def test_a_range_is_not_known(tmp_path: Path) -> None:
    """Of one member it is not known whether they are a child: that is neither 0 nor 1."""
    children = replace(MEMBERS, feature=replace(MEMBERS.feature, name="children", fact="children"))
    of = people(1, 2)
    unsure = [*people(2, 1), person("P29", fid(2), relation="child", birth_date=None)]
    run = ranked(tmp_path, hand_model(children), [home(1), home(2)], [*of, *unsure])
    found = by_family(run, "model_facts")
    assert (found[fid(1)]["children"], found[fid(2)]["children"]) == (1, None)
    assert by_family(run, "ranking")[fid(2)]["score"] is None


def test_the_plain_reading_of_facts_says_the_same(tmp_path: Path) -> None:
    """Of a hundred families in various states of not knowing."""
    rng = np.random.default_rng(3)
    floors = ["tile", "marble", "earth", "cement", "bamboo", None]
    villages = ["1771031001", "1811052001", "3201012001", None]
    homes = [
        home(
            n,
            floor=floors[rng.integers(6)],
            owns_fridge=[True, False, None][rng.integers(3)],
            village=villages[rng.integers(4)],
        )
        for n in range(100)
    ]
    births = [date(1960, 2, 29), date(1990, 1, 31), date(1990, 2, 1), None]
    members = [
        row
        for n in range(100)
        for row in people(n, int(rng.integers(1, 5)), birth_date=births[rng.integers(4)],
                          birth_year=[1975, None][rng.integers(2)])
    ]  # fmt: skip
    run = ranked(tmp_path, hand_model(), homes, members, parts=3)
    of = welfare_model(run.ctx.workspace)
    assert of is not None
    read, found = reading(of.book, ON), by_family(run, "model_facts")
    for row in homes:
        mine = [one for one in members if one["family_id"] == row["family_id"]]
        facts = read.family(row, mine)  # type: ignore[arg-type]
        for feature, fact in of.pairs:
            value = facts.get(fact.name)
            if fact.type.type == "date":
                value = _years(value)
            said = found[str(row["family_id"])][feature.name]
            assert said == (None if isinstance(value, Range) else value), (row, feature.name)


def _years(value: object) -> int | None:
    ends = (value.low, value.high) if isinstance(value, Range) else (value, value)
    years = {
        None if end is None else ON.year - end.year - ((end.month, end.day) > (ON.month, ON.day))
        for end in ends
    }
    return years.pop() if len(years) == 1 else None


# --- what it says --------------------------------------------------------------------------------


def test_scores_and_chances_are_those_of_the_model(tmp_path: Path) -> None:
    model = hand_model()
    homes = [home(1), home(2, floor="earth", village="1811052001"), home(3, floor=None)]
    shock = {"family_id": fid(2), "event": "shock", "on_date": date(2025, 12, 1), "shock": "flood"}
    members = [row for n in (1, 2, 3) for row in people(n, 2 * n)]
    run = ranked(tmp_path, model, homes, members, events=[shock])
    table = Table(
        {
            "members": Numbers(np.array([2.0, 4.0])),
            "floor": Codes(np.array([1, 0]), ["earth", "tile"]),
            "fridge": Numbers(np.ones(2)), "age": Numbers(np.full(2, 46.0)),
            "region": Codes(np.array([0, 1]), ["1771", "1811"]),
        }, 2,
    )  # fmt: skip
    scored, found = model.score(table), by_family(run, "ranking")
    of = welfare_model(run.ctx.workspace)
    assert of is not None and of.line is not None
    lines = [of.line.derivation.lines.at(h["village"], ON) for h in homes[:2]]  # type: ignore[union-attr]
    assert lines[0] != lines[1] and None not in lines
    falls = vulnerability(model, scored, np.log(lines), np.array([False, True]))
    expected = {
        "probability": model.chance_within(scored, 0.4),
        "probability_poorest": model.chance_within(scored, 0.2),
        "poor_now": falls.poor_now,
        "poor_within_year": falls.poor_within_year,
        "falls": falls.falls,
    }
    for n, key in enumerate((fid(1), fid(2))):
        assert found[key]["score"] == scored.score[n]
        for name, chances in expected.items():
            assert found[key][name] == Decimal(f"{chances[n]:.6f}"), name
        assert found[key]["people"] == 2 * (n + 1)
    assert kept_model(run.ctx.run_dir) == model


def test_who_lacks_an_answer_has_no_score_and_is_counted(tmp_path: Path) -> None:
    """Neither poorest nor dropped; a word that no survey had is missing too."""
    homes = [home(1), home(2, floor=None), home(3, floor="bamboo"), home(4, owns_fridge=None)]
    run = ranked(tmp_path, hand_model(), homes, [row for n in range(1, 5) for row in people(n, 2)])
    found = by_family(run, "ranking")
    assert [found[fid(n)]["score"] is None for n in range(1, 5)] == [False, True, True, False]
    nulls = ("probability", "probability_poorest", "poor_now", "poor_within_year", "falls")
    assert {found[fid(2)][name] for name in nulls} == {None}
    gaps = {str(row["fact"]): row for row in run.rows("model_gaps", "rank")}
    assert (gaps["floor"]["missing"], gaps["floor"]["unseen"]) == (1, 1)
    assert (gaps["floor"]["then"], gaps["owns_fridge"]["then"]) == ("unknown", "average")
    assert (gaps["owns_fridge"]["missing"], gaps["owns_fridge"]["families"]) == (1, 4)
    # What may be missing costs certainty: the chance lies nearer to a half.
    sure, unsure = (abs(float(found[fid(n)]["probability"]) - 0.5) for n in (1, 4))  # type: ignore[arg-type]
    assert sure != unsure


def test_without_a_line_nothing_is_said_of_poverty(tmp_path: Path) -> None:
    run = ranked(tmp_path, hand_model(), [home(1, village=None)], people(1, 2))
    found = by_family(run, "ranking")[fid(1)]
    assert found["score"] is not None and found["probability"] is not None
    assert found["poor_now"] is None and found["falls"] is None


# --- where somebody else ranks -------------------------------------------------------------------


def test_where_somebody_else_ranks_a_model_gives_no_decile(tmp_path: Path) -> None:
    homes = [home(n, floor=["tile", "earth", None][n % 3]) for n in range(1, 31)]
    members = [row for n in range(1, 31) for row in people(n, 1 + n % 5)]
    rank = [{"family_id": fid(n), "decile": n % 10 or None, "release": "T1"} for n in range(1, 29)]
    run = ranked(tmp_path, hand_model(), homes, members, rankings=rank)
    found = by_family(run, "ranking")
    assert len(found) == 30
    assert any(row["score"] is not None for row in found.values())
    for number in range(1, 31):
        row = found[fid(number)]
        assert [row[name] for name in OWN_COLUMNS] == [None] * 3
        official = (number % 10 or None) if number < 29 else None
        assert row["decile_official"] == official
        assert row["decile_used"] == ("official" if official else None)
    assert not (run.ctx.run_dir / "rank" / "own_deciles").exists()


def test_chances_are_facts_in_whole_per_cent(tmp_path: Path) -> None:
    run = ranked(tmp_path, hand_model(), [home(1), home(2, floor=None)], people(1, 4))
    run.history()
    said, of = by_family(run, "ranking")[fid(1)], run.one("family_history", fid(1))
    assert of["chance_of_poorest_40"] == round(float(said["probability"]) * 100)  # type: ignore[arg-type]
    assert of["chance_of_falling"] == round(float(said["falls"]) * 100)  # type: ignore[arg-type]
    other = run.one("family_history", fid(2))
    assert other["chance_of_falling"] is None and other["decile"] is None


# --- where nobody else ranks ---------------------------------------------------------------------


def crowd(size: int = 60) -> tuple[list[Row], list[Row]]:
    """Families of all sorts in two regencies; every seventh lacks what must be known."""
    floors = ["tile", "cement", "earth", "marble"]
    homes = [
        home(
            n,
            floor=None if n % 7 == 0 else floors[n % 4],
            owns_fridge=n % 3 == 0,
            village=["1771031001", "1811052001"][n % 2],
        )
        for n in range(size)
    ]
    members = [row for n in range(size) for row in people(n, 1 + n % 6)]
    return homes, members


@pytest.mark.parametrize("speak_of", ["people", "households"])
def test_deciles_are_those_of_the_whole_table(own: Path, tmp_path: Path, speak_of: str) -> None:
    homes, members = crowd()
    model = hand_model(speak_of=speak_of)
    run = ranked(tmp_path, model, homes, members, pack=own)
    rows = run.rows("ranking", "rank")
    score = np.array([row["score"] or 0 for row in rows])
    known = np.array([row["score"] is not None for row in rows])
    weight = np.array([row["people"] if speak_of == "people" else 1 for row in rows])
    where = {h["family_id"]: int(str(h["village"])[:4] == "1811") for h in homes}
    area = np.array([where[row["family_id"]] for row in rows])
    raw, local = deciles(score, known, weight), deciles(score, known, weight, within=area)
    assert [row["decile_raw"] or 0 for row in rows] == list(raw)
    assert [row["decile"] or 0 for row in rows] == list(raw), "nothing was held before"
    assert [row["decile_local"] or 0 for row in rows] == list(local)
    assert list(raw) != list(local)
    for row, is_known in zip(rows, known, strict=True):
        assert row["decile_used"] == ("indicative" if is_known else None)
        assert row["decile_on"] == (ON if is_known else None)
        assert row["rank_state"] == ("ranked" if is_known else None)


def test_decisions_read_the_decile_that_is_used(own: Path, tmp_path: Path) -> None:
    """Of our own where there is no official one; unknown stays unknown."""
    homes, members = crowd(20)
    rank = [{"family_id": fid(1), "decile": 9, "release": "T1"}]
    run = ranked(tmp_path, hand_model(), homes, members, pack=own, rankings=rank)
    run.history()
    found = by_family(run, "ranking")
    assert (found[fid(1)]["decile_used"], found[fid(2)]["decile_used"]) == (
        "official",
        "indicative",
    )
    for number in range(20):
        decile = found[fid(number)]["decile"] if number != 1 else 9
        assert run.one("family_history", fid(number))["decile"] == decile
    assert found[fid(0)]["decile"] is None, "it lacks its floor"


def test_a_register_without_families_has_no_ranks(own: Path, tmp_path: Path) -> None:
    run = ranked(tmp_path, hand_model(), [home(1)], [], pack=own, parts=2)
    (row,) = run.rows("ranking", "rank")
    assert (row["score"], row["decile"], row["decile_used"]) == (None, None, None)
    assert run.rows("own_deciles", "rank") == run.rows("rank_places", "rank") == []
    assert {gap["families"] for gap in run.rows("model_gaps", "rank")} == {0}


def test_parts_change_nothing(own: Path, tmp_path: Path) -> None:
    homes, members = crowd()
    runs = [
        ranked(tmp_path / str(parts), hand_model(), homes, members, pack=own, parts=parts)
        for parts in (1, 5)
    ]
    for table in ("ranking", "model_facts", "model_gaps", "rank_places"):
        one, two = (run.rows(table, "rank") for run in runs)
        assert one == two, table


# --- held ----------------------------------------------------------------------------------------


def finished(run: HistoryRun, **given: object) -> None:
    """Make a run one that others can rest on."""
    said: dict[str, object] = {
        "run": run.ctx.run_dir.name, "name": "Uji", "as_of": run.on.isoformat(), "mode": "full",
        "program": "", "pack": {}, "descriptors": {}, "complete": True,
    }  # fmt: skip
    Manifest(**{**said, **given}).write(run.ctx.run_dir / "manifest.json")  # type: ignore[arg-type]


def deciles_of(run: HistoryRun, column: str = "decile") -> dict[str, object]:
    return {key: row[column] for key, row in by_family(run, "ranking").items()}


NEXT = date(2026, 4, 30)


def other_model() -> Model:
    """Estimated anew: floors matter less, fridges more."""
    floor = replace(FLOOR, levels={"tile": 250_000, "cement": 20_000, "earth": -300_000})
    return hand_model(MEMBERS, floor, replace(FRIDGE, slope=400_000), AGE, REGION, version="hand-2")


def test_a_new_model_moves_nobody_who_did_not_change(own: Path, tmp_path: Path) -> None:
    homes, members = crowd()
    first = ranked(tmp_path, hand_model(), homes, members, pack=own)
    finished(first)
    changed = [home(2, floor="marble", owns_fridge=True), *homes[3:]]
    again = ranked(
        tmp_path, other_model(), [*homes[:2], *changed], members, pack=own, on=NEXT, run="00002"
    )
    before, now = by_family(first, "ranking"), by_family(again, "ranking")
    moved = {key for key in now if now[key]["decile_raw"] != before[key]["decile"]}
    stayed = {key for key in now if now[key]["decile"] == before[key]["decile"]}
    assert len(moved) > 10, "the quota by the new model moves many"
    crossed = now.keys() - stayed - {fid(2)}
    for key in crossed:  # only over a line of the poorest 20 or 40 %, and surely
        sides = [(now[key][p], s) for p, s in (("probability_poorest", 2), ("probability", 4))]
        was = int(before[key]["decile"])  # type: ignore[call-overload]
        assert any(p > Decimal("0.6") if was > s else p < Decimal("0.4") for p, s in sides)
    assert len(moved & stayed) > 5
    assert now[fid(2)]["decile"] == now[fid(2)]["decile_raw"], "it changed"
    for key in stayed:
        assert now[key]["decile_on"] == (ON if now[key]["decile"] else None)
        assert now[key]["decile_before"] is None
    since = {(now[k]["decile_on"], now[k]["decile_before"]) for k in now.keys() - stayed}
    assert since == {(NEXT, before[k]["decile"]) for k in now.keys() - stayed}


def test_years_go_by_for_everybody(own: Path, tmp_path: Path) -> None:
    """A head who had a birthday is no changed family; one whose birth was corrected is."""
    homes, members = crowd(40)
    later = date(2028, 1, 31)
    first = ranked(tmp_path, hand_model(), homes, members, pack=own)
    finished(first)
    others = [member for member in members if member["family_id"] != fid(1)]
    mended = [*people(1, 2, birth_date=date(1950, 1, 1)), *others]
    again = ranked(tmp_path, other_model(), homes, mended, pack=own, on=later, run="00002")
    facts = by_family(again, "model_facts")
    assert facts[fid(2)]["age"] == 48
    assert facts[fid(2)]["_unchanged"] and not facts[fid(1)]["_unchanged"]


def test_a_model_that_asks_more_holds_what_both_ask(own: Path, tmp_path: Path) -> None:
    homes, members = crowd(20)
    finished(ranked(tmp_path, hand_model(MEMBERS, FLOOR), homes, members, pack=own))
    again = ranked(tmp_path, hand_model(), homes, members, pack=own, on=NEXT, run="00002")
    assert all(row["_unchanged"] for row in by_family(again, "model_facts").values())
    finished(again)
    third = ranked(tmp_path, hand_model(FRIDGE), homes, members, pack=own, on=NEXT, run="00003")
    assert all(row["_unchanged"] for row in by_family(third, "model_facts").values())
    finished(third)
    nothing = ranked(tmp_path, hand_model(AGE), homes, members, pack=own, on=NEXT, run="00004")
    assert not any(row["_unchanged"] for row in by_family(nothing, "model_facts").values())


def test_the_same_day_again_changes_nothing(own: Path, tmp_path: Path) -> None:
    homes, members = crowd()
    first = ranked(tmp_path, hand_model(), homes, members, pack=own)
    finished(first)
    second = ranked(tmp_path, other_model(), homes, members, pack=own, on=NEXT, run="00002")
    finished(second)
    third = ranked(tmp_path, other_model(), homes, members, pack=own, on=NEXT, run="00003")
    assert third.rows("ranking", "rank") == second.rows("ranking", "rank")


def test_a_replay_rests_on_no_later_run(own: Path, tmp_path: Path) -> None:
    homes, members = crowd()
    first = ranked(tmp_path, hand_model(), homes, members, pack=own)
    finished(first)
    second = ranked(tmp_path, other_model(), homes, members, pack=own, on=NEXT, run="00002")
    finished(second)
    replay = ranked(tmp_path, hand_model(), homes, members, pack=own, run="00003")
    assert replay.rows("ranking", "rank") == first.rows("ranking", "rank")
    finished(replay, replays="00002")
    # Nothing rests on a replay, and nothing on a run that never came to its end.
    write_model(other_model(), tmp_path / "model")
    third = ranked(tmp_path, other_model(), homes, members, pack=own, on=NEXT, run="00004")
    assert deciles_of(third) == deciles_of(second)
    finished(third, complete=False)
    assert second.rows("ranking", "rank") == third.rows("ranking", "rank")


# --- what is wrong with a model ------------------------------------------------------------------


def broken(folder: Path, model: Model | None, pack: Path | str = "indonesia") -> str:
    """What is said of a model in a workspace."""
    workspace = HistoryRun(folder, ON, pack=pack, more=MODEL).ctx.workspace
    return said_of(workspace, model)


def said_of(workspace: Workspace, model: Model | None) -> str:
    if model is not None:
        write_model(model, workspace.dir / "model")
    with pytest.raises(UserError) as raised:
        welfare_model(workspace)
    return str(raised.value)


@pytest.fixture(scope="module")
def somewhere(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return HistoryRun(tmp_path_factory.mktemp("w"), ON, more=MODEL).ctx.workspace


def of_fact(name: str, kind: str = "numeric") -> Model:
    """A model that asks one thing."""
    levels = {"x": 1} if kind == "categorical" else {}
    return hand_model(Effect(Feature(name, name, name, kind), levels=levels))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (of_fact("membres"), "membres: no such fact of a family (Did you mean 'members'?)"),
        (of_fact("months_protected"), "rests on months_protected, worked out from records of acts"),
        (of_fact("members_disabled"), "members_disabled rests on assessed_disabled, worked out"),
        (of_fact("decile"), "decile rests on decile"),
        (of_fact("floor"), "floor: the register holds a code, the model asks for numeric"),
        (of_fact("floor", "categorical"), "knows none of them, but x"),
        (of_fact("owns_fridge", "categorical"), "the register says false, true"),
        (of_fact("head_born", "categorical"), "holds a date, the model asks for categorical"),
    ],
)
def test_a_feature_that_the_register_cannot_answer(
    model: Model, words: str, somewhere: Workspace
) -> None:
    said = said_of(somewhere, model)
    assert words in said and "model.json" in said and "fit it again" in said


def test_a_model_that_is_absent_or_changed(tmp_path: Path) -> None:
    assert "there is no model here" in broken(tmp_path / "none", None)
    file = write_model(hand_model(), tmp_path / "model")
    file.write_text(file.read_text().replace("13800000", "13900000"))
    assert "changed since it was written" in broken(tmp_path, None)


@pytest.mark.parametrize("times", [12, 1 / 12])
def test_a_model_of_another_unit(somewhere: Workspace, times: float) -> None:
    """Of a year beside lines of a month: everybody would be far from poor, or near it."""
    cuts = {share: cut + log(times) for share, cut in hand_model().cuts.items()}
    said = said_of(somewhere, hand_model(cuts=cuts))
    assert "of another unit than this model (rupiah per person and month" in said


def test_local_deciles_within_a_fact_that_is_none(own: Path, tmp_path: Path) -> None:
    import shutil

    pack = tmp_path / "pack"
    shutil.copytree(own, pack)
    with (pack / "pack.toml").open("a") as file:
        file.write('\n[ranking]\nlocal = "regencies"\n')
    said = broken(tmp_path / "w", hand_model(), pack)
    assert "local = 'regencies' in [ranking] is no fact of a family" in said
    assert "Did you mean 'regency'" in said


def test_no_model_no_table(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    run.write(families=[home(1)])
    assert set(run.rank()) & {"scores", "model_facts", "model_gaps"} == set()
    found = run.rows("ranking", "rank")[0]
    assert {found[name] for name in ("score", "probability", "falls", "people", *OWN_COLUMNS)} == {
        None
    }


def test_the_register_is_read_as_the_model_reads_it(tmp_path: Path) -> None:
    """`table_of` makes of stored rows what the model scored."""
    import pyarrow.parquet as pq

    model = hand_model()
    run = ranked(tmp_path, model, [home(1, floor="marble")], people(1, 3))
    (file,) = (run.ctx.run_dir / "rank" / "model_facts").glob("part-*.parquet")
    scored = model.score(table_of(model, pq.read_table(file)))
    assert scored.score[0] == by_family(run, "ranking")[fid(1)]["score"]
    with pytest.raises(BadPack):
        kept_model(_damaged(run))
    assert kept_model(tmp_path) is None


def _damaged(run: HistoryRun) -> Path:
    (run.ctx.run_dir / "rank" / "model.json").write_text("{")
    return run.ctx.run_dir
