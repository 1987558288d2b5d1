"""`tangga recognise`, `tangga sources` and `tangga quarantine`: files that come in, and go back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tangga.cli import screen
from tangga.errors import UserError
from tangga.texts import LANGUAGES, both, say

PERSONAL = ("rows", "values", "open")
"""Parts of what recognise finds that hold values of the file."""


def recognise(
    files: list[Path], *, pack: str, areas: Path | None, as_json: bool, to: Path | None
) -> None:
    """Print which layout each file fits; with `to`, write all that was seen for its owner's eyes.

    Of several files, one that is no table is told beside the others.
    """
    from tangga.engine.recognise import recognise

    found: dict[str, dict[str, Any]] = {}
    for file in files:
        try:
            found[str(file)] = recognise(file, pack=pack, areas=areas)
        except UserError as wrong:
            if len(files) == 1 and to is None:
                raise
            found[str(file)] = {"error": str(wrong)}
    if to is not None:
        _write_private(to, found)
    for name, one in found.items():
        if len(found) > 1 and not as_json:
            screen.out.print(name, style="bold", markup=False)
        if not as_json and "error" not in one:
            _print_found(one)
        elif not as_json:
            screen.out.print(one["error"], markup=False, soft_wrap=True)
    if as_json:
        shown = {f: {k: v for k, v in one.items() if k not in PERSONAL} for f, one in found.items()}
        screen.out.print_json(json.dumps(shown, ensure_ascii=False))


def _write_private(to: Path, found: dict[str, Any]) -> None:
    """For its owner's eyes only, there whole or not at all."""
    unfinished = to.with_name(f".{to.name}.tmp")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(found, out, ensure_ascii=False)
    unfinished.replace(to)


def _print_found(found: dict[str, Any]) -> None:
    rows = [
        [
            fit["layout"],
            fit["title"].get("id", ""),
            f"{fit['score']:.0%}",
            ", ".join(fit["missing"]),
        ]
        for fit in found["layouts"]
    ]
    headings = [both(f"recognise.{h}") for h in ("layout", "title", "fit", "missing")]
    screen.print_table(headings, rows, title=both("recognise.layouts", between=" / "))
    if found["recognised"]:
        screen.out.print(both("recognise.known", layout=found["recognised"]))
    else:
        screen.out.print(both("recognise.unknown", kind=found["kind"]))
        proposed = found["proposals"].get(found["kind"], {}).get("columns", {})
        matched = [[name, _said(entry)] for name, entry in proposed.items()]
        screen.print_table([both("recognise.register"), both("recognise.column")], matched)
    for system, why in found["areas"]["refused"].items():
        screen.out.print(both("recognise.refused", system=system, why=why), soft_wrap=True)


def _said(entry: dict[str, Any]) -> str:
    if "constant" in entry:
        return repr(entry["constant"])
    parts = [entry.get(key) for key in ("column", "day", "month", "year")]
    return " + ".join(part for part in (*parts, *entry.get("columns", ())) if part)


def sources(directory: Path, *, as_json: bool) -> None:
    """Print what each source of the last complete run sent, and what is wrong with it."""
    from tangga.engine.sources import sources

    found = sources(directory)
    if as_json:
        screen.out.print_json(json.dumps(found, ensure_ascii=False))
        return
    headings = ["run.source", "run.rows_in", "run.accepted", "run.quarantined"]
    headings = [both(h) for h in (*headings, "sources.replaced", "sources.open")]
    keys = ("rows_in", "accepted", "quarantined", "replaced", "open")
    rows = [[name, *(one[key] for key in keys)] for name, one in found["sources"].items()]
    screen.print_table(headings, rows, title=both("run.sources", between=" / "))
    for name, one in found["sources"].items():
        _print_unidentified(name, one)
        for held in one["quarantine"]:
            _print_problem(name, held)
        for wrong in one["problems"][:10]:
            _print_problem(name, wrong)


def _print_unidentified(source: str, one: dict[str, Any]) -> None:
    if one["unidentified"]:
        told = {"rows": one["unidentified"], "of": one["unidentified"] + one["identified"]}
        screen.out.print(both("sources.unidentified", source=source, **told), soft_wrap=True)


def _print_problem(source: str, wrong: dict[str, Any]) -> None:
    field = wrong.get("field")
    shown = " / ".join(
        said for language in LANGUAGES if (said := problem_words(wrong["problem"], language))
    )
    where = f"{source}, {field}" if field else source
    screen.out.print(f"{where}: {wrong['rows']} {wrong['problem']}: {shown}", markup=False)


def problem_words(problem: str, language: Any) -> str:
    """A kind of problem in words; the kind itself where the catalogue has none."""
    from tangga.texts import catalogue

    key = f"problem.{problem}"
    return say(key, language) if key in catalogue() else problem


def quarantine(
    directory: Path, *, source: str, to: Path, file: str | None, mark: str | None, unknown: bool
) -> None:
    """Write the quarantine of a source as a file to repair, or its rows of nobody to look at."""
    from tangga.engine.quarantine_book import quarantine_book

    rows = quarantine_book(directory, source, to, file=file, mark=mark, unknown=unknown)
    key = "quarantine.unknown_done" if unknown else "quarantine.done"
    screen.out.print(both(key, rows=rows, file=to), soft_wrap=True)
