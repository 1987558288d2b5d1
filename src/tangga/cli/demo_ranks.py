"""What the demo shows of ranks: the official one, what a model says, what both are worth."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tangga.cli import screen
from tangga.cli.demo_ladder import in_short, named, opened
from tangga.errors import Conflict, UserError
from tangga.texts import LANGUAGES, both

if TYPE_CHECKING:
    from tangga.cli.demo_truth import Judged
    from tangga.engine.explain import Explanation

MODEL = "model"
SURVEY = "survey/survei.csv"
INDICATIONS = 3
PARTS, CORRECTIONS = 4, 2
COUNTED = ("ranked", "rose", "fell", "crossed_out", "crossed_in", "lost", "gained")
"""Of two releases compared, in the order of the table."""
ENOUGH = 2000
"""Families below which `--check` does not hold shares to anything: they would be chance."""
PROMISED = {
    "office_misses": (0.25, 0.5),
    "office_misses_known": (0.2, 0.42),
    "model_misses": (0.25, 0.5),
    "model_misses_known": (0.2, 0.4),
}
"""Between what the share of the poorest 40 % lies that each misses: of all, and of those it ranks.
Far less would be as wrong as far more: no means test is that good."""
WORTH = ("known", "misses", "misses_known", "wrong")
"""What is told of each, in the order of the table."""
SOME = 10
"""So many families with an indication, at least, are held to be right more often than by chance."""
FALLS_MORE = 1.5
"""So many times as often as others, at least, do families at risk fall."""


def name_a_model(workspace: Path) -> None:
    """Learn the pack's model from the invented survey, and name it in tangga.toml.

    Of so few people that the survey could teach nothing there is none, which is said.
    """
    from tangga.engine.welfare.fit import fit_model
    from tangga.engine.welfare.model_file import write_model
    from tangga.engine.welfare.spec_file import read_spec
    from tangga.engine.welfare.survey_file import read_survey
    from tangga.engine.workspace import load_workspace

    spec = read_spec(load_workspace(workspace).pack.dir / "models/welfare.toml")
    try:
        model = fit_model(read_survey(workspace / SURVEY, spec), correction=False)
    except UserError as few:
        screen.out.print(str(few), soft_wrap=True, markup=False)
        return
    (workspace / MODEL).mkdir(mode=0o700, exist_ok=True)
    write_model(model, workspace / MODEL)
    settings = workspace / "tangga.toml"
    text = settings.read_text(encoding="utf-8")
    if "welfare_model" not in text:
        settings.write_text(text + f'welfare_model = "{MODEL}/"\n', encoding="utf-8")


def card_commands(workspace: Path) -> list[str]:
    """The command that judges the model and writes its card, which takes seconds more than the
    demo has; none where nothing was learnt. Beside the model in use, which stays as it is."""
    from tangga.engine.workspace import load_workspace

    if not (workspace / MODEL).is_dir():
        return []
    spec, here = load_workspace(workspace).pack.dir / "models/welfare.toml", Path.cwd()
    spec = spec.relative_to(here) if spec.is_relative_to(here) else spec
    survey, card = workspace / SURVEY, workspace / f"{MODEL}-card"
    of = [shlex.quote(str(path)) for path in (survey, spec, card)]
    return ["./tangga welfare fit {} --spec {} --out {}".format(*of)]


def print_ranks(workspace: Path) -> Judged:
    """The official ranks, their worth and the model's, who may be ranked wrongly, who may fall."""
    from tangga.cli.demo_truth import judge

    judged = judge(workspace)
    _print_official(workspace)
    _print_worth(judged)
    _print_indications(workspace, judged)
    _print_coverage(workspace)
    return judged


def _print_official(workspace: Path) -> None:
    from tangga.engine.rank.chosen import Asked
    from tangga.engine.rank.compare import compare, open_comparison

    found = compare(open_comparison(workspace, Asked()))
    total = found.total
    if total is None:
        return
    elsewhere = found.unranked.get("not_programme", 0)
    rows = [
        ("families", found.families),
        ("with_decile", found.with_decile),
        ("unranked", sum(found.unranked.values()) - elsewhere),
        ("not_programme", elsewhere),
        *((name, getattr(total, name)) for name in COUNTED),
        ("doubtful", found.doubtful),
        ("nobody", found.without_family),
    ]
    release = next(r for r in found.releases if r.state == "in_force")
    values = {"before": found.pairs[0][0] if found.pairs else "-", "ended": found.ended}
    listed = [(_label(f"rank_{name}", **values), n) for name, n in rows]
    title = _label("ranks", release=release.name, day=release.on)
    screen.print_table(["", _label("families")], listed, title=title)


def _print_worth(judged: Judged) -> None:
    headings = ["", *(_label(f"worth_{name}") for name in WORTH)]
    office, model = (
        [getattr(judged, f"{who}_{name}") for name in WORTH[1:]] for who in ("office", "model")
    )
    known = [count / judged.families for count in (judged.ranked, judged.scored)]
    rows = [
        (_label("worth_office"), *map(_percent, (known[0], *office))),
        (_label("worth_model"), *map(_percent, (known[1], *model))),
    ]
    screen.print_table(headings, rows, title=_label("worth"))


