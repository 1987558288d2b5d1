"""No column of a release is shown to more people than the pack says."""

from __future__ import annotations

from pathlib import Path

import loaded
import pytest

from tangga.registry.load import load_pack
from tangga.registry.privacy import AUDIENCE_LABELS, PRIVACY_LABELS, SIGHT, stricter
from tangga.web.register.loading.release import held_to, read_release

MORE = {"full": 2, "masked": 1, "hidden": 0}


def test_no_class_weaker_than_the_packs_is_believed(release: Path, tmp_path: Path) -> None:
    folder = loaded.copied(release, tmp_path / "release")
    manifest = loaded.said(folder)
    columns = manifest["tables"]["persons"]["columns"]
    weakened = [name for name, one in columns.items() if one["privacy"] == "sensitive"]
    assert weakened
    for name in weakened:
        columns[name]["privacy"] = "open"
    columns["sex"]["privacy"] = "sensitive"
    loaded.say(folder, manifest)
    held = held_to(read_release(folder), load_pack())
    classes = held.tables["persons"].columns
    assert {classes[name] for name in weakened} == {"sensitive"}
    # What the manifest closes further stays closed; and the pages read the same classes.
    assert classes["sex"] == "sensitive"
    said = held.said["tables"]["persons"]["columns"]
    assert {name: one["privacy"] for name, one in said.items()} == dict(classes)


@pytest.mark.parametrize("said", PRIVACY_LABELS)
@pytest.mark.parametrize("declared", PRIVACY_LABELS)
def test_the_stricter_class_never_shows_more_than_what_was_declared(
    said: str, declared: str
) -> None:
    kept = stricter(said, declared)
    assert kept in (said, declared)
    if kept == said:
        return
    for audience in set(AUDIENCE_LABELS) - {"case", "payer"}:
        seen = [MORE[SIGHT[audience].get(one, "hidden")] for one in (kept, said)]
        assert seen[0] <= seen[1]
