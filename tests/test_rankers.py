"""Who ranks is told where a file says another than the pack, or nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from history_run import HistoryRun, family
from tangga.cli.app import app
from tangga.engine.manifest import Manifest
from tangga.engine.rank.rankers import say_rankers
from test_rank import NEW, ON, rank

SOURCE = """
kind = "rankings"
files = ["daftar.csv"]
as_of = 2026-01-23
[columns]
kk = "kk"
decile = "desil"
"""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "does not say who set the deciles. If BPS did, write ranked_by = { constant"),
        ('ranked_by = { constant = "other" }', "names other as who set the deciles, not BPS"),
        ('ranked_by = { constant = "bps" }', None),
    ],
)  # fmt: skip
def test_check_warns(line: str, said: str | None, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "tangga.toml").write_text('name = "U"\npack = "indonesia"\nas_of = 2026-01-31\n')
    (tmp_path / "sources" / "daftar.toml").write_text(SOURCE + line)
    (tmp_path / "daftar.csv").write_text("kk,desil\n1811010101010001,3\n")
    done = CliRunner().invoke(app, ["check", str(tmp_path)])
    output = " ".join(done.output.split())
    assert done.exit_code == 0
    assert ("Caution" in output) is (said is not None)
    assert said is None or said in output


def test_a_run_notes_the_rows_that_did_not_decide(tmp_path: Path) -> None:
    run = HistoryRun(tmp_path, ON)
    named = (("F1", "bps"), ("F2", "other"), ("F3", None))
    ranks = [rank(name, 3, "T1", NEW, ranked_by=by) for name, by in named]
    run.write(families=[family(name) for name, _ in named], rankings=ranks)
    run.rank()
    manifest = Manifest.__new__(Manifest)
    manifest.notes = []
    say_rankers(run.ctx, manifest)
    unstated, other = sorted(manifest.notes, key=lambda note: "ranked_by: other" in note)
    assert "1 rows of ranks do not say who set them" in unstated
    assert "1 rows of ranks are not from BPS (ranked_by: other)" in other
    ranked = [(row["family_id"], row["decile_official"]) for row in run.rows("ranking", "rank")]
    assert ranked == [("F1", 3), ("F2", None), ("F3", 3)]
