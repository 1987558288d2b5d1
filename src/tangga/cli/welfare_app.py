"""`tangga welfare`: its commands and options. What one does is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tangga.cli.options import AsJson, OneLanguage

welfare = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Who is poor, and how sure that is: from a survey.",
)

Survey = Annotated[Path, typer.Argument(metavar="SURVEY", help="A survey: CSV or Parquet.")]
Spec = Annotated[Path, typer.Option(metavar="SPEC.toml", help="What its columns are.")]
Census = Annotated[
    bool, typer.Option("--census", help="Every household counts once, without weights.")
]


Model = Annotated[Path, typer.Argument(metavar="MODEL", help="What `fit` wrote.")]
Families = Annotated[Path, typer.Argument(metavar="FILE", help="Families: CSV or Parquet.")]
Members = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="How many live in it: tenths of people, not of families."),
]
Local = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Deciles within these areas as well.")
]
Id = Annotated[
    str | None, typer.Option("--id", metavar="COLUMN", help="What a family is known by.")
]


@welfare.command()
def fit(
    survey: Survey,
    spec: Spec,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the model and its card go.")],
) -> None:
    """Learn a model from a survey, judge it on villages it has not seen, and write its card."""
    from tangga.cli.welfare import fit

    fit(survey, spec=spec, out=out)


@welfare.command("evaluate")
def evaluate_model(
    survey: Survey,
    spec: Spec,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Write all figures as JSON.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Judge this saved model, not the spec's way of fitting."),
    ] = None,
    learnt_from: Annotated[
        Path | None,
        typer.Option(metavar="SURVEY", help="What it learnt from: tells how steady it is too."),
    ] = None,
    census: Census = False,
) -> None:
    """How good a model is: who is missed, who is helped by mistake, and how sure that is."""
    from tangga.cli.welfare import evaluate

    evaluate(survey, spec=spec, report=report, model=model, learnt_from=learnt_from, census=census)


@welfare.command()
def apply(
    model: Model,
    file: Families,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .csv, .xlsx or .parquet.")],
    members: Members = None,
    local: Local = None,
    id: Id = None,
    before: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What an earlier apply wrote: deciles are held."),
    ] = None,
    keep: Annotated[
        str | None, typer.Option(metavar="A,B", help="Write these columns of the file too.")
    ] = None,
) -> None:
    """Score families with a model: chances and deciles, for every row of a file."""
    from tangga.cli.welfare import apply

    apply(model, file, out=out, members=members, local=local, id=id, before=before, keep=keep)


@welfare.command()
def explain(
    model: Model,
    file: Families,
    family: Annotated[str, typer.Argument(metavar="ID", help="Of --id; else its row, from 1.")],
    members: Members = None,
    local: Local = None,
    id: Id = None,
    as_json: AsJson = False,
    language: OneLanguage = None,
) -> None:
    """Why one family of a file has its score: each answer's effect, and what another would do."""
    from tangga.cli.welfare import explain

    chosen = {"members": members, "local": local, "id": id}
    explain(model, file, family, **chosen, as_json=as_json, language=language)


@welfare.command()
def measures(
    survey: Survey,
    spec: Spec,
    line: Annotated[
        float | None,
        typer.Option(metavar="X", help="A poverty line, in the outcome's unit (else the spec's)."),
    ] = None,
    census: Census = False,
    classes: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Shares between multiples of the line, or a pack's."),
    ] = None,
    benefit: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Money that a household gets: who gets how much."),
    ] = None,
    transfer: Annotated[
        float | None, typer.Option(metavar="X", help="What if each household got this?")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Only households for which it says yes.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all figures as JSON.")
    ] = None,
) -> None:
    """Poverty and inequality of a survey, who a benefit reaches, and what a transfer would do."""
    from tangga.cli.welfare_measures import measures

    measures(
        survey,
        spec=spec,
        line=line,
        census=census,
        classes=classes,
        benefit=benefit,
        transfer=transfer,
        to=to,
        report=report,
    )
