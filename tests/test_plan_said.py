"""What a terminal says after a run and of repairs: no more than is so."""

from __future__ import annotations

import pytest

from tangga.cli import plan as shown
from tangga.cli.run import print_manifest
from tangga.engine.manifest import Manifest


@pytest.mark.parametrize(("lifts", "starred"), [((True, True), False), ((True, False), True)])
def test_a_star_is_explained_where_there_is_one(
    capsys: pytest.CaptureFixture[str], lifts: tuple[bool, ...], starred: bool
) -> None:
    row = {"village": "1811052012", "name": "Wiralaga", "what": "fresh", "missing": 3,
           "families": 9, "list": "family_readiness"}  # fmt: skip
    shown._repairs([{**row, "lifts": one} for one in lifts])
    said = capsys.readouterr().out
    assert ("* desa ini perlu lebih dari satu perbaikan" in said) is starred
    assert "Daftar lengkap: tangga show DIR repairs" in said


def test_the_time_that_is_told_is_that_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Stages that were taken over keep their own seconds in the manifest."""
    stages = {name: {"seconds": 9.0, "rows": {}} for name in ("ingest", "link")}
    manifest = Manifest(
        run="00002", name="x", as_of="2026-01-31", mode="add", program="0", pack={},
        descriptors={}, stages=stages,
    )  # fmt: skip
    print_manifest(manifest, seconds=5.4)
    said = capsys.readouterr().out
    assert "Selesai dalam 5 detik: 00002" in said
    assert "18" not in said
