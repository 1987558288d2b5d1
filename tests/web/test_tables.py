"""tables.toml says of every table of a release where its rows belong, and what of it is sealed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import tangga
from tangga.errors import BadPack
from tangga.registry.load import load_pack
from tangga.registry.privacy import PRIVACY_LABELS
from tangga.web.database.scope import APP_ROLE, FIRST
from tangga.web.register import tables
from tangga.web.register.loading import schema
from tangga.web.register.loading.release import undescribed
from tangga.web.register.made import MADE, OF_FAMILIES, as_loaded
from tangga.web.register.tables import NATION, storage_of, stored

RELEASE = Path(tangga.__file__).parent / "engine" / "publish" / "release.toml"
RELEASED = tomllib.loads(RELEASE.read_text(encoding="utf-8"))


def test_every_table_of_a_release_is_described_and_no_other() -> None:
    assert set(stored()) == set(RELEASED)
    assert not undescribed()


def test_the_web_and_the_loader_agree_on_the_nation_and_the_role() -> None:
    assert NATION == FIRST
    assert schema.APP_ROLE == APP_ROLE


def test_what_is_split_off_for_the_case_team_is_theirs_alone() -> None:
    for name, table in RELEASED.items():
        whole = table.get("split") == "all"
        assert stored()[name].case == whole, name
        split = storage_of(f"{name}_case")
        assert split is not None
        assert split.case
        assert not split.above
    assert storage_of("novelty") is None


def test_every_number_of_a_person_or_account_is_sealed() -> None:
    pack = load_pack("indonesia")
    for name, table in RELEASED.items():
        storage = stored()[name]
        classes = {
            column: privacy for privacy in PRIVACY_LABELS for column in table.get(privacy, ())
        }
        for column in ("nik", "kk", "card"):
            if column in classes:
                assert storage.seals(column, pack), (name, column)
        declared = pack.tables.get(table.get("schema", ""))
        for column in declared.columns.values() if declared else ():
            closed = column.privacy in ("identity", "account") and column.type == "identifier"
            if closed and not column.reference:
                assert storage.seals(column.name, pack), (name, column.name)
        if "masked" in table:
            assert storage.masked, name


def test_a_mistake_in_the_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (
        '[x]\narea = ["nearby:x"]',
        '[x]\narea = ["own"]',
        "[x]",
        "[x]\narea = []\nbad = 1",
    ):
        (tmp_path / "tables.toml").write_text(text)
        monkeypatch.setattr(tables, "FILE", tmp_path / "tables.toml")
        with pytest.raises(BadPack):
            tables.stored.__wrapped__()


def test_numbers_of_another_pack() -> None:
    pack = load_pack("indonesia")
    assert tables.number_pattern(pack) == "(?:[0-9]{16})"


def test_what_lists_show_of_a_table_that_is_made_stands_in_it(web: Any) -> None:
    query = """
    SELECT table_name, array_agg(column_name::text) AS columns
    FROM information_schema.columns WHERE table_schema = 'r_1' GROUP BY table_name
    """
    with web.owner() as con:
        there = dict(con.execute(query).fetchall())
    for table, columns in MADE.items():
        assert table not in RELEASED
        own = columns.keys() - OF_FAMILIES.keys()
        assert own <= set(there[table]), table
    assert {part for parts in OF_FAMILIES.values() for part in parts} <= set(there["family_index"])


def test_of_what_no_family_has_recorded_lists_show_no_column() -> None:
    index = as_loaded(["family_id", "rt", "rw"])["family_index"]
    assert "rt_rw" in index and "place_kind" not in index
