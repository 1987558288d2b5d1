"""Every command and its options. What a command does is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tangga.cli.intake_app import add_commands as add_intake_commands
from tangga.cli.later import later
from tangga.cli.options import AsJson, OneLanguage
from tangga.cli.planning_app import add_commands

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain words: to draw boxes takes longer than all the rest
    help="One register of the families and people of a country or a district.",
)
linkage = typer.Typer(no_args_is_help=True, help="The model that links records of one person.")
app.add_typer(linkage, name="linkage")


def _welfare() -> typer.Typer:
    from tangga.cli.welfare_app import welfare

    return welfare


def _web() -> typer.Typer:
    from tangga.cli.web_app import web

    return web


app.add_typer(later("Who is poor, and how sure that is: from a survey.", _welfare), name="welfare")
app.add_typer(
    later("The service: the register in a browser, each to their own area.", _web), name="web"
)

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="The day decisions speak of.")]
Where = Annotated[str | None, typer.Option(metavar="SQL", help="Only rows where this holds.")]
Seed = Annotated[int, typer.Option(help="Another seed invents other people.")]


def _version(wanted: bool) -> None:
    if wanted:
        from tangga import __version__

        typer.echo(f"tangga {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it and end.")
    ] = False,
) -> None:
    pass


@app.command()
def demo(
    people: Annotated[int, typer.Option(min=100, help="How many people to invent.")] = 20_000,
    seed: Seed = 1,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Compare with the truth, ask a page, end; 1 if it falls short."
        ),
    ] = False,
    to: Annotated[Path, typer.Option("--dir", help="Where to put it.")] = Path("var/demo"),
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Make all anew, also where it is there already.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Of the browser's address, or the next free one.")
    ] = 8000,
    without_web: Annotated[
        bool, typer.Option("--without-web", help="End when the register is made.")
    ] = False,
) -> None:
    """The whole system on invented people, in a browser at the end."""
    from tangga.cli.demo import demo

    demo(
        to,
        people=people,
        seed=seed,
        check=check,
        fresh=fresh,
        port=port,
        web=not without_web,
    )


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder to make.")],
    name: Annotated[str | None, typer.Option(help="What to call it (else the folder's name).")] = (
        None
    ),
    pack: Annotated[str, typer.Option(help="A country pack: a name or a folder.")] = "indonesia",
) -> None:
    """A new workspace, with an example to copy."""
    from tangga.cli.workspace import init

    init(directory, name=name, pack=pack)


@app.command()
def run(
    directory: Directory,
    full: Annotated[bool, typer.Option("--full", help="Rebuild all, do not add.")] = False,
    until: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Stop when this stage is done.")
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Redo this stage of the last run.")
    ] = None,
    as_of: AsOf = None,
    memory: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Stay below this, for example 2GB.")
    ] = None,
    parts: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Work in N parts, one after another.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Use N threads (else all cores).")
    ] = None,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="Who does the parts: loop, pool or spark.")
    ] = "loop",
    master: Annotated[
        str | None, typer.Option(metavar="URL", help="Of the Spark cluster (else by its settings).")
    ] = None,
    shared: Annotated[
        str | None, typer.Option(metavar="URL", help="Where Spark's tasks have their files.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what was done as JSON.")
    ] = None,
    progress: Annotated[
        Path | None,
        typer.Option("--progress", metavar="FILE", help="Write each step as a line of JSON."),
    ] = None,
) -> None:
    """Source files to a register, and what it decides: ingest to plan."""
    from tangga.cli.run import run

    run(
        directory,
        full=full,
        until=until,
        only=only,
        as_of=as_of,
        memory=memory,
        parts=parts,
        threads=threads,
        engine=engine,
        master=master,
        shared=shared,
        report=report,
        progress_file=progress,
    )


@app.command()
def check(directory: Directory) -> None:
    """Read the workspace, its descriptors and its pack, without running."""
    from tangga.cli.workspace import check

    check(directory)


@app.command()
def show(
    directory: Directory,
    table: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="A table (else: which there are).")
    ] = None,
    where: Where = None,
    columns: Annotated[
        str | None, typer.Option(metavar="A,B", help="These columns only, in this order.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many rows.")] = 20,
) -> None:
    """Print a table of the last complete run."""
    from tangga.cli.tables import show

    show(directory, table, where=where, columns=columns, limit=limit)


@app.command()
def export(
    directory: Directory,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="See: tangga show DIR")],
    to: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .csv, .xlsx or .parquet.")],
    where: Where = None,
) -> None:
    """Write a table of the last complete run to a file."""
    from tangga.cli.tables import export

    export(directory, table, to, where=where)


@app.command()
def ranks(
    directory: Directory,
    before: Annotated[
        str | None, typer.Option(metavar="RELEASE", help="The earlier release (else the last).")
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="RELEASE", help="The later one (else that in force).")
    ] = None,
    area: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this area, by the areas inside it.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the families: .csv, .xlsx or .parquet."),
    ] = None,
) -> None:
    """Two releases of official ranks side by side: who moved, by how much, where."""
    from tangga.cli.ranks import ranks

    ranks(directory, before=before, after=after, area=area, to=to)


@app.command()
def explain(
    directory: Directory,
    id: Annotated[
        str,
        typer.Argument(metavar="ID", help="A person_id, a family_id, or SOURCE:ID."),
    ],
    as_json: AsJson = False,
    language: OneLanguage = None,
) -> None:
    """A person or family: where it stands and why, its records, where each value comes from."""
    from tangga.cli.explain import explain

    explain(directory, id, as_json=as_json, language=language)


@app.command()
def notices(
    directory: Directory,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to put them (else DIR/notices).")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The day that they bear (else that of the last run)."),
    ] = None,
) -> None:
    """Letters about adverse moves: what, why, and how to object."""
    from tangga.cli.notices import notices

    notices(directory, out=out, on=date)


@app.command()
def people(
    out: Annotated[Path, typer.Option(metavar="DIR", help="A workspace to make.")],
    people: Annotated[int, typer.Option(min=100, help="How many people to invent.")] = 20_000,
    seed: Seed = 1,
    areas: Annotated[
        str | None, typer.Option(metavar="A,B", help="Kemendagri codes (else Mesuji, Bengkulu).")
    ] = None,
    sources: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these of the invented sources.")
    ] = None,
) -> None:
    """Invented people: source files with their descriptors, and the truth about them."""
    from tangga.cli.demo import invent

    invent(out, people=people, seed=seed, areas=areas, sources=sources)


@app.command()
def purge(
    directory: Directory,
    keep: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="How many runs to keep, the last included."),
    ] = None,
) -> None:
    """Delete old and unfinished runs; the last complete one always stays."""
    from tangga.cli.workspace import purge

    purge(directory, keep=keep)


@linkage.command()
def train(
    directory: Directory,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="The model file to write; its card beside it.")
    ],
    sample: Annotated[
        int, typer.Option(metavar="N", min=1000, help="Learn from about N records.")
    ] = 200_000,
    seed: Annotated[int, typer.Option(help="Another seed takes other records.")] = 1,
) -> None:
    """Estimate the weights of the linking model on a workspace (extra `train`: Splink)."""
    from tangga.cli.linkage import train

    train(directory, out, sample=sample, seed=seed)


@linkage.command()
def evaluate(
    directory: Directory,
    truth: Annotated[Path | None, typer.Option(metavar="FILE", help="Else DIR/truth.csv.")] = None,
) -> None:
    """Compare the last complete run with a known truth."""
    from tangga.cli.linkage import evaluate

    evaluate(directory, truth)


add_intake_commands(app)
add_commands(app)
