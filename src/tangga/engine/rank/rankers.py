"""Whose ranks count: where a pack names who ranks, rows that name another do not decide.

A row that does not say who ranked counts, and is told of: a list made by hand would otherwise pass
for one of the office without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from tangga.engine.context import Context
from tangga.engine.manifest import Manifest
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.engine.workspace import Workspace
from tangga.texts import both

KIND, COLUMN = "rankings", "ranked_by"
TYPES = {"source": "VARCHAR", COLUMN: "VARCHAR"}


def that_count(rows: str, workspace: Workspace) -> str:
    """The rows of rankings that may decide, as a relation like `rows`."""
    code = workspace.pack.ranker_code
    return rows if code is None else f"(SELECT * FROM {rows} WHERE {_counts(code)})"


def _counts(code: str) -> str:
    quoted = code.replace("'", "''")
    return f"coalesce({COLUMN} = '{quoted}', TRUE)"


def warnings(workspace: Workspace) -> Iterator[str]:
    """Of each source of ranks that names nobody who ranks, or somebody else than the pack does."""
    code = workspace.pack.ranker_code
    for source in workspace.sources if code else ():
        if source.kind != KIND:
            continue
        mapping = source.columns.get(COLUMN)
        said = {"source": source.name, "code": code, "ranker": _named(workspace)}
        if mapping is None:
            yield both("check.ranker_unstated", **said)
        elif mapping.constant is not None:
            named = (mapping.codes or {}).get(mapping.constant, mapping.constant)
            if named != code:
                yield both("check.ranker_other", named=named, **said)


def _named(workspace: Workspace) -> str:
    return str(workspace.pack.data["ranking"]["by"])


def say_rankers(ctx: Context, manifest: Manifest) -> None:
    """Note the rows that did not decide, and those of which nobody knows who ranked."""
    code = ctx.workspace.pack.ranker_code
    if code is None:
        return
    with Steps(ctx, "rank") as steps:
        rows = received(steps, KIND, TYPES)
        found = steps.fetch(
            f"SELECT source, {COLUMN}, count(*) FROM {rows} "
            f"WHERE NOT coalesce({_counts(code)} AND {COLUMN} IS NOT NULL, FALSE) "
            "GROUP BY ALL ORDER BY ALL"
        )
    by = _named(ctx.workspace)
    for source, named, many in found:
        key = "run.ranker_unstated" if named is None else "run.ranker_other"
        said = {"source": source, "named": named or "", "many": many, "ranker": by}
        manifest.notes.append(both(key, between=" / ", **said))
