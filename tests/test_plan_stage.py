"""The stage that decides, on invented people: the same rows however it is cut, twice, and later."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pytest

from tangga.engine import plan, tables
from tangga.engine.catalogue import Run, relation
from tangga.engine.context import Context
from tangga.engine.current import last_complete
from tangga.engine.explain.reading import Family, ladder, person_ladders, programmes, read_family
from tangga.engine.explain.register import Register
from tangga.engine.manifest import Manifest, read_manifest
from tangga.engine.run import STAGES, run_workspace
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import Conflict, UserError
from tangga.rules.ladder import tracks
from tangga.rules.on_date import OnDate, PolicyGap
from tangga.rules.policy import IN_FORCE
from tangga.synthetic import generate

CAP = Path(__file__).parent / "overlays" / "cap_in_force"
AS_OF = date(2026, 7, 31)
VIEWS = ("decisions", "moves", "waiting", "visits_asked")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """700 invented people, the cap in force, one complete run."""
    folder = tmp_path_factory.mktemp("people")
    generate(700, 5, folder)
    shutil.copytree(CAP, folder / "local")
    settings = folder / "tangga.toml"
    text = settings.read_text().replace("2026-01-31", AS_OF.isoformat())
    settings.write_text(text + 'policy = ["local/"]\nkeep_runs = 9\n')
    run_workspace(folder)
    return folder


def planned(folder: Path, target: Path, **options: object) -> Path:
    """The stage again over the same register, in a folder of its own."""
    workspace = options.pop("workspace", None) or load_workspace(folder)
    run = last_complete(folder)
    target.mkdir(parents=True)
    for stage in ("ingest", "standardise", "link", "resolve", "rank"):
        (target / stage).symlink_to(run / stage)
    plan.run(Context(workspace, target, **options))  # type: ignore[arg-type]
    return target


@cache
def fingerprints(run: Path) -> dict[str, str]:
    """Table or view -> hash of its rows in whatever order; a finished run does not change."""
    found = {f.name: tables.scan(f) for f in (run / "plan").iterdir() if tables.exists(f)}
    found |= {view: f"({relation(run, view)})" for view in VIEWS}
    return {name: _hash(scan) for name, scan in found.items()}


def _hash(scan: str) -> str:
    rows = duckdb.sql(f"SELECT * FROM {scan}").fetchall()
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


def different(one: Path, two: Path) -> list[str]:
    first, second = fingerprints(one), fingerprints(two)
    return [name for name in first.keys() & second.keys() if first[name] != second[name]]


@pytest.fixture(scope="module")
def plain(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planned(folder, tmp_path_factory.mktemp("plain") / "run", threads=1)


@pytest.mark.parametrize(
    ("parts", "threads"), [(1, 2), (3, 1), pytest.param(17, 2, marks=pytest.mark.slow)]
)
def test_parts_and_threads_change_nothing(
    folder: Path, plain: Path, tmp_path: Path, parts: int, threads: int
) -> None:
    other = planned(folder, tmp_path / "run", parts=parts, threads=threads)
    assert different(plain, other) == []


def test_it_is_a_stage_like_the_others(folder: Path) -> None:
    manifest = read_manifest(last_complete(folder))
    assert manifest is not None
    assert list(manifest.stages) == sorted(STAGES)
    assert manifest.stages["plan"]["rows"]["facts"] > 150
    assert manifest.complete


def test_the_manifest_says_by_which_rules_and_both_readings_of_the_clock(folder: Path) -> None:
    manifest = read_manifest(last_complete(folder))
    assert manifest is not None
    policy, clock = manifest.policy, manifest.clock
    assert policy["sha256"] == load_workspace(folder).rulebook.hash()
    assert policy["versions"]["settings/cap"] == "in-force-2026"
    assert "settings/cap" not in policy["announced"]
    assert any("blts_kesra" in gap for gap in policy["gaps"])
    assert clock["all_history"]["months"] > clock["since_start"]["months"] > 0
    assert clock["cap"] == {"months": 60, "in_force": True}


def test_the_same_day_twice_changes_nothing(folder: Path, tmp_path: Path) -> None:
    first = last_complete(folder)
    again = planned(folder, tmp_path / "again", previous=first)
    assert different(first, again) == []


def test_time_goes_on_and_an_earlier_day_is_replayed(folder: Path, tmp_path: Path) -> None:
    first, workspace = last_complete(folder), load_workspace(folder)
    later = replace(workspace, as_of=date(2026, 8, 31))
    second = planned(folder, tmp_path / "later", previous=first, workspace=later)
    assert "decisions" in different(first, second)
    replayed = planned(folder, tmp_path / "replayed", previous=second)
    assert [name for name in different(first, replayed) if not name.startswith("standing")] == []
    (newest,) = duckdb.sql(
        f"SELECT max(day) FROM {Run(replayed).scan('plan', 'standing_day')}"
    ).fetchall()
    assert newest == (date(2026, 8, 31),), "a replay takes nothing back"


@pytest.fixture(scope="module")
def register(folder: Path) -> Iterator[Register]:
    with Register(last_complete(folder), load_workspace(folder).pack) as opened:
        yield opened


def test_python_says_what_the_run_stored(folder: Path, register: Register) -> None:
    """Every tenth family: each requirement of each programme and move, of persons too."""
    today = load_workspace(folder).today
    ids = [row["family_id"] for row in register.rows("plan", "facts", "TRUE ORDER BY family_id")]
    for family_id in ids[::10]:
        family = read_family(register, today, family_id)
        assert family is not None
        assert list(programmes(register, family))
        assert ladder(register, family)
        told = list(person_ladders(register, family))
        assert len(told) == len(family.members) * len(tracks(today))


def test_asked_is_what_python_asks(folder: Path, register: Register) -> None:
    """By programmes and by moves that can be due from the rung; every tenth family."""
    today = load_workspace(folder).today
    view = f"({relation(last_complete(folder), 'visits_asked')})"
    asked = {r["family_id"]: json.loads(r["questions"]) for r in register.ask(f"FROM {view}")}
    ids = [row["family_id"] for row in register.rows("plan", "facts", "TRUE ORDER BY family_id")]
    met = set()
    for family_id in ids[::10]:
        family = read_family(register, today, family_id)
        assert family is not None
        said = {(one["person_id"], one["fact"]) for one in asked.get(family_id, [])}
        asks = set(_asks(register, family))
        of_family = {fact for of, fact in asks if of is None}
        below = {b.name for fact in of_family for b in today.facts.to_ask("family", fact)}
        assert {fact for of, fact in said if of is None} <= below
        assert {(of, fact) for of, fact in asks if _asked_itself(today, of, fact)} <= said
        met |= {fact for _, fact in said}
    assert {"has_place", "work_position"} <= met, "a move asks, a programme asks"


def _asks(register: Register, family: Family) -> Iterator[tuple[str | None, str]]:
    """(person or None, fact) of what the rules on a family and its members ask of these."""
    found = [
        (d.person_id, d.verdict.asks())
        for d in programmes(register, family)
        if d.version.period.status == IN_FORCE
    ]
    found += [(None, ladder(register, family).asks)]
    found += [(id_, step.asks) for id_, _, step in person_ladders(register, family)]
    return ((of, ask.fact) for of, asks in found for ask in asks if ask.member is None)


def _asked_itself(today: OnDate, person: str | None, fact: str) -> bool:
    if fact.startswith("family."):
        return False
    return bool(today.facts.fact("person" if person else "family", fact).ask)


def test_another_answer_than_the_stored_one_is_a_conflict(
    folder: Path, plain: Path, tmp_path: Path
) -> None:
    """As if the two readings of one requirement differed."""
    run = tmp_path / "changed"
    shutil.copytree(plain, run, symlinks=True)
    part = tables.part_file(run / "plan" / "verdicts", 0)
    with duckdb.connect() as con:
        wrong = f"SELECT * REPLACE (NOT pkh__decile AS pkh__decile) FROM '{part}'"
        tables.write_file(con, wrong, part)
    workspace = load_workspace(folder)
    with Register(run, workspace.pack) as register:
        (row,) = register.rows("plan", "verdicts", "pkh__decile IS NOT NULL LIMIT 1")
        family = read_family(register, workspace.today, row["family_id"])
        assert family is not None
        with pytest.raises(Conflict, match="pkh/decile"):
            list(programmes(register, family))


def test_promises_of_the_decisions(plain: Path) -> None:
    """What must hold of every family, whoever they are."""
    scan = {name: Run(plain).scan("plan", name) for name in
            ("facts", "due", "determined", "cap_queue", "standing_now")}  # fmt: skip
    scan["waiting"] = f"({relation(plain, 'waiting')})"
    decisions = f"({relation(plain, 'decisions')})"
    broken = {
        "fits, neither determined nor waiting": f"""SELECT 1 FROM {decisions}
            WHERE verdict = 'fits' AND determination IS NULL""",
        "waits, and does not surely fit": f"""SELECT 1 FROM {decisions}
            WHERE determination = 'waiting' AND verdict <> 'fits'""",
        "an amount without fitting": f"""SELECT 1 FROM {decisions}
            WHERE amount IS NOT NULL AND verdict <> 'fits'""",
        "no reason": f"""SELECT 1 FROM {decisions} WHERE reasons = '[]'""",
        "no row for somebody": f"""SELECT family_id FROM {scan["facts"]}
            ANTI JOIN {decisions} AS d USING (family_id)""",
        "determined and in the waiting list": f"""SELECT 1 FROM {scan["waiting"]} AS w
            JOIN {scan["determined"]} AS d ON d.programme = w.programme
            AND d.family_id = w.family_id AND d.person_id IS NOT DISTINCT FROM w.person_id""",
        "a decile in the queue without rank": f"""SELECT 1 FROM {scan["waiting"]}
            WHERE queue = 'unknown_rank' AND decile IS NOT NULL""",
        "past the cap without a dated decision or entry": f"""SELECT 1 FROM {scan["facts"]}
            AS f ANTI JOIN {scan["cap_queue"]} AS q ON q.family_id = f.family_id
            WHERE f.months_protected >= 60 AND f.clock_bound_open AND f.must_climb_adults_lo >= 1
            AND f.rung = 'protection'
            AND coalesce(f.extended_until <= DATE '{AS_OF}', TRUE)""",
        "two due moves of one family": f"""SELECT family_id FROM {scan["due"]}
            WHERE person_id IS NULL GROUP BY family_id HAVING count(*) > 1""",
        "due and not in the ledger": f"""SELECT 1 FROM {scan["due"]} AS d
            ANTI JOIN {scan["standing_now"]} AS s ON s.what = 'due/' || d.move
            AND s.subject = coalesce(d.person_id, d.family_id)""",
    }
    assert [what for what, sql in broken.items() if duckdb.sql(sql).fetchall()] == []


def test_a_day_without_rules_is_refused_before_anything_is_read(folder: Path) -> None:
    before = last_complete(folder)
    with pytest.raises(PolicyGap, match="2001-01-01"):
        run_workspace(folder, full=True, as_of=date(2001, 1, 1))
    assert last_complete(folder) == before
    assert _unfinished(folder, before) == []


def _unfinished(folder: Path, before: Path) -> list[str]:
    runs = [f.name for f in (folder / "runs").iterdir() if f.name.isdigit()]
    return [name for name in runs if name > before.name]


def test_a_broken_overlay_is_refused_before_anything_is_read(folder: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "broken"
    workspace.mkdir()
    for name in ("sources", "data", "areas"):
        (workspace / name).symlink_to(folder / name)
    (workspace / "local").mkdir()
    (workspace / "local" / "clock.toml").write_text('[[cap]]\nid = "x"\n')
    (workspace / "tangga.toml").write_text((folder / "tangga.toml").read_text())
    with pytest.raises(UserError, match=r"clock\.toml"):
        run_workspace(workspace)
    assert [f.name for f in (workspace / "runs").iterdir() if f.name.isdigit()] == []


def test_a_pack_without_policy_has_an_empty_plan(folder: Path, tmp_path: Path) -> None:
    workspace: Workspace = load_workspace(folder)
    bare = tmp_path / "pack"
    shutil.copytree(workspace.pack.dir, bare, ignore=shutil.ignore_patterns("policy"))
    from tangga.registry import load_pack

    run = tmp_path / "run"
    without = replace(workspace, pack=load_pack(bare), policy=())
    run.mkdir()
    assert plan.run(Context(without, run)) == {}


def test_plan_alone_can_be_redone(folder: Path) -> None:
    manifest: Manifest = run_workspace(folder, only="plan")
    assert manifest.complete
    assert list(manifest.stages) == ["plan"]
