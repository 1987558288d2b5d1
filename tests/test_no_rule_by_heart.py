"""No field rule of Indonesia is written in engine code: what a pack can say, only a pack says.

Looked at: every text in the engine's Python that is not a docstring, and its SQL without
comments. Names that every pack has by contract may stand there.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tangga.registry import load_pack

ENGINE = Path(__file__).parents[1] / "src" / "tangga" / "engine"
PACK = load_pack("indonesia")
WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")

# Words of the field in Indonesian, areas' systems, sources and programmes.
FIELD = """
    desa kelurahan kecamatan kabupaten kota provinsi dusun keluarga kepala istri suami anak cucu
    mertua menantu laki perempuan lahir mati meninggal hidup pindah datang
    nama alamat tanggal nomor agama pekerjaan pendidikan disabilitas bantuan penerima desil
    dukcapil kemendagri kemensos bps siks dtks dtsen regsosek p3ke pkh bpnt sembako blt pbi jkn
    opensid bnba sentra atensi januari februari agustus desember
    binti alm almh haji hajah moh muh mhd muhammad abd siti
"""
# Columns that section 8 gives to every pack, to its kinds, or to the register.
CONTRACT = """
    nik kk name sex birth_date birth_year birth_month birth_place mother_name relation village
    address rt rw status person_id family_id valid_from valid_to kind programme decile release
    event on_date other_id from_area to_area track rung exit document by component payee round
    period_start period_end amount paid_on need grade worker result opened closed sentra state
    group_id area pilar caseload correction_id field value as_of accepted_at basis determined_on
    rank_state
"""
# Columns of the register's own making, and of the place where people live.
OWN = """
    base_family_id death_date head_person_id member_count moved_to new_kk family_source_id
    person_source_id reference_source hamlet place_kind place_name reason released_on ranked_by
"""
# English words of ordinary messages that are names of columns too.
ENGLISH = "arrears business note pip position shock statement until"


@cache
def all_texts() -> list[tuple[Path, int, str]]:
    """(file, line, text) of all that runs in the engine."""
    files = sorted([*ENGINE.rglob("*.py"), *ENGINE.rglob("*.sql")])
    return [(file, line, text) for file in files for line, text in texts(file)]


def texts(file: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of all that runs: no docstrings, no comments."""
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".sql":
        lines = enumerate(source.splitlines(), start=1)
        yield from ((number, line.split("--")[0]) for number, line in lines)
        return
    tree = ast.parse(source)
    said = {id(s.value) for n in ast.walk(tree) for s in _body(n) if isinstance(s, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def _body(node: ast.AST) -> list[ast.stmt]:
    body = getattr(node, "body", None)
    return body if isinstance(body, list) else []


def found(pattern: re.Pattern[str], wanted: set[str] | None = None) -> list[str]:
    """Where the engine holds a text that the pattern finds (and that is one of those wanted)."""
    return [
        f"{file.relative_to(ENGINE)}:{line}: {match}"
        for file, line, text in all_texts()
        for match in pattern.findall(text)
        if wanted is None or match.lower() in wanted
    ]


def test_no_word_of_the_field() -> None:
    assert found(WORD, set(FIELD.split())) == []


def test_no_column_that_another_pack_need_not_have() -> None:
    columns = {name for table in PACK.tables.values() for name in table.columns}
    assert found(WORD, columns - set(f"{CONTRACT} {OWN} {ENGLISH}".split())) == []


def test_no_name_rule_of_the_pack() -> None:
    """Words of names.toml; those of up to three letters would be met by chance."""
    data = tomllib.loads((PACK.dir / "models" / "names.toml").read_text(encoding="utf-8"))
    words = {word.lower() for text in _leaves(data) for word in WORD.findall(text)}
    long = {word for word in words if len(word) > 3}
    assert len(long) > 50
    assert found(re.compile(r"\b[A-Z]{4,}\b"), long) == []


def _leaves(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _leaves(value)
    elif isinstance(data, list):
        for value in data:
            yield from _leaves(value)
    elif isinstance(data, str):
        yield data


def test_no_part_of_a_number_and_no_area_code() -> None:
    """Where in a number its date stands, and what a woman's day adds, is in [numbers]."""
    assert found(re.compile(r"\b(?:nik|kk|num)\s*\[\s*\d+\s*:\s*\d+\s*\]")) == []
    assert found(re.compile(r"(?i)\bsubstr(?:ing)?\s*\(\s*\w*\.?(?:nik|kk)\b")) == []
    assert found(re.compile(r"\b(?!0123456789)\d{10}(?:\d{6})?\b")) == []
    days = re.compile(r"\bIN \(\s*\d{3,4}\s*(?:,\s*\d{3,4}\s*)+\)")
    assert found(days) == []