def _print_indications(workspace: Path, judged: Judged) -> None:
    from tangga.engine.workspace import load_workspace

    labels = {signal.id: signal.labels for signal, _ in load_workspace(workspace).today.signals}
    with opened(workspace) as register:
        rows = register.ask(
            f"SELECT * FROM {register.run.scan('plan', 'rank_indications')} ORDER BY row_number() "
            "OVER (PARTITION BY indication ORDER BY decile_official DESC, family_id), "
            f"points_to DESC, indication LIMIT {INDICATIONS}"
        )
    why = ("\n".join(labels[row["indication"]][language] for language in LANGUAGES) for row in rows)
    listed = [
        (row["family_id"], row["decile_official"], said)
        for row, said in zip(rows, why, strict=True)
    ]
    if listed:
        headings = [_label(f"sign_{name}") for name in ("family", "decile", "why")]
        screen.print_table(headings, listed, title=_label("signs"))
    for way, told in judged.pointed.items():
        chance = _percent(told.chance)
        said = {"families": told.families, "rightly": told.rightly, "chance": chance}
        screen.out.print(_label(f"signs_{way}", **said), soft_wrap=True)
    if judged.at_risk_fall is not None:
        said = {"fall": _percent(judged.at_risk_fall), "others": _percent(judged.fall)}
        screen.out.print(_label("risk", families=judged.at_risk, **said), soft_wrap=True)


def _print_coverage(workspace: Path) -> None:
    """By regency: families that the civil registry lists, and how many there truly are."""
    with opened(workspace) as register:
        truth = str(workspace / "truth_families.csv").replace("'", "''")
        rows = register.ask(
            f"""
            SELECT c.regency, c.listed, c.lacking, c.registered, c.estimate, t.families
            FROM (
              SELECT village[:4] AS regency, sum(listed)::BIGINT AS listed,
                     sum(lacking)::BIGINT AS lacking, sum(registered)::BIGINT AS registered,
                     sum(coalesce(estimate, registered))::BIGINT AS estimate
              FROM {register.run.scan("rank", "coverage")} WHERE village IS NOT NULL GROUP BY ALL
            ) AS c JOIN (
              SELECT regency::VARCHAR AS regency, count(*) AS families
              FROM read_csv('{truth}', header = true) WHERE people > 0 GROUP BY ALL
            ) AS t ON c.regency = t.regency ORDER BY c.regency
            """
        )
        names = named(register, [row["regency"] for row in rows])
    headings = ["", *(_label(f"cover_{name}") for name in list(rows[0])[1:])] if rows else []
    listed = [(name, *list(row.values())[1:]) for name, row in zip(names, rows, strict=True)]
    if listed:
        screen.print_table(headings, listed, title=_label("cover"))


def print_one(workspace: Path) -> None:
    """The rank of one family, explained."""
    from tangga.cli.explain import print_explanation
    from tangga.engine.explain import explain

    screen.out.print(_label("rank_of_one"), style="bold")
    for family in moved(workspace):
        print_explanation(only_rank(explain(workspace, family)))


def moved(workspace: Path) -> list[str]:
    """A family of the official release, moved out of the poorest tenths if any was: the one that
    the model holds most surely to be among them."""
    with opened(workspace) as register:
        scan = {name: register.run.scan("rank", name) for name in ("rank_changes", "ranking")}
        rows = register.ask(
            f"""
            SELECT c.family_id FROM {scan["rank_changes"]} AS c
            JOIN {scan["ranking"]} AS r ON c.family_id = r.family_id
            JOIN {register.run.scan("resolve", "families")} AS f ON f.family_id = c.family_id
            ORDER BY (c.crossed = 'out') DESC NULLS LAST, f.base_family_id IS NULL,
                     r.probability DESC NULLS LAST, c.family_id
            LIMIT 1
            """
        )
    return [row["family_id"] for row in rows]


def only_rank(explanation: Explanation) -> Explanation:
    """The rank, of the facts those that matter most; nothing else of the family."""
    rank = explanation.rank
    if rank is not None and rank.estimate is not None:
        known = tuple(part for part in rank.estimate.parts if part.value is not None)
        rank = replace(
            rank,
            estimate=replace(
                rank.estimate,
                parts=known[:PARTS],
                what_ifs=rank.estimate.what_ifs[:CORRECTIONS],
            ),
        )
    return replace(in_short(explanation), rank=rank, ladder=None)


def hold_to_ranks(judged: Judged) -> None:
    """Conflict where ranks are not worth what is promised of them."""
    if judged.families < ENOUGH:
        return
    short = [
        f"{name} {getattr(judged, name)}"
        for name, (low, high) in PROMISED.items()
        if not low <= (getattr(judged, name) or 0.0) <= high
    ]
    if (judged.at_risk_fall or 0.0) < FALLS_MORE * (judged.fall or 0.0):
        short.append(f"families at risk fall no more often than others: {judged.at_risk_fall}")
    short += [
        f"indications {way} are right no more often than by chance: {told}"
        for way, told in judged.pointed.items()
        if told.families >= SOME and told.rightly <= told.chance * told.families
    ]
    if short:
        raise Conflict(f"ranks fall short of what is promised: {', '.join(short)}")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _label(name: str, **values: object) -> str:
    return both(f"demo.{name}", **values)
