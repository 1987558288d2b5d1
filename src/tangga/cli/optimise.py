"""`tangga optimise`."""

from __future__ import annotations

from pathlib import Path

from tangga.cli import screen
from tangga.texts import LANGUAGES, both


def optimise(
    directory: Path, *, years: int, aim: str, propose: Path | None, out: Path | None
) -> None:
    """Work the plan out, write it, and print what it comes to and what is scarce."""
    from tangga.engine.optimise.plan import work_out
    from tangga.engine.optimise.problem import AIMS
    from tangga.engine.optimise.proposals import proposals
    from tangga.engine.optimise.proposals import propose as write_lines
    from tangga.engine.optimise.report import summary
    from tangga.engine.optimise.words import shadow_lines
    from tangga.engine.optimise.write import FOLDER, write_plan
    from tangga.errors import UserError

    if aim not in AIMS:
        raise UserError("is no aim", column="--aim", value=aim, todo=f"One of: {', '.join(AIMS)}")
    if propose is not None and propose.exists():
        todo = "Name another file: what was proposed is kept"
        raise UserError("is there already", file=propose, todo=todo)
    folder = out or directory / FOLDER
    with screen.bars() as progress:
        plan = work_out(directory, years=years, aim=aim, report=progress)
        if propose is not None:
            proposals(plan)  # refused before anything is written
        write_plan(plan, folder)
    for language in LANGUAGES:
        screen.out.print(plan.stated.says["assumption"][language], style="bold", soft_wrap=True)
        for line in (
            *summary(plan, language),
            *shadow_lines(plan.shadows, plan, language)[:3],
        ):
            screen.out.print(line, soft_wrap=True)
    if propose is not None:
        lines = write_lines(plan, propose)
        screen.out.print(both("optimise.proposed", lines=lines, file=propose), soft_wrap=True)
    screen.out.print(both("optimise.written", folder=folder), soft_wrap=True)
