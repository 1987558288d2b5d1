"""What tests of the way back share: an item that was accepted, and a workspace to return to."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2026, 2, 1)


def accepted(area: str, family_id: str = "", number: str = "USL/1811/2026/000001") -> Any:
    """An item of which everything is decided."""
    from tangga.web.work.models import Item

    return Item.objects.create(
        number=number, kind="correction", area=area, family_id=family_id, state="accepted",
        opened_on=DAY, closed_on=DAY,
    )  # fmt: skip


def copy_of(workspace: Path, folder: Path) -> Path:
    """A workspace of this test alone, with the ids that were given and the run in force."""
    shutil.copytree(workspace, folder, ignore=shutil.ignore_patterns("*.tmp"))
    return folder


def write(entity: str, item: Any, row: dict[str, Any], field: str, value: str | None) -> Any:
    """A corrected value of a person or family of the register."""
    from tangga.web.overlay import write as overlay

    return overlay.value(
        item=item, entity=entity, entity_id=row[f"{entity}_id"], family_id=row["family_id"],
        area=row["area"], field=field, value=value, as_of=DAY, basis="village_meeting",
        document="BA 1/2026", by=None,
    )  # fmt: skip
