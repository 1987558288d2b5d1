"""No value of a request stands in the text of a query: data are parameters, always.

Whatever the service puts into SQL between braces is a constant of a module, or stands in the table
below with where it comes from. Who adds something asks first whether a request can say it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

WEB = Path(__file__).parents[1] / "src" / "tangga" / "web"
SQL = re.compile(
    r"\b(?:SELECT\s|INSERT INTO|UPDATE\s+\S+\s+SET|DELETE FROM|TRUNCATE|CREATE (?:ROLE|DATABASE|"
    r"TABLE|VIEW|INDEX|SCHEMA|POLICY)|ALTER (?:TABLE|ROLE)|DROP |GRANT |SET search_path|COPY "
    r"|WHERE |ORDER BY )"
)
CONSTANT = re.compile(r"(?:[a-z_]+\.)?[A-Z][A-Z0-9_]*(?: \+ 1)?")

REVIEWED = {
    "audit/seal.py": {"', '.join(COLUMNS)": "a constant"},
    "backup/restore.py": {"database": "a sentence for who restores, not run"},
    "database/bootstrap.py": {
        "owner": "constants; a page for an administrator, who runs it by hand",
        "database": "the same",
        "schemas": "a constant text",
        "public": "a constant text",
    },
    "duplicates/queries.py": {"WHICH[which]": "a text of a table of the module"},
    "family/queries.py": {
        "order": "a constant of the module's own calls",
        "ordered": "the same",
        "', '.join(selects)": "constants of the module and names of its tables",
    },
    "journeys/climb/records.py": {
        "', '.join(parts)": "names of the module's own parts",
        "name": "one of two tables",
    },
    "journeys/visits/actions.py": {"queries.CONSUMED.format(id='%s')": "a place for a parameter"},
    "journeys/visits/back.py": {"queries.CONSUMED.format(id='v.id')": "a column"},
    "journeys/visits/queries.py": {"CONSUMED.format(id='v.id')": "a column"},
    "journeys/visits/read.py": {"queries.CONSUMED.format(id='v.id')": "a column"},
    "journeys/visits/year.py": {"queries.CONSUMED.format(id='v.id')": "a column"},
    "lists/definitions.py": {"definition.where": "lists/definitions.toml, data of the program"},
    "lists/filters.py": {
        "key": "lists/definitions.toml, with a day of the release",
        "source(definition)": "lists/definitions.toml",
    },
    "lists/order.py": {"', '.join((key.text for key in order))": "lists/definitions.toml"},
    "lists/rows_of.py": {
        "int(digits)": "a number",
        "text": "lists/definitions.toml; what was chosen goes as parameters",
        "order": "the same",
        "part": "put together just above, of a number and `text`",
        "listed": "the order's keys, of lists/definitions.toml",
        "', '.join(listed)": "the columns of the list",
        "' AND '.join(known)": "conditions of the filters, their values parameters",
    },
    "lists/workers.py": {
        "definition.table": "lists/definitions.toml",
        "definition.join": "lists/definitions.toml",
        "joined": "constants of the module",
        "own": "constants of the module",
    },
    "register/loading/derived.py": {
        "listed": "columns of the program's own list",
        "of": "the schema r_NUMBER and a table of that list",
    },
    "register/loading/ledger.py": {
        "names": "names of keyword arguments in the module's callers",
        "where": "constants of the module",
    },
}  # fmt: skip


def _put_in(tree: ast.AST) -> Iterator[str]:
    """What stands between the braces of an f-string that is SQL."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        text = "".join(str(one.value) for one in node.values if isinstance(one, ast.Constant))
        if SQL.search(text):
            yield from (
                ast.unparse(one.value) for one in node.values if isinstance(one, ast.FormattedValue)
            )


def _found() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in sorted(WEB.rglob("*.py")):
        other = {one for one in _put_in(ast.parse(file.read_text())) if not CONSTANT.fullmatch(one)}
        if other:
            found[file.relative_to(WEB).as_posix()] = other
    return found


def test_what_is_put_into_sql_is_a_constant_or_was_looked_at() -> None:
    assert _found() == {file: set(said) for file, said in REVIEWED.items()}


def test_the_look_would_notice() -> None:
    tree = ast.parse("rows(f\"SELECT id FROM persons WHERE name = '{request.GET[0]}'\")")
    assert list(_put_in(tree)) == ["request.GET[0]"]


def test_each_line_that_bandit_must_not_see_says_why() -> None:
    """By the id of what it found, with a comment on the line or just above it."""
    marked, silent = 0, []
    places = [WEB.parents[2] / "tangga", *WEB.parents[1].rglob("*.py")]
    for file in (one for one in places if one.is_file()):
        lines = file.read_text().splitlines()
        for n, line in enumerate(lines):
            if "# nosec" not in line:
                continue
            marked += 1
            told = (lines[n - 1], *lines[n + 1 : n + 2])
            named = re.search(r"# nosec B\d{3}(?: B\d{3})*$", line)
            if not named or not any(re.match(r'\s*(?:#|""")', one) for one in told):
                silent.append(f"{file}:{n + 1}")
    assert marked > 10 and not silent, silent
