"""`tangga demo` and `tangga people`: the whole system on invented people."""

from __future__ import annotations

import shlex
import shutil
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from tangga.cli import screen
from tangga.errors import Conflict, UserError
from tangga.texts import both

if TYPE_CHECKING:
    from tangga.cli.demo_money import Money
    from tangga.cli.demo_truth import Judged
    from tangga.engine.evaluate import Evaluation
    from tangga.engine.explain import Explanation
    from tangga.engine.manifest import Manifest

MARK = ".invented-by-tangga-demo"
"""Stands in a folder that the demo made, and so may replace."""

ACCOUNT = "laporan-demo.txt"
"""In the demo's folder: all that the demo tells, where a browser follows and the screen is kept."""

PROMISED = {
    "pairs": Fraction("0.995"),
    "families": Fraction("0.97"),
    "twins": Fraction("0.97"),
    "over_merged": Fraction("0.003"),
}
"""What `--check` holds the result to: F1 of persons and of families, precision of twins, and the
largest share of persons that hold more than one human being."""


def invent(
    out: Path, *, people: int, seed: int, areas: str | None = None, sources: str | None = None
) -> None:
    """Write invented people as a workspace."""
    from tangga.synthetic import DEFAULT_AREAS, generate

    if (out / "tangga.toml").is_file() and not (out / "truth.csv").is_file():
        todo = "Name another folder with --out"
        raise UserError("is a workspace that holds no invented people", file=out, todo=todo)
    where = tuple(_listed(areas)) or DEFAULT_AREAS
    with screen.bars() as progress:
        try:
            rows = generate(people, seed, out, where, _listed(sources) or None, progress)
        except ValueError as wrong:
            raise UserError(str(wrong)) from None
    screen.print_table([both(f"run.{h}") for h in ("source", "rows")], list(rows.items()))


def _listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def demo(
    to: Path, *, people: int, seed: int, check: bool, fresh: bool, port: int, web: bool
) -> None:
    """Invent people, make their register, say what happened, and show it in a browser.

    fresh: even where the same people's register is there. web: whether to go on to the browser.
    """
    from tangga.cli.demo_web import alone, forget, hold_to_postgres, show_in_browser

    if web:
        hold_to_postgres()
    with alone(to):
        wanted = _stamp(people, seed)
        if fresh:
            forget(to)
        elif _made_before(to, wanted) and web and not check:
            screen.out.print(both("web_demo.again"))
            show_in_browser(to, port=port, check=check)
            return
        if fresh or not _made_before(to, wanted):
            _make(to, people=people, seed=seed)
            (to / MARK).write_text(wanted, encoding="utf-8")
        tell(to, check=check, briefly=web)
        if web:
            show_in_browser(to, port=port, check=check)


def tell(to: Path, *, check: bool, briefly: bool) -> None:
    """What the register is worth: whole on the screen, or briefly there and whole in a file."""
    from tangga.cli.demo_money import print_too_few
    from tangga.engine.current import last_complete
    from tangga.engine.manifest import read_manifest

    manifest = read_manifest(last_complete(to))
    assert manifest is not None
    if briefly:
        print_what_happened(to, manifest)
    kept = screen.written_to(to / ACCOUNT) if briefly else nullcontext()
    found, judged, money = _account(to, manifest, kept)
    if briefly:
        screen.out.print(both("demo.account", file=to / ACCOUNT), soft_wrap=True)
    if check:
        _hold(to, found, judged, money)
        screen.out.print(both("demo.checked"), style="green")
        print_too_few(money)


