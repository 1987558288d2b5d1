"""`tangga web export`: everything that was decided here, for the next run."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from tangga.web.audit.actions import record
from tangga.web.database.rows import one, run
from tangga.web.duplicates.returned import COLUMNS, rulings
from tangga.web.overlay.returned_files import check_folder, write_all
from tangga.web.overlay.returning import everything

IN_FORCE = """
SELECT r.release FROM public.register_current AS c
JOIN public.register_releases AS r ON r.number = c.number
"""


def export(folder: Path) -> dict[str, int]:
    """Write the sources into a workspace; rows by kind. As the owner, outside of any request.

    All of it is of one moment, whatever is decided meanwhile. UserError for a folder that cannot
    take it.
    """
    check_folder(folder)
    with transaction.atomic():
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = one(IN_FORCE)
        release = found["release"] if found else ""
        found = everything()
        ruled = [*found.rulings, *rulings()]
        counts = write_all(folder, found.parts, (COLUMNS, ruled), release=release)
        record("sources_returned", by=None, about={"rows": counts, "release": release})
    return counts
