"""Two releases made by hand: what came, went, moved, changed decile, rung or id, with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loaded
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from loaded import request, values

from tangga.web.database.bootstrap import bootstrap

Con = psycopg.Connection[Any]
ASKED = "SELECT area, kind, before, after, reason FROM changes WHERE family_id = %s ORDER BY kind"


@pytest.fixture(scope="module")
def con(cluster: Any) -> Iterator[Con]:
    url = bootstrap(cluster.url("postgres"), database="tangga_changes")
    with psycopg.connect(url, autocommit=True) as con:
        yield con


@pytest.fixture(scope="module")
def families(release: Path) -> list[dict[str, Any]]:
    """Active families of a village, ranked, in the order of their ids."""
    rows = pq.read_table(release / "families.parquet").to_pylist()
    ranked = {
        row["family_id"]: row["decile_official"]
        for row in pq.read_table(release / "ranking.parquet").to_pylist()
        if row["decile_used"] == "official"
    }
    return [
        row | {"decile": ranked[row["family_id"]]}
        for row in rows
        if row["status"] == "active"
        and len(row["village"] or "") == 10
        and row["family_id"] in ranked
    ]


def without(rows: pa.Table, column: str, *values: str) -> pa.Table:
    """The rows with none of these values."""
    return rows.filter(pc.invert(pc.is_in(rows[column], pa.array(values, pa.string()))))


@pytest.fixture(scope="module")
def pair(
    con: Con,
    release: Path,
    families: list[dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """Family 0 ended, 1 moved to the other regency, 2 changed decile, 3 climbed, 4 came from 5, 6
    came, and only its records say from where."""
    gone, mover, ranked, climber, new, old, brought = (row["family_id"] for row in families[:7])
    elsewhere = next(
        r["village"] for r in families if r["village"][:4] != families[1]["village"][:4]
    )
    before = loaded.copied(release, tmp_path_factory.mktemp("releases") / "before")
    after = loaded.copied(release, before.parent / "after")
    ended = {"status": "ended"}
    loaded.change(before, "families", lambda t: loaded.edited(t, "family_id", new, **ended))
    loaded.change(before, "families", lambda t: loaded.edited(t, "family_id", brought, **ended))
    loaded.change(after, "families", lambda t: loaded.edited(t, "family_id", gone, **ended))
    loaded.change(
        after, "families", lambda t: loaded.edited(t, "family_id", mover, village=elsewhere)
    )
    decile = families[2]["decile"] % 10 + 1
    loaded.change(
        after, "ranking", lambda t: loaded.edited(t, "family_id", ranked, decile_official=decile)
    )
    loaded.change(after, "rank_changes", lambda t: without(t, "family_id", ranked))
    loaded.change(after, "moves", lambda t: loaded.edited(t, "family_id", climber, rung="watch"))
    loaded.change(
        after,
        "lineage",
        lambda t: pa.Table.from_pylist(
            [{"kind": "split", "old_id": old, "new_id": new, "entity": "family", "run": "00002"}],
            schema=t.schema,
        ),
    )
    first = loaded.put_in_force(con, before, loaded.service())
    second = loaded.put_in_force(con, after, loaded.service())
    return {
        "first": first, "second": second, "gone": gone, "mover": mover, "ranked": ranked,
        "climber": climber, "new": new, "old": old, "elsewhere": elsewhere, "decile": decile,
        "brought": brought,
        "families": {row["family_id"]: row for row in families},
    }  # fmt: skip


def told(con: Con, pair: dict[str, Any], who: str) -> list[tuple[Any, ...]]:
    """What the nation reads of one family."""
    with request(con, pair["second"].schema, "!", "~"):
        return con.execute(ASKED.encode(), [pair[who]]).fetchall()


def test_a_first_release_has_nothing_to_be_compared_with(con: Con, pair: dict[str, Any]) -> None:
    assert values(con, f"SELECT count(*) FROM {pair['first'].schema}.changes") == [0]
    assert pair["second"].compared_to == pair["first"].number


def test_one_that_went_and_one_that_came(con: Con, pair: dict[str, Any]) -> None:
    village = pair["families"][pair["gone"]]["village"]
    assert told(con, pair, "gone") == [(village, "went", village, None, "status:ended")]
    village = pair["families"][pair["new"]]["village"]
    assert told(con, pair, "new") == [
        (village, "came", None, village, "lineage:split"),
        (village, "id", pair["old"], pair["new"], "lineage:split"),
    ]


def test_one_that_came_without_an_event_is_told_by_its_source(
    con: Con, pair: dict[str, Any], release: Path
) -> None:
    people = {
        row["person_id"]
        for row in pq.read_table(release / "persons.parquet").to_pylist()
        if row["family_id"] == pair["brought"]
    }
    records = pq.read_table(release / "records.parquet").to_pylist()
    sources = {row["source"] for row in records if row["person_id"] in people}
    ((_, kind, _, _, reason),) = told(con, pair, "brought")
    assert kind == "came"
    assert reason in {f"source:{name}" for name in sources}


def test_each_area_is_told_its_own_half_of_a_move(con: Con, pair: dict[str, Any]) -> None:
    village, elsewhere = pair["families"][pair["mover"]]["village"], pair["elsewhere"]
    province = elsewhere[:2]
    assert [row[:4] for row in told(con, pair, "mover")] == [
        (village, "left", village, province),
        (elsewhere, "moved", village, elsewhere),
    ]
    regency = village[:4]
    with request(con, pair["second"].schema, regency, f"{regency}~"):
        seen = con.execute(ASKED.encode(), [pair["mover"]]).fetchall()
    assert [row[1] for row in seen] == ["left"]
    assert elsewhere not in str(seen)


def test_deciles_and_rungs(con: Con, pair: dict[str, Any]) -> None:
    family = pair["families"][pair["ranked"]]
    assert told(con, pair, "ranked") == [
        (
            family["village"],
            "decile",
            str(family["decile"]),
            str(pair["decile"]),
            "rank_state:ranked",
        )
    ]
    ((area, kind, _, after, reason),) = told(con, pair, "climber")
    assert (area, kind, after) == (pair["families"][pair["climber"]]["village"], "rung", "watch")
    assert reason is None or reason.startswith(("event:", "exit:"))


def test_nothing_else_is_told(con: Con, pair: dict[str, Any]) -> None:
    known = [pair[who] for who in ("gone", "mover", "ranked", "climber", "new", "brought")]
    query = f"SELECT family_id FROM {pair['second'].schema}.changes WHERE NOT family_id = ANY (%s)"
    assert values(con, query, known) == []


def test_nothing_of_it_is_read_from_cases() -> None:
    text = Path(loaded.loading.__file__).with_name("sql") / "changes.sql"
    index = text.with_name("family_index.sql")
    for file in (text, index):
        body = "\n".join(line.partition("--")[0] for line in file.read_text().splitlines())
        assert "_case" not in body
        assert "assessments" not in body
        assert "cases" not in body
