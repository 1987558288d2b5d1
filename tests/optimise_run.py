"""A finished run made by hand, as far as a plan reads it: two areas, families of every kind.

    folder = write_run(tmp_path)          # a workspace whose last run has these families

Of each area: families of an able adult on protection, some past 60 months; mixed ones; one held by
rehabilitation; elders alone; one of whom it is not known whether anybody must climb; some in watch.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pyarrow as pa

from tangga.engine import tables
from tangga.engine.plan.decisions import answer_column
from tangga.engine.workspace import load_workspace
from tangga.rules.names import PERSON_TABLE

CAP = Path(__file__).parent / "overlays" / "cap_in_force"
AREAS = {"1771031001": 1, "1811052001": 2}
"""Village -> how many times over its families."""
KINDS = (
    # how many, rung, months, decile, must climb (lo, hi), exempt member, held
    (12, "protection", 70, 1, (1, 1), False, False),
    (9, "protection", 30, 3, (1, 1), False, False),
    (5, "protection", 62, None, (1, 1), False, False),
    (6, "protection", 50, 2, (1, 1), True, False),
    (1, "protection", 40, 2, (1, 1), False, True),
    (7, "protection", 90, 1, (0, 0), True, False),
    (3, "protection", 66, 2, (0, 1), False, False),
    (4, "watch", 0, 6, (1, 1), False, False),
    (2, "empowerment", 20, 3, (1, 1), False, False),
    (8, None, 0, 9, (1, 1), False, False),
)
SUPPORT = 2_400_000
SETTINGS = """name = "By hand"
as_of = 2026-07-31
policy = ["local/"]
"""


def write_run(folder: Path) -> Path:
    """Write the workspace and its run."""
    shutil.copytree(CAP, folder / "local")
    (folder / "tangga.toml").write_text(SETTINGS)
    (folder / "sources").mkdir()
    (folder / "sources" / "one.toml").write_text(
        'kind = "people"\nfiles = ["one.csv"]\nas_of = 2026-01-31\ntrust = 1\n'
        '[columns]\nname = "name"\n'
    )
    (folder / "one.csv").write_text("name\nKarto\n")
    run = folder / "runs" / "00001"
    families = [_family(v, n, kind) for v, times in AREAS.items() for n, kind in _each(times)]
    with duckdb.connect() as con:
        for name, rows in _tables(folder, families).items():
            write_table(con, run, name, rows)
    (folder / "runs" / "CURRENT").write_text("00001")
    return folder


def write_table(
    con: duckdb.DuckDBPyConnection, run: Path, name: str, rows: list[dict[str, object]]
) -> None:
    """Write one table of the stage `plan`."""
    con.register("_given", pa.Table.from_pylist(rows))
    tables.write(con, "SELECT * FROM _given", run / "plan" / name)


def _each(times: int) -> list[tuple[int, tuple]]:
    listed = [kind for kind in KINDS for _ in range(kind[0] * times)]
    return list(enumerate(listed))


def _family(village: str, n: int, kind: tuple) -> dict[str, object]:
    _, rung, months, decile, (least, most), exempt, held = kind
    return {
        "family_id": f"F{village[:4]}{n:03d}",
        "village": village,
        "rung": rung,
        "months_protected": months,
        "decile": decile,
        "must_climb_adults_lo": least,
        "must_climb_adults_hi": most,
        "has_place": rung == "empowerment",
        "exempt": exempt,
        "held": held,
    }


def _tables(folder: Path, families: list[dict]) -> dict[str, list[dict]]:
    programmes = load_workspace(folder).today.programmes.values()
    of = {unit: [(p, v) for p, v in programmes if p.unit == unit] for unit in ("family", "person")}
    facts = [{k: v for k, v in one.items() if k not in ("exempt", "held")} for one in families]
    persons = [person for one in families for person in _persons(one)]
    protected = [one for one in families if one["rung"] == "protection"]
    return {
        "facts": facts,
        "person_facts": persons,
        "benefits": [_benefit(one) for one in protected],
        "determined": [
            {"family_id": one["family_id"], "person_id": None, "programme": "sembako"}
            for one in protected
        ],
        "verdicts": [{"family_id": one["family_id"], **_answers(of["family"])} for one in facts],
        "person_verdicts": [{**_of(one), **_answers(of[PERSON_TABLE])} for one in persons],
    }


def _of(person: dict) -> dict[str, object]:
    return {name: person[name] for name in ("family_id", "person_id")}


def _answers(programmes: list) -> dict[str, bool | None]:
    """Every programme fits, but for the statement of leaving support, which nobody asked for."""
    return {
        answer_column(p.id, one): None if one.id == "leaves_support" else True
        for p, version in programmes
        for one in version.says.requires
    }


def _persons(family: dict) -> list[dict[str, object]]:
    climbs = bool(family["must_climb_adults_hi"])
    able = {"must_climb": climbs, "exempt": not climbs, "held_by_rehabilitation": family["held"]}
    rows = [{"person_id": f"P{family['family_id']}a", "family_id": family["family_id"], **able}]
    if family["exempt"] and climbs:
        other = {"must_climb": False, "exempt": True, "held_by_rehabilitation": False}
        rows.append({**rows[0], "person_id": f"P{family['family_id']}b", **other})
    return rows


def _benefit(one: dict) -> dict[str, object]:
    return {
        "family_id": one["family_id"],
        "person_id": None,
        "programme": "sembako",
        "amount": SUPPORT,
    }