def _account(
    to: Path, manifest: Manifest, kept: AbstractContextManager[None]
) -> tuple[Evaluation, Judged, Money]:
    """Every part of the story in its order, and what it was measured to be worth."""
    from tangga.cli.demo_future import print_future
    from tangga.cli.demo_ladder import print_families, print_ladder
    from tangga.cli.demo_money import judge_money, print_money
    from tangga.cli.demo_planning import print_planning
    from tangga.cli.demo_ranks import print_one, print_ranks
    from tangga.cli.run import print_release, print_sources

    with kept:
        print_sources(manifest)
        if manifest.published:
            print_release(manifest)
        print_what_happened(to, manifest)
        print_examples(to)
        judged = print_ranks(to)
        print_one(to)
        print_ladder(to)
        print_families(to)
        print_planning(to)
        money = judge_money(to)
        print_money(money)
        print_future(to)
        found = compare(to)
        print_next(to)
    return found, judged, money


def _stamp(people: int, seed: int) -> str:
    """What a demo's register follows from."""
    from tangga.engine.adding.inputs import code
    from tangga.registry import load_pack

    return f"{people} people, seed {seed}, program {code()}, pack {load_pack('indonesia').hash()}\n"


def _made_before(to: Path, wanted: str) -> bool:
    """Whether this folder holds the whole register of the same invented people."""
    try:
        same = (to / MARK).read_text(encoding="utf-8") == wanted
    except OSError:
        return False
    return same and (to / "runs" / "CURRENT").is_file()


def _make(to: Path, *, people: int, seed: int) -> None:
    """Invented people, what an office would add, and the register of them."""
    from tangga.cli.demo_ladder import add_local_programme, set_cap_in_force
    from tangga.cli.demo_ranks import name_a_model
    from tangga.engine.run import run_workspace
    from tangga.synthetic import generate

    make_room(to)
    screen.out.print(both("demo.title") + "\n", style="bold")
    screen.out.print(both("demo.invent", people=people))
    with screen.bars() as progress:
        generate(people, seed, to, progress=progress)
    set_cap_in_force(to)
    add_local_programme(to)
    screen.out.print(both("demo.learning"))
    name_a_model(to)
    screen.out.print(both("demo.running"))
    with screen.bars() as progress:
        run_workspace(to, full=True, progress=progress)


def _hold(to: Path, found: Evaluation, judged: Judged, money: Money) -> None:
    """Conflict where anything falls short of what is promised."""
    from tangga.cli.demo_future import hold_to_future, hold_to_release
    from tangga.cli.demo_ladder import hold_to_decisions
    from tangga.cli.demo_money import hold_to_money
    from tangga.cli.demo_planning import hold_to_planning
    from tangga.cli.demo_ranks import hold_to_ranks

    hold_to_promise(found)
    hold_to_decisions(to)
    hold_to_ranks(judged)
    hold_to_planning(to)
    hold_to_money(money)
    hold_to_future(to)
    hold_to_release(to)


def make_room(to: Path) -> None:
    """Empty the folder of an earlier demo; any other folder with something in it is left alone."""
    if to.is_dir() and any(to.iterdir()):
        if not (to / MARK).is_file():
            todo = "Name another folder with --dir"
            raise UserError("is not empty and was not made by a demo", file=to, todo=todo)
        shutil.rmtree(to)
    to.mkdir(parents=True, exist_ok=True)
    (to / MARK).touch()


def print_what_happened(to: Path, manifest: Manifest) -> None:
    """The few numbers that tell the story."""
    from tangga.engine.show import count_rows

    sources = manifest.sources.values()
    rows = [
        (_label("rows_in", sources=len(sources)), sum(s["rows_in"] for s in sources)),
        (_label("quarantined"), sum(s["quarantined"] for s in sources)),
        (_label("problems"), count_rows(to, "problems")),
        (_label("persons"), count_rows(to, "persons")),
        (_label("families"), count_rows(to, "families")),
        (_label("review"), count_rows(to, "review_queue")),
        (_label("differences"), count_rows(to, "base_differences")),
        (_label("civil"), count_rows(to, "deaths")),
    ]
    known = [row for row in rows if row[1] is not None]
    screen.print_table(["", ""], known, title=_label("happened"))


def _label(name: str, **values: object) -> str:
    return both(f"demo.{name}", **values)


