"""The commands of the measured plan. What one does is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tangga.cli.options import AsJson

plan = typer.Typer(
    no_args_is_help=True,
    help="The plan of an area: how ready its data are, what it can do, what it decided to do.",
)

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")]
Year = Annotated[int | None, typer.Option(metavar="YEAR", help="A year (else that of the run).")]
Area = Annotated[
    str | None, typer.Option(metavar="CODE", help="This area and those inside it (else all).")
]
Out = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Where to put it (else a folder of DIR).")
]
Seed = Annotated[int, typer.Option(help="Another seed draws another future.")]


def add_commands(app: typer.Typer) -> None:
    """`targets`, `budget`, `forecast` and the rest, beside the other commands."""
    for command in (targets, budget, forecast, simulate, optimise, release):
        app.command()(command)
    app.add_typer(plan, name="plan")


def targets(
    directory: Directory,
    year: Year = None,
    area: Area = None,
    worker: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this worker's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Targets and what was achieved, by area and worker; who has no worker, and who too many."""
    from tangga.cli.targets import targets

    targets(directory, year=year, area=area, worker=worker, as_json=as_json)


def budget(
    directory: Directory, year: Year = None, area: Area = None, as_json: AsJson = False
) -> None:
    """Budget lines, what was disbursed, and payments beside what is owed: every rupiah of them."""
    from tangga.cli.budget import budget

    budget(directory, year=year, area=area, as_json=as_json)


@plan.command("show")
def show_plan(
    directory: Directory, year: Year = None, area: Area = None, as_json: AsJson = False
) -> None:
    """Readiness of the data, what to repair first, what can be done, the lines and the outcomes."""
    from tangga.cli.plan import show

    show(directory, year=year, area=area, as_json=as_json)


@plan.command()
def decide(
    directory: Directory,
    line: Annotated[str, typer.Argument(metavar="LINE", help="The line's id.")],
    state: Annotated[
        str, typer.Option(metavar="STATE", help="accepted, changed, rejected, done, cancelled.")
    ],
    by: Annotated[str, typer.Option(metavar="WHO", help="Who decides: name and office.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    cost: Annotated[str, typer.Option(metavar="RUPIAH", help="Another cost.")] = "",
    target: Annotated[str, typer.Option(metavar="N", help="Another target.")] = "",
    due: Annotated[str, typer.Option(metavar="DATE", help="Another due date.")] = "",
    owner: Annotated[str, typer.Option(metavar="WHO", help="Another owner.")] = "",
    fund: Annotated[str, typer.Option(metavar="SOURCE", help="Another source of funds.")] = "",
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day (else today).")] = None,
) -> None:
    """Accept, change or reject a line of the plan; every version before is kept."""
    from tangga.cli.plan import decide

    changes = {"reason": reason, "cost": cost, "target": target, "due": due, "owner": owner}
    decide(directory, line, state=state, by=by, on=on, changes={**changes, "fund_source": fund})


def forecast(
    directory: Directory,
    years: Annotated[int, typer.Option(metavar="N", min=1, help="So many years, 10 at most.")] = 5,
    seed: Seed = 1,
    draws: Annotated[
        int, typer.Option(metavar="N", min=20, help="So many futures are drawn for the bands.")
    ] = 200,
    area: Area = None,
    out: Out = None,
) -> None:
    """Month by month: who reaches the cap, who becomes exempt, what is owed; with bands."""
    from tangga.cli.forecast import forecast

    forecast(directory, years=years, seed=seed, draws=draws, area=area, out=out)


def simulate(
    directory: Directory,
    scenario: Annotated[Path, typer.Option(metavar="FILE.toml", help="What would be otherwise.")],
    out: Out = None,
    progress: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help="Where it stands, for a program that watches."),
    ] = None,
) -> None:
    """Another policy beside that of today: who comes in, who goes out, what it costs, whom it
    misses."""
    from tangga.cli.simulate import simulate

    simulate(directory, scenario=scenario, out=out, progress_file=progress)


def optimise(
    directory: Directory,
    years: Annotated[int, typer.Option(metavar="N", min=1, max=10, help="So many years.")] = 5,
    aim: Annotated[
        str, typer.Option(metavar="AIM", help="graduations (that last), or poor-years.")
    ] = "graduations",
    propose: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write the plan as proposed lines.")
    ] = None,
    out: Out = None,
) -> None:
    """The plan that brings most within budgets, hours and places; people accept it or not."""
    from tangga.cli.optimise import optimise

    optimise(directory, years=years, aim=aim, propose=propose, out=out)


def release(
    directory: Directory,
    folder: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="A published folder (else that of the run in force)."),
    ] = None,
) -> None:
    """Whether what was published is whole, and no number that was left out follows from it."""
    from tangga.cli.release import release

    release(directory, folder=folder)
