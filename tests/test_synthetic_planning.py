"""Invented workers, payments with errors and office files: what planning and money are tried on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tangga.engine.budget.lines import read_budgets
from tangga.engine.plan.cohorts import read_places
from tangga.engine.plan_lines.read import read_plan_lines
from tangga.engine.targets.files import read_targets
from tangga.engine.targets.settings import pilars_of
from tangga.engine.workspace import Workspace, load_workspace
from tangga.synthetic import generate
from tangga.synthetic.payments import KINDS, NOT_PAID

PEOPLE = 20_000
SOURCES = ("dukcapil", "kepesertaan", "penyaluran", "kunjungan", "langkah", "asesmen", "kasus",
           "petugas", "peristiwa")  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planning")
    generate(PEOPLE, 1, folder, sources=SOURCES)
    return folder


@pytest.fixture(scope="module")
def con(made: Path):
    with duckdb.connect() as con:
        for file in [*made.glob("data/*.csv"), *made.glob("truth*.csv")]:
            con.execute(
                f"CREATE TABLE {file.stem} AS FROM read_csv('{file}', all_varchar = true, "
                "header = true, nullstr = '', sample_size = -1)"
            )
        con.execute(
            "CREATE VIEW paid AS SELECT p.*, t.kind, t.due::BIGINT AS due, t.paid::BIGINT AS paid "
            "FROM penyaluran AS p JOIN truth_payments AS t ON p.ID_SALUR = t.source_id"
        )
        yield con


def one(con: duckdb.DuckDBPyConnection, sql: str):
    return con.execute(sql).fetchall()[0][0]


# --- workers ----------------------------------------------------------------------------------


def test_who_signs_is_a_worker(con: duckdb.DuckDBPyConnection) -> None:
    signed = (
        "SELECT PETUGAS FROM kunjungan UNION SELECT OLEH FROM langkah "
        "UNION SELECT OLEH FROM asesmen UNION SELECT OLEH FROM kasus"
    )
    assert con.execute(f"{signed} EXCEPT SELECT ID_PETUGAS FROM petugas").fetchall() == []
    assert one(con, "SELECT count(DISTINCT PILAR) FROM petugas") == 5


def test_gaps_are_planted(con: duckdb.DuckDBPyConnection) -> None:
    districts = "SELECT DISTINCT WILAYAH FROM petugas WHERE PILAR = 'Pendamping PKH'"
    with_tksk = "SELECT WILAYAH FROM petugas WHERE PILAR = 'TKSK'"
    assert one(con, f"SELECT count(*) FROM ({districts} EXCEPT {with_tksk})") == 1
    loads = "SELECT DAMPINGAN::INT AS n FROM petugas WHERE DAMPINGAN IS NOT NULL"
    assert one(con, f"SELECT count(*) FROM ({loads}) WHERE n > 300") == 1
    assert one(con, f"SELECT median(n) FROM ({loads})") < 250
    assert con.execute("SELECT SELESAI FROM petugas WHERE SELESAI IS NOT NULL").fetchall() == [
        ("2025-07-01",)
    ]


def test_who_left_visits_nobody_any_more(con: duckdb.DuckDBPyConnection) -> None:
    last = "SELECT max(TANGGAL) FROM kunjungan JOIN petugas ON PETUGAS = ID_PETUGAS"
    assert "2025-01-01" < one(con, f"{last} WHERE SELESAI IS NOT NULL") < "2025-07-01"
    assert one(con, f"{last} WHERE SELESAI IS NULL") > "2026-01-01"


def test_visits_are_planned_and_some_not_made(con: duckdb.DuckDBPyConnection) -> None:
    late = "avg((TANGGAL::DATE > RENCANA::DATE + 7)::INT)"
    assert 0.1 < one(con, f"SELECT {late} FROM kunjungan") < 0.4
    assert one(con, "SELECT count(*) FROM kunjungan WHERE TANGGAL < RENCANA") == 0
    waiting = "FROM kunjungan WHERE TANGGAL IS NULL"
    assert one(con, f"SELECT count(*) {waiting} AND HASIL IS NULL AND PENGHASILAN IS NULL") > 50
    assert one(con, f"SELECT count(*) {waiting} AND RENCANA > '2026-01-31'") > 10
    assert one(con, f"SELECT count(*) {waiting} AND RENCANA < '2026-01-31'") > 10


def test_most_shocks_are_written_down_in_time(con: duckdb.DuckDBPyConnection) -> None:
    days = "DICATAT::DATE - TANGGAL::DATE"
    shocks = "FROM langkah WHERE JENIS = 'GUNCANGAN'"
    assert 0.6 < one(con, f"SELECT avg(({days} <= 3)::INT) {shocks}") < 0.9
    assert one(con, f"SELECT min({days}) FROM langkah") == 0
    assert one(con, "SELECT max(DICATAT) FROM langkah") <= "2026-01-31"


def test_some_graduated_before_and_some_of_them_fell(con: duckdb.DuckDBPyConnection) -> None:
    left = "SELECT NO_KK, TANGGAL FROM langkah WHERE CARA = 'MANDIRI' AND TANGGAL < '2025'"
    fell = "SELECT NO_KK, TANGGAL FROM langkah WHERE KE = 'PERLINDUNGAN'"
    assert one(con, f"SELECT count(*) FROM ({left})") > 5
    assert one(con, f"SELECT count(*) FROM ({fell})") >= 1
    before = f"SELECT f.NO_KK FROM ({fell}) AS f JOIN ({left}) AS l USING (NO_KK)"
    assert con.execute(
        f"SELECT NO_KK FROM ({fell}) EXCEPT {before} WHERE f.TANGGAL > l.TANGGAL"
    ).fetchall() == []  # fmt: skip
    after = f"SELECT count(*) FROM penyaluran JOIN ({left}) USING (NO_KK)"
    assert one(con, after) == 0


# --- payments ---------------------------------------------------------------------------------


def test_every_payment_has_its_truth_and_every_kind_is_there(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = one(con, "SELECT count(*) FROM penyaluran")
    assert one(con, "SELECT count(DISTINCT ID_SALUR) FROM penyaluran") == rows
    assert one(con, "SELECT count(*) FROM paid") == rows
    never = one(con, "SELECT count(*) FROM truth_payments WHERE kind = 'unpaid'")
    assert one(con, "SELECT count(*) FROM truth_payments") == rows + never
    kinds = con.execute("SELECT DISTINCT kind FROM truth_payments").fetchall()
    # Few members who are no payees have died within the year.
    assert {kind for (kind,) in kinds} | {"member_dead"} == set(KINDS)


def test_money_is_what_the_truth_says(con: duckdb.DuckDBPyConnection) -> None:
    written = "try_cast(NOMINAL AS BIGINT)"
    plain = "kind NOT IN ('thousands', 'unreadable')"
    not_paid = f"kind IN {NOT_PAID}"
    assert one(con, f"SELECT count(*) FROM paid WHERE {plain} AND NOT ({not_paid}) "
                    f"AND {written} <> paid") == 0  # fmt: skip
    assert one(con, f"SELECT count(*) FROM paid WHERE {not_paid} AND paid > 0") == 0
    assert one(con, f"SELECT count(*) FROM paid WHERE kind = 'thousands' "
                    f"AND {written} * 1000 <> paid") == 0  # fmt: skip
    assert one(con, f"SELECT count({written}) FROM paid WHERE kind = 'unreadable'") == 0
    assert one(con, "SELECT count(*) FROM paid WHERE kind = 'right' AND due <> paid") == 0
    assert one(con, "SELECT count(*) FROM paid WHERE kind = 'over' AND paid <> due + 50000") == 0
    assert one(con, "SELECT count(*) FROM paid WHERE kind = 'short' AND paid >= due") == 0
    unowed = "('twice', 'nobody', 'not_enrolled', 'ended', 'dead')"
    assert one(con, f"SELECT count(*) FROM paid WHERE kind IN {unowed} AND due > 0") == 0
    partly = "('graduated', 'member_dead', 'payee_dead', 'unreported')"
    assert one(con, f"SELECT count(*) FROM paid WHERE due = 0 "
                    f"AND kind NOT IN {unowed} AND kind NOT IN {partly}") == 0  # fmt: skip
    less = "('graduated', 'member_dead')"
    assert one(con, f"SELECT count(*) FROM paid WHERE kind IN {less} AND due >= paid") == 0


def test_only_deaths_that_an_office_wrote_down_can_be_found(con: duckdb.DuckDBPyConnection) -> None:
    told = """SELECT t.entity_id FROM truth AS t
      LEFT JOIN dukcapil AS d ON t.source = 'dukcapil' AND d.ID_BIODATA = t.source_id
      LEFT JOIN peristiwa AS e ON t.source = 'peristiwa' AND e.ID_PERISTIWA = t.source_id
      WHERE d.STATUS = 'MENINGGAL' OR e.PERISTIWA = 'MENINGGAL'"""
    payee = """SELECT count(*) FROM truth_payments AS p JOIN truth AS t
      ON t.source = 'penyaluran' AND t.source_id = p.source_id WHERE p.kind"""
    assert one(con, f"{payee} IN ('dead', 'payee_dead')") > 5
    assert one(con, f"{payee} IN ('dead', 'payee_dead') AND t.entity_id NOT IN ({told})") == 0
    assert one(con, f"{payee} = 'unreported' AND t.entity_id IN ({told})") == 0


def test_what_is_paid_twice_stands_there_twice(con: duckdb.DuckDBPyConnection) -> None:
    same = "NIK, NO_KK, BANSOS, TAHAP, NOMINAL"
    second = f"SELECT {same} FROM paid WHERE kind = 'twice'"
    first = f"SELECT {same} FROM paid WHERE kind = 'right'"
    assert con.execute(f"{second} EXCEPT {first}").fetchall() == []
    assert one(con, f"SELECT count(*) FROM (SELECT 1 FROM paid WHERE kind = 'right' "
                    f"AND NIK IS NOT NULL GROUP BY {same} HAVING count(*) > 1)") == 0  # fmt: skip


def test_nobody_is_nobody(con: duckdb.DuckDBPyConnection) -> None:
    nobody = "FROM paid WHERE kind = 'nobody'"
    assert one(con, f"SELECT count(*) {nobody}") > 10
    for number in ("NIK", "NO_KK"):
        known = f"SELECT {number} FROM dukcapil UNION SELECT {number} FROM kepesertaan"
        assert one(con, f"SELECT count(*) FROM (SELECT {number} {nobody} INTERSECT ({known}))") == 0
    told = "SELECT family_id FROM truth_payments WHERE kind = 'nobody'"
    assert one(con, f"SELECT count(family_id) FROM ({told})") == 0


def test_who_is_not_enrolled_has_no_enrolment(con: duckdb.DuckDBPyConnection) -> None:
    family = "SELECT family_id FROM truth WHERE source = 'kepesertaan'"
    others = "SELECT family_id FROM truth_payments WHERE kind = 'not_enrolled'"
    # A child that lives on the card of the parents is of their family by the truth.
    assert one(con, f"SELECT count(*) FROM ({others} INTERSECT {family})") < 5
    assert one(con, f"SELECT count(*) FROM ({others})") > 10


# --- files of the office ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def workspace(made: Path) -> Workspace:
    return load_workspace(made)


def test_the_engine_reads_every_office_file(workspace: Workspace) -> None:
    targets = read_targets(workspace, pilars_of(workspace.today))
    assert {target.key.year for target in targets} == {2025, 2026}
    own = [target for target in targets if len(target.area) == 6]
    assert own
    assert all(
        target.value
        < sum(t.value for t in targets if t.key == target.key and t.area == target.area[:4])
        for target in own
    )
    lines = read_plan_lines(workspace, workspace.today)
    latest = {line.line: line for line in lines}
    assert {line.state for line in latest.values()} == {
        "accepted",
        "changed",
        "rejected",
        "proposed",
    }
    assert any(line.due and line.due < date(2026, 1, 31) for line in latest.values())
    assert {place.programme for place in read_places(workspace)} == {"kube", "pena", "training"}


def test_no_regency_has_more_than_its_province(workspace: Workspace) -> None:
    rows = [row for row in read_budgets(workspace) if row["measure"] == "allocated"]
    above = {
        (r["year"], r["area"], r["programme"]): r["amount"] for r in rows if len(r["area"]) == 2
    }
    for key, amount in above.items():
        year, province, programme = key
        below = sum(
            row["amount"]
            for row in rows
            if (row["year"], row["area"][:2], row["programme"]) == key and len(row["area"]) == 4
        )
        assert below < amount, (year, province, programme)
    assert above[2025, "17", ""] == 447_000_000_000


def test_money_spent_is_what_was_paid(con: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    spent = sum(
        row["amount"]
        for row in read_budgets(workspace)
        if row["measure"] == "disbursed" and row["programme"] in ("pkh", "sembako")
    )
    assert spent == one(con, "SELECT sum(paid) FROM paid WHERE kind <> 'nobody'")


@pytest.mark.parametrize("areas", [("18",), ("32", "1771")])
def test_office_files_follow_the_areas(tmp_path: Path, areas: tuple[str, ...]) -> None:
    generate(3000, 1, tmp_path, areas=areas, sources=("kepesertaan", "petugas"))
    workspace = load_workspace(tmp_path)
    assert read_budgets(workspace)
    assert read_plan_lines(workspace, workspace.today)
    assert not (tmp_path / "truth_payments.csv").exists()
