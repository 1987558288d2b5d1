"""`tangga init`, `tangga check` and `tangga purge`."""

from __future__ import annotations

import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from tangga.cli import screen
from tangga.errors import UserError, together
from tangga.texts import LANGUAGES, both, say

if TYPE_CHECKING:
    from tangga.engine.workspace import Workspace

EXAMPLE = "sources/contoh.toml.example"


def init(directory: Path, *, name: str | None, pack: str) -> None:
    """Make a workspace: tangga.toml, and a descriptor to copy and change."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UserError(
            "is there already and is not empty", file=directory, todo="Name a new folder"
        )
    from tangga.registry import load_pack

    inside = directory / pack
    load_pack(inside if inside.is_dir() else pack)
    (directory / "sources").mkdir(parents=True, mode=0o700)
    settings = _template("tangga.toml").format(
        name=_quoted(name or directory.resolve().name),
        pack=_quoted(pack),
        as_of=datetime.date.today().isoformat(),
    )
    (directory / "tangga.toml").write_text(settings, encoding="utf-8")
    (directory / EXAMPLE).write_text(_template("source.toml"), encoding="utf-8")
    screen.out.print(both("init.done", folder=directory), soft_wrap=True)
    screen.out.print(both("init.next", example=EXAMPLE, folder=directory), soft_wrap=True)


def _template(name: str) -> str:
    file = resources.files("tangga.cli").joinpath("templates", name)
    return file.read_text(encoding="utf-8")


def _quoted(text: str) -> str:
    """A text as a TOML string (JSON's escapes are TOML's)."""
    import json

    return json.dumps(text, ensure_ascii=False)


def check(directory: Path) -> None:
    """Read everything a run would read but the rows; all mistakes are reported together."""
    from tangga.engine.check import check_files
    from tangga.engine.check_office import check_office
    from tangga.engine.rank.rankers import warnings
    from tangga.engine.workspace import load_workspace

    workspace = load_workspace(directory)
    found = check_files(workspace)
    headings = [f"check.{h}" for h in ("source", "kind", "file", "format", "columns", "used")]
    kinds = {s.name: (s.kind, len(s.source_columns())) for s in workspace.sources}
    rows = [
        (s.source, kinds[s.source][0], s.file, s.format, s.columns, kinds[s.source][1])
        for s in found.seen
    ]
    named = [both(h) for h in headings]
    screen.print_table(named, rows, title=workspace.name)
    for warning in warnings(workspace):
        screen.out.print(warning, soft_wrap=True)
    wrong = [*found.wrong, *_said_of_policy(workspace), *_said_of_model(workspace)]
    wrong += check_office(workspace)
    _say_places(workspace)
    if wrong:
        raise together(wrong)
    screen.out.print(both("check.good", sources=len(workspace.sources), files=len(rows)))


def _said_of_policy(workspace: Workspace) -> list[UserError]:
    """Print what the policy holds; gives back what is wrong with it."""
    from tangga.engine.check_policy import check_policy

    try:
        found = check_policy(workspace)
    except UserError as error:
        return [error]
    if found is None:
        return []
    counts = {"programmes": found.programmes, "moves": found.moves, "versions": found.versions}
    counts |= {"cases": found.cases, "questions": found.questions}
    screen.out.print(both("check.policy", **counts), soft_wrap=True)
    day = {"day": found.day.isoformat()}
    if found.announced:
        names = ", ".join(found.announced)
        screen.out.print(both("check.announced", names=names, **day), soft_wrap=True)
    if found.gaps:
        names = ", ".join(gap.id for gap in found.gaps)
        screen.out.print(both("check.gaps", names=names, **day), soft_wrap=True)
    return []


def _say_places(workspace: Workspace) -> None:
    """Print which places are not planned with; what is wrong with the files is told elsewhere."""
    from tangga.engine.capacity.said import unused_places

    try:
        for note in unused_places(workspace):
            screen.out.print(note, soft_wrap=True, markup=False)
    except UserError:
        return


def _said_of_model(workspace: Workspace) -> list[UserError]:
    """Print which welfare model is applied; gives back what is wrong with it."""
    from tangga.engine.rank.model import welfare_model
    from tangga.engine.rank.said import said_if_weak

    if workspace.welfare_model is None:
        return []
    try:
        found = welfare_model(workspace)
    except UserError as error:
        return [error]
    assert found is not None
    ranker = workspace.pack.ranker
    key = "check.model_ranks" if ranker is None else "check.model_beside"
    said = {
        language: say(key, language, ranker=(ranker or {}).get(language, workspace.pack.name))
        for language in LANGUAGES
    }
    words = {"version": found.model.version, "features": len(found.facts)}
    line = " / ".join(say("check.model", one, **words, rank=said[one]) for one in LANGUAGES)
    for told in (line, *said_if_weak(found.model)):
        screen.out.print(told, soft_wrap=True)
    return []


def purge(directory: Path, *, keep: int | None) -> None:
    """Delete old runs; `keep` overrides keep_runs of tangga.toml."""
    from tangga.engine.purge import purge
    from tangga.engine.workspace import load_workspace

    if keep is None:
        keep = load_workspace(directory).keep_runs
    elif not (directory / "tangga.toml").is_file():
        raise UserError("no workspace here: tangga.toml is missing", file=directory)
    gone, kept = purge(directory, keep=keep)
    screen.out.print(both("purge.done", gone=len(gone), kept=len(kept)))