def print_examples(to: Path) -> None:
    """A person whose records were not easy to join: the records, and why they are one."""
    from tangga.cli.explain import print_explanation
    from tangga.engine.explain import explain

    screen.out.print(_label("examples"), style="bold")
    for person in examples(to):
        print_explanation(joined(explain(to, person)))


def joined(explanation: Explanation) -> Explanation:
    """Which records are a person's, and the link that took most weighing."""
    weighed = sorted(explanation.links, key=lambda link: (link.weight is None, -len(link.evidence)))
    return replace(
        explanation,
        rank=None,
        ladder=None,
        decisions=(),
        to_ask=(),
        gaps=(),
        links=tuple(weighed[:1]),
        others=(),
        fields=(),
        registry=None,
        lists=(),
        memberships=tuple(time for time in explanation.memberships if time.programme),
        members=(),
        events=(),
        attached=(),
    )


def examples(to: Path, most: int = 1) -> list[str]:
    """Ids of persons whom several sources hold under different numbers or names."""
    from tangga.engine.catalogue import relation
    from tangga.engine.connection import connect
    from tangga.engine.current import last_complete

    run = last_complete(to)
    with connect() as con:
        rows = con.execute(
            f"""
            SELECT c.person_id
            FROM ({relation(run, "crosswalk")}) AS c
            JOIN ({relation(run, "records")}) AS r USING (source, source_id)
            GROUP BY c.person_id
            HAVING count(DISTINCT source) >= 2 AND count(*) <= 6
            ORDER BY
                (count(DISTINCT r.nik) > 1)::INTEGER
                    + (count(r.nik) < count(*))::INTEGER
                    + (count(DISTINCT r.name) > 1)::INTEGER
                    + (count(DISTINCT r.birth_date) > 1)::INTEGER DESC,
                count(*) DESC,
                c.person_id
            LIMIT {most}
            """
        ).fetchall()
    return [str(person) for (person,) in rows]


def compare(to: Path) -> Evaluation:
    """Print how the register compares with the truth about the invented people."""
    from tangga.cli.linkage import print_evaluation
    from tangga.engine.evaluate import evaluate

    found = evaluate(to, to / "truth.csv")
    print_evaluation(found, flags=("twin",))
    return found


def print_next(to: Path) -> None:
    """Commands to copy."""
    from tangga.cli.demo_ranks import card_commands

    at = shlex.quote(str(to))
    tries = [
        ("next_show", f"./tangga show {at} review_queue"),
        ("next_quarantine", f"./tangga show {at} quarantine"),
        (
            "next_export",
            f"./tangga export {at} persons --to {shlex.quote(str(to / 'persons.xlsx'))}",
        ),
        *[("next_explain", f"./tangga explain {at} {person}") for person in examples(to, 1)],
        ("next_ranks", f"./tangga ranks {at}"),
        *[("next_card", command) for command in card_commands(to)],
        ("next_waiting", f"./tangga show {at} waiting"),
        ("next_notices", f"./tangga notices {at}"),
        ("next_own", "docs/guides/first-workspace.md"),
    ]
    screen.out.print(_label("next"), style="bold")
    for name, command in tries:
        screen.out.print(f"  {both(f'demo.{name}', between=' / ')}:", soft_wrap=True)
        screen.out.print(f"      {command}", soft_wrap=True, markup=False)


def hold_to_promise(found: Evaluation) -> None:
    """Conflict where the register falls short of what is promised."""
    measured = {
        "pairs": found.pairs.f1,
        "families": found.families.f1,
        "twins": found.flagged["twin"].precision if "twin" in found.flagged else Fraction(1),
    }
    short = [f"{name} {float(got):.4f}" for name, got in measured.items() if got < PROMISED[name]]
    if found.over_merged_share > PROMISED["over_merged"]:
        short.append(f"over-merged {float(found.over_merged_share):.4f}")
    if short:
        raise Conflict(f"the register falls short of what is promised: {', '.join(short)}")
