"""`tangga welfare fit`, `evaluate`, `apply` and `explain`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tangga.cli import screen
from tangga.cli.options import languages
from tangga.texts import LANGUAGES, both, say

if TYPE_CHECKING:
    from tangga.engine.welfare.apply import Applied, Asked
    from tangga.engine.welfare.judge import Evaluation


def fit(survey: Path, *, spec: Path, out: Path) -> None:
    """Learn, judge, and write what was learnt with its card."""
    from tangga.engine.welfare.fit import fit_model
    from tangga.engine.welfare.judge import evaluate
    from tangga.engine.welfare.publish import check_folder, publish
    from tangga.engine.welfare.spec_file import read_spec
    from tangga.engine.welfare.survey_file import read_survey

    check_folder(out)
    with screen.bars() as progress:
        learnt_from = read_survey(survey, read_spec(spec))
        progress("fit", 0, 0)
        model = fit_model(learnt_from)
        evaluation = evaluate(learnt_from, progress=progress)
        progress("card", 0, 0)
        files = publish(out, model, evaluation, learnt_from.spec)
    _print_evaluation(evaluation)
    _print_written(out, files)


def evaluate(
    survey: Path,
    *,
    spec: Path,
    report: Path | None,
    model: Path | None,
    learnt_from: Path | None,
    census: bool,
) -> None:
    """Judge a way of fitting, or a saved model on another survey, and print what was found."""
    from tangga.engine.welfare import judge
    from tangga.engine.welfare.model_file import read_model
    from tangga.engine.welfare.report import write_report
    from tangga.engine.welfare.spec_file import read_spec
    from tangga.engine.welfare.survey_file import read_survey

    with screen.bars() as progress:
        asked = read_spec(spec)
        evaluation = judge.evaluate(
            read_survey(survey, asked, census=census),
            model=None if model is None else read_model(model),
            learnt_from=None if learnt_from is None else read_survey(learnt_from, asked),
            census=census,
            progress=progress,
        )
    if report is not None:
        write_report(evaluation, report)
    _print_evaluation(evaluation)
    if report is not None:
        _print_written(report.parent, [report])


def _print_evaluation(evaluation: Evaluation) -> None:
    from tangga.engine.welfare.report import lines

    found = evaluation.as_dict()
    for language in LANGUAGES:
        for line in lines(found, language):
            screen.out.print(line, soft_wrap=True, markup=False)
        screen.out.print()


def _print_written(folder: Path, files: list[Path]) -> None:
    names = ", ".join(str(file.relative_to(folder)) for file in files)
    screen.out.print(both("welfare.written", folder=folder, files=names), soft_wrap=True)


def apply(
    model: Path,
    file: Path,
    *,
    out: Path,
    members: str | None,
    local: str | None,
    id: str | None,
    before: Path | None,
    keep: str | None,
) -> None:
    """Score the families of a file and write one row for each."""
    from tangga.engine.welfare.applied_file import check_name, write_applied
    from tangga.engine.welfare.apply import Asked, apply_model
    from tangga.engine.welfare.model_file import read_model

    columns = tuple(name.strip() for name in keep.split(",")) if keep else ()
    asked = Asked(members=members, local=local, id=id, before=before, keep=columns)
    check_name(out, file, *([] if before is None else [before]))
    with screen.bars() as progress:
        applied = apply_model(read_model(model), file, asked, progress=progress)
        write_applied(applied, out, progress=progress)
    _print_applied(applied, asked)
    _print_written(out.parent, [out])
    screen.out.print(both("welfare.estimate"), soft_wrap=True)


def _print_applied(applied: Applied, asked: Asked) -> None:
    scored = int(np.count_nonzero(applied.known))
    counts = {"rows": len(applied), "scored": scored, "unscored": len(applied) - scored}
    said = [both("welfare.rows", **counts)]
    if asked.members is None:
        said.append(both("welfare.by_families"))
    else:
        said.append(both("welfare.by_people", column=asked.members))
        if applied.uncounted:
            said.append(both("welfare.uncounted", count=applied.uncounted))
    if asked.local is not None:
        places = {"areas": applied.areas, "nowhere": applied.nowhere}
        said.append(both("welfare.local", column=asked.local, **places))
    if applied.repeated:
        said.append(both("welfare.repeated", rows=applied.repeated, column=asked.id))
    if applied.unchanged is not None:
        kept = {"unchanged": applied.unchanged, "stayed": applied.stayed}
        margin = round(100 * applied.model.held)
        said.append(both("welfare.held", **kept, crossed=applied.crossed, margin=margin))
    for text in said:
        screen.out.print(text, soft_wrap=True)
    _print_deciles(applied)
    _print_gaps(applied)


def _print_deciles(applied: Applied) -> None:
    """How many families stand in each decile, and in none."""
    headings, columns = ["decile", "families"], [applied.decile]
    if applied.unchanged is not None:
        headings, columns = ["decile", "held_families", "by_quota"], [applied.decile, applied.raw]
    counts = [np.bincount(column, minlength=11).tolist() for column in columns]
    rows = [[place, *(count[place] for count in counts)] for place in range(1, 11)]
    rows.append([both("welfare.none"), *(count[0] for count in counts)])
    screen.print_table([both(f"welfare.{name}") for name in headings], rows)


def _print_gaps(applied: Applied) -> None:
    """Which feature is missing how often, and what follows."""
    rows = []
    for effect in applied.model.effects:
        feature = effect.feature
        missing = applied.missing.get(feature.name, 0)
        unseen = applied.unseen.get(feature.name, 0)
        if missing or unseen:
            follows = both(f"welfare.missing_{feature.missing}")
            rows.append([feature.name, missing, unseen, follows])
    if rows:
        headings = [both(f"welfare.{h}") for h in ("feature", "lacking", "unseen", "follows")]
        screen.print_table(headings, rows, title=both("welfare.gaps", between=" / "))


def explain(
    model: Path,
    file: Path,
    family: str,
    *,
    members: str | None,
    local: str | None,
    id: str | None,
    as_json: bool,
    language: str | None,
) -> None:
    """Print why one family of a file has its score."""
    from tangga.engine.explain.from_file import explain_family
    from tangga.engine.welfare.apply import Asked
    from tangga.engine.welfare.model_file import read_model

    spoken = languages(language)
    asked = Asked(members=members, local=local, id=id)
    with screen.bars() as progress:
        found = explain_family(read_model(model), file, family, asked, progress=progress)
    if as_json:
        sys.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False, indent=2) + "\n")
        return
    screen.out.print(found.text(spoken), soft_wrap=True, markup=False)
    for one in spoken:
        screen.out.print(say("welfare.estimate", one), soft_wrap=True)
