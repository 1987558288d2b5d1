"""One letter as HTML: what the run has stored about a family, in the words of the pack's template.

The template is a file of the pack and runs in Jinja's sandbox; everything that it prints is
escaped.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from tangga.engine.explain.decided import Teller, day_words, labels
from tangga.engine.explain.reading import ladder, person_ladders, read_family
from tangga.engine.explain.register import Row
from tangga.engine.explain.words import Words
from tangga.engine.notices.gathered import Gathered
from tangga.engine.notices.register import Notice
from tangga.engine.notices.said import reason, support
from tangga.engine.plan.decisions import basis_of
from tangga.engine.workspace import Workspace
from tangga.errors import BadPack, Conflict
from tangga.registry.privacy import masked
from tangga.rules.ladder import Standing
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.on_date import OnDate

TEMPLATE = "documents/notice.html"
ADDRESS = ("address", "rt", "rw")
SETTINGS = ("office", "object_to", "object_how", "object_where")


class Letters:
    """Makes letters about what one run decided.

    register: has gathered the rows of their families. today: the rules of the run's day. day: the
    day that the letters bear. BadPack where the pack has no template, or one that asks for what no
    letter has.
    """

    def __init__(self, register: Gathered, today: OnDate, workspace: Workspace, day: date) -> None:
        self.register, self.today = register, today
        self.notice = workspace.rulebook.on(day).notice.says
        self.file = workspace.pack.dir / TEMPLATE
        if not self.file.is_file():
            raise BadPack("the pack has no template for letters", file=self.file)
        sandbox = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        try:
            self.template = sandbox.from_string(self.file.read_text(encoding="utf-8"))
        except TemplateError as wrong:
            raise BadPack(str(wrong), file=self.file) from None

    def html(self, notice: Notice) -> str:
        """The letter that a notice stands for. Conflict where its move is not due."""
        try:
            return self.template.render(self._content(notice))
        except TemplateError as wrong:
            raise BadPack(str(wrong), file=self.file) from None

    def _content(self, notice: Notice) -> dict[str, Any]:
        teller, standing = self._standing(notice)
        subject = PERSON_TABLE if notice.person_id else FAMILY_TABLE
        object_by = notice.date + timedelta(days=self.notice["object_days"])
        return {
            "number": notice.number,
            "date": day_words(notice.date),
            "takes_effect": day_words(notice.takes_effect_on),
            "object_by": day_words(object_by),
            "move": labels(standing.move.labels),
            "do": labels(standing.move.do) if standing.move.do else None,
            **support(teller, standing),
            "reasons": [reason(teller, one, subject) for one in standing.reasons],
            "basis": basis_of(self.today, standing.move, standing.rule),
            "person": teller.names.get(notice.person_id, ""),
            **{name: labels(self.notice[name]) for name in SETTINGS},
            **self._addressee(notice.family_id),
        }

    def _standing(self, notice: Notice) -> tuple[Teller, Standing]:
        family = read_family(self.register, self.today, notice.family_id)
        if family is not None:
            due = ladder(self.register, family).due
            if notice.person_id:
                steps = person_ladders(self.register, family)
                of_person = [s.due for id_, _, s in steps if id_ == notice.person_id and s.due]
                due = next((one for one in of_person if one.move.id == notice.move), None)
            if due is not None and due.move.id == notice.move:
                return Teller(self.register, family), due
        raise Conflict(f"the move {notice.move} is in the list of due moves and is not due")

    def _addressee(self, family_id: str) -> dict[str, Any]:
        """Head, address, areas and numbers of a family, as the register believes them."""
        families = self.register.rows("resolve", "families", "family_id = ?", [family_id])
        family = families[0] if families else {}
        heads = self.register.rows(
            "resolve", "persons", "person_id = ?", [family.get("head_person_id")]
        )
        place = self.register.labels.value(FAMILY_TABLE, "village", family.get("village"))
        parts = [_part(name, family.get(name)) for name in ADDRESS]
        return {
            "head": (heads[0].get("name") if heads else None) or "-",
            "address": ", ".join(part for part in parts if part),
            "place": (place or Words.same("-")).id,
            "areas": self._areas(family.get("village")),
            "family_id": family_id,
            "numbers": self._numbers(family),
        }

    def _areas(self, code: str | None) -> dict[int, str]:
        """Length of a code -> name of the area of that level in which a family lives."""
        names, code = self.register.labels.names, code or ""
        lengths = range(1, len(code) + 1)
        return {n: names[code[:n]] for n in lengths if code[:n] in names}

    def _numbers(self, family: Row) -> dict[str, str | None]:
        """A family's numbers of identity by column, masked: a letter passes through many hands."""
        columns = self.register.pack.tables[FAMILY_TABLE].columns.values()
        numbers = [column for column in columns if column.type == "identifier"]
        found = {column.name: family.get(column.name) for column in numbers}
        return {c.name: masked(c.mask, found[c.name]) if found[c.name] else None for c in numbers}


def _part(name: str, value: object) -> str:
    if value is None:
        return ""
    return str(value) if name == ADDRESS[0] else f"{name.upper()} {value}"
