"""How poor, and how sure are we? The official rank as released, and what a model says.

`official`: which release decides, history, what is doubtful. `changes`: two releases compared.
`model_rank`: a model's score beside the official rank, or instead of it. `coverage`: whom the
register lacks.
"""

from __future__ import annotations

from tangga.engine.context import Context
from tangga.engine.rank import model_rank
from tangga.engine.rank.changes import write_changes
from tangga.engine.rank.coverage import write_coverage
from tangga.engine.rank.official import write_doubtful, write_official, write_ranking
from tangga.engine.runner import Steps

STAGE = "rank"


def run(ctx: Context) -> dict[str, int]:
    """Write the tables of the stage; returns rows by table."""
    with Steps(ctx, STAGE) as steps:
        write_official(steps)
        write_ranking(steps, model_rank.scored(steps))
        write_doubtful(steps)
        write_changes(steps)
        write_coverage(steps)
        return steps.rows
