"""The commands about files that come in, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tangga.cli.options import AsJson

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")]


def add_commands(app: typer.Typer) -> None:
    """Give `tangga` the commands of this file."""
    for command in (recognise, sources, quarantine):
        app.command()(command)


def recognise(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="As received.")],
    pack: Annotated[str, typer.Option(help="A country pack: a name or a folder.")] = "indonesia",
    areas: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Further area codes: areas/ of a workspace."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write all, with sample rows, as private JSON."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Which shipped layout each file fits, or how its columns match the register's."""
    from tangga.cli.intake import recognise

    recognise(files, pack=pack, areas=areas, as_json=as_json, to=to)


def sources(directory: Directory, as_json: AsJson = False) -> None:
    """What each source of the last complete run sent, and what is wrong with it."""
    from tangga.cli.intake import sources

    sources(directory, as_json=as_json)


def quarantine(
    directory: Directory,
    source: Annotated[str, typer.Option(metavar="NAME", help="A source of the workspace.")],
    to: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .csv, .xlsx or .parquet.")],
    file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Only rows of this file of the source.")
    ] = None,
    mark: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Who takes it and why, in a workbook.")
    ] = None,
    unknown: Annotated[
        bool,
        typer.Option("--unknown", help="Instead, rows about people not in the register."),
    ] = False,
) -> None:
    """Rows of a source that could not stand, in its own columns, to repair and send again."""
    from tangga.cli.intake import quarantine

    quarantine(directory, source=source, to=to, file=file, mark=mark, unknown=unknown)
