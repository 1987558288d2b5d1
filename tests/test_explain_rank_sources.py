"""A list of another source beside the office's: its rank is told with its own past only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tangga.engine.run import run_workspace
from test_explain_rank import Opened, releases, said, village, write_rows
from village import CARDS

LATER = """
kind = "rankings"
files = ["susulan.csv"]
as_of = 2026-01-30
id = "id"
[columns]
kk = "kk"
decile = "desil"
ranked_by = { constant = "bps" }
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = village(tmp_path_factory.mktemp("sources"), None, None)
    write_rows(folder / "peringkat.csv", releases())
    with (folder / "sources" / "peringkat.toml").open("a") as descriptor:
        descriptor.write('released_on = { column = "tgl", format = "%Y-%m-%d" }\n')
    later = [["id", "kk", "desil"], ["s-1", CARDS["yanto"][0], "3"]]
    write_rows(folder / "susulan.csv", later)
    (folder / "sources" / "susulan.toml").write_text(LATER)
    run_workspace(folder, until="plan")
    found = Opened(folder)
    with found.register:
        yield found


def test_a_rank_is_compared_with_the_past_of_its_own_source(opened: Opened) -> None:
    found = opened.official("yanto")
    assert (found.decile, found.before, found.moved) == (3, None, False)
    assert "Sebelumnya" not in said(found)
    assert (
        "Menurut sumber lain (peringkat), tidak dibandingkan dengan rilis ini: "
        "rilis 2026-T1, 23 Januari 2026: desil 6." in said(found)
    )
    changes = {row["family_id"] for row in opened.register.rows("rank", "rank_changes", "TRUE")}
    assert opened.family("yanto", "dtsen") not in changes


def test_who_left_a_list_left_the_newest_of_that_list(opened: Opened) -> None:
    found = opened.official("jumadi")
    assert found.released_on is None
    assert "Tidak ada lagi dalam rilis terbaru (2026-T1, 23 Januari 2026)" in said(found)
    assert date(2026, 1, 30) not in {one.released_on for one in found.releases}
