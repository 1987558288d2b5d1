"""A workbook of visits that came back, compared with what went out.

What was changed beyond the columns to fill in makes the whole workbook another one: it is refused,
and nothing of it is taken.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from tangga.registry.model import Column
from tangga.texts import say
from tangga.web.journeys.visits import book_out
from tangga.web.journeys.visits.book_in import EMPTY, Cell, Rows, day_of
from tangga.web.journeys.visits.facts import PERSON, VISIT, column_of
from tangga.web.journeys.visits.models import Row, Sheet
from tangga.web.journeys.visits.sheet_rows import ASKED, FIXED, digest, plain
from tangga.web.pack import pack
from tangga.web.secrets import seal, unseal

SALT = "tangga.visits.sheet"
MOST_TOLD = 20
"""Of what was changed, so many places are named."""


class Beyond(ValueError):
    """A workbook that is not ours any more. places: (key of `web_visits.beyond_...`, where)."""

    def __init__(self, places: Sequence[tuple[str, str]]) -> None:
        super().__init__("beyond")
        self.places = list(places)[:MOST_TOLD]
        self.more = max(0, len(places) - MOST_TOLD)


def mark_of(sheet: Sheet) -> str:
    """By which a workbook is known again."""
    return signing.dumps(str(sheet.pk), salt=SALT)


def sheet_of(book: Mapping[str, Rows]) -> Sheet:
    """The sheet that a workbook was made as, where it is the viewer's own. Beyond."""
    try:
        text = book[book_out.MARK][0][0].text
        number = uuid.UUID(signing.loads(text, salt=SALT))
    except (KeyError, IndexError, signing.BadSignature, ValueError, TypeError):
        raise Beyond([("mark", "")]) from None
    found = Sheet.objects.filter(pk=number).first()
    if found is None:
        raise Beyond([("whose", "")])
    return found


@dataclass
class Typed:
    """What stands in one row, and in the questions on its family. cells: column -> text."""

    n: int
    family_id: str
    version: int
    cells: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    formula: list[str] = field(default_factory=list)
    missing: bool = False

    @property
    def blank(self) -> bool:
        """Whether nobody wrote anything."""
        return not (self.cells or self.answers or self.formula)

    def sealed(self) -> bytes | None:
        """As it is kept."""
        if self.blank:
            return None
        said = {"cells": self.cells, "answers": self.answers, "formula": self.formula}
        return seal(json.dumps(said, sort_keys=True, ensure_ascii=False))


def typed_of(row: Row) -> Typed:
    """What stood in a row, read again."""
    said = json.loads(unseal(bytes(row.typed))) if row.typed is not None else {}
    return Typed(
        row.n,
        row.family_id,
        row.version,
        said.get("cells", {}),
        said.get("answers", {}),
        said.get("formula", []),
    )


def compared(book: Mapping[str, Rows], sheet: Sheet) -> list[Typed]:
    """The rows in the order of the sheet, once nothing but what may be filled in was changed.
    Beyond."""
    wrong: list[tuple[str, str]] = []
    extra = set(book) - {book_out.VISITS, book_out.QUESTIONS, book_out.LISTS, book_out.MARK}
    wrong += [("sheet", name[:40]) for name in sorted(extra)]
    lines = _lines(book.get(book_out.VISITS), _heads(sheet), len(FIXED), book_out.VISITS, wrong)
    asked = _lines(
        book.get(book_out.QUESTIONS), _question_heads(sheet), len(ASKED), book_out.QUESTIONS, wrong
    )
    typed = _typed(lines, sheet, wrong)
    _answered(asked, sheet, typed, wrong)
    if wrong:
        raise Beyond(wrong)
    return list(typed.values())


def _heads(sheet: Sheet) -> list[str]:
    language: Any = sheet.language
    fixed = [say(f"web_visits.sheet_{name}", language) for name in FIXED]
    columns = (pack().tables[VISIT].columns[name] for name in sheet.columns)
    return [*fixed, *(column.labels[language] for column in columns)]


def _question_heads(sheet: Sheet) -> list[str]:
    language: Any = sheet.language
    return [say(f"web_visits.sheet_{name}", language) for name in (*ASKED, "answer")]


def _lines(
    found: Rows | None, heads: list[str], fixed: int, name: str, wrong: list[tuple[str, str]]
) -> list[tuple[int, list[Cell]]]:
    """(number of the row as one sees it, its cells) below the names of the columns."""
    if not found:
        wrong.append(("sheet_gone", name))
        return []
    said = [plain(cell.text) for cell in found[0]]
    if said[: len(heads)] != [plain(one) for one in heads]:
        wrong.append(("heads", name))
        return []
    lines = []
    for n, row in enumerate(found[1:], 2):
        if any(cell != EMPTY for cell in row[len(heads) :]) or len(said) > len(heads):
            wrong.append(("column", f"{name} {n}"))
        if any(cell != EMPTY for cell in row[: len(heads)]):
            lines.append((n, [*row, *[EMPTY] * (len(heads) - len(row))][: len(heads)]))
    return lines


def _typed(
    lines: Sequence[tuple[int, list[Cell]]], sheet: Sheet, wrong: list[tuple[str, str]]
) -> dict[str, Typed]:
    known = {family: (n, version, mark) for n, (family, version, mark) in enumerate(sheet.rows, 1)}
    found: dict[str, Typed] = {}
    for n, cells in lines:
        fixed, rest = [plain(cell.text) for cell in cells[: len(FIXED)]], cells[len(FIXED) :]
        place = f"{book_out.VISITS} {n}"
        family = fixed[0]
        if family not in known:
            wrong.append(("row", place))
        elif family in found:
            wrong.append(("twice", place))
        elif digest(fixed, str(sheet.pk)) != known[family][2]:
            wrong.append(("fixed", place))
        else:
            at, version, _ = known[family]
            found[family] = _row(Typed(at, family, version), sheet, rest)
    for family, (n, version, _) in known.items():
        found.setdefault(family, Typed(n, family, version, missing=True))
    return dict(sorted(found.items(), key=lambda one: one[1].n))


def _row(typed: Typed, sheet: Sheet, cells: Sequence[Cell]) -> Typed:
    for name, cell in zip(sheet.columns, cells, strict=True):
        column = pack().tables[VISIT].columns[name]
        if cell.formula:
            typed.formula.append(name)
        elif cell.text:
            typed.cells[name] = _text(cell, column)
    return typed


def _text(cell: Cell, column: Column | None) -> str:
    """What was typed; the sign that keeps a text from being a formula is not part of it."""
    if column is not None and column.type == "date":
        return day_of(cell)
    return cell.text.removeprefix("'")


def _answered(
    lines: Sequence[tuple[int, list[Cell]]],
    sheet: Sheet,
    typed: Mapping[str, Typed],
    wrong: list[tuple[str, str]],
) -> None:
    """Answers stand where their questions stand; questions may have been sorted, by their words."""
    known = {mark: key for *key, mark in sheet.questions}
    for n, cells in lines:
        fixed, cell = [plain(one.text) for one in cells[: len(ASKED)]], cells[len(ASKED)]
        key = known.get(digest(fixed, str(sheet.pk)))
        if key is None:
            wrong.append(("fixed", f"{book_out.QUESTIONS} {n}"))
            continue
        family, person, fact, name = key
        answer = f"{person}/{fact}/{name}"
        if family in typed and cell.formula:
            typed[family].formula.append(answer)
        elif family in typed and cell.text:
            column = column_of(PERSON if person else VISIT, name)
            typed[family].answers[answer] = _text(cell, column)
