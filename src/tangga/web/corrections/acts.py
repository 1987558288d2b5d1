"""The acts of the formal channel on paper: minutes or statement, recommendation, decision.

Where no number is given, the act is issued here: numbered, with an annex of exactly the proposals
that take the step, in the transaction in which they take it. A number that is given is that of an
act on paper made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from tangga.registry.model import Column
from tangga.registry.privacy import masked, sight
from tangga.texts import say
from tangga.web.corrections import actions
from tangga.web.corrections.believed import Family, families
from tangga.web.corrections.models import Batch, Proposal
from tangga.web.corrections.said import Change, Said, opened
from tangga.web.corrections.shown import View
from tangga.web.corrections.sorts import FAMILY, PERSON, book
from tangga.web.corrections.written import typed, written
from tangga.web.family.eyes import NUMBER_MASK, Eyes, in_words
from tangga.web.pack import area_name, pack
from tangga.web.papers.issue import issue
from tangga.web.papers.kinds import Asked, kinds
from tangga.web.papers.models import Paper
from tangga.web.papers.offices import office_of
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import Lacking

RECOMMENDATION, DECISION = "rekomendasi_dinas", "sk_perbaikan"
DECLINE, PRESENT = "decline", "present"
PAPER = "id"
"""The language of papers."""

ON_PAPER = "evidence"
"""The audience of an annex: identity masked, and nothing of money or illness."""

Chosen = Sequence[tuple[Item, int]]


@transaction.atomic
def endorse(
    items: Chosen,
    *,
    by: Viewer,
    eyes: Eyes,
    basis: str,
    held_on: date,
    document: str = "",
    about: Mapping[str, Any] | None = None,
    files: actions.Files = (),
) -> tuple[list[Item], Paper | None]:
    """The village endorses proposals. about: what the act asks besides, where it is issued here."""
    paper = None
    if not document and items:
        area = by.area or items[0][0].area
        rows = annex(_proposals(item.pk for item, _ in items), eyes)
        said = {name: text for name, text in (about or {}).items() if text not in (None, "", [])}
        paper = issue(book().acts[basis], by=by, area=area, about=said, rows=rows)
    done = actions.endorse(
        items,
        by=by,
        document=paper.number if paper else document,
        basis=basis,
        held_on=held_on,
        files=files,
    )
    return done, paper


@transaction.atomic
def present(items: Chosen, *, by: Viewer, eyes: Eyes, document: str = "") -> Item:
    """Recommend verified proposals in a batch that waits to be signed."""
    if not document and items:
        proposals = _proposals(item.pk for item, _ in items)
        area = items[0][0].area[: actions.BATCH_AREA]
        about = {
            "to": office_of(area).leader,
            "villages": len({one.item.area for one in proposals}),
            "rejected": _declined(area),
        }
        rows = annex(proposals, eyes)
        document = issue(RECOMMENDATION, by=by, area=area, about=about, rows=rows).number
    return actions.present(items, by=by, document=document)


@transaction.atomic
def sign(
    batch: Item, *, by: Viewer, eyes: Eyes, version: int, seen: str, document: str = ""
) -> Item:
    """Sign a batch: the decision's annex is the batch, proposal by proposal."""
    if not document:
        held = Item.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        inside = Item.objects.filter(parent=held, state=actions.RECOMMENDED)
        locked = [one.pk for one in inside.select_for_update(of=("self",))]
        about = {
            "batch": held.number,
            "recommendation": Batch.objects.get(pk=held.pk).document,
        }
        rows = annex(_proposals(locked), eyes)
        document = issue(DECISION, by=by, area=held.area, about=about, rows=rows, item=held).number
    return actions.sign(batch, by=by, version=version, document=document, seen=seen)


def papers_of(*numbers: str) -> list[Paper]:
    """The acts of these numbers that were issued here, as far as the viewer's area holds them."""
    wanted = [one for one in numbers if one]
    found = Paper.objects.filter(number__in=wanted).defer("content").order_by("on_day", "n")
    return list(found) if wanted else []


def asks(basis: str) -> Mapping[str, Asked]:
    """What the act of a basis asks for."""
    return kinds()[book().acts[basis]].asks


def lacking(basis: str, about: Mapping[str, Any]) -> list[str]:
    """What it asks for and was not told."""
    empty = (name for name in asks(basis) if about.get(name) in (None, "", []))
    return [name for name in empty if not asks(basis)[name].optional]


def _declined(area: str) -> int:
    """Proposals that verification did not find true since the last batch."""
    told = Taken.objects.filter(item__area__startswith=area)
    last = told.filter(step=PRESENT, item__kind=actions.BATCH).order_by("-at").first()
    found = told.filter(step=DECLINE, item__proposal__isnull=False)
    return (found.filter(at__gt=last.at) if last else found).values("item").distinct().count()


def _proposals(ids: Iterable[Any]) -> list[Proposal]:
    found = Proposal.objects.filter(pk__in=list(ids)).select_related("item")
    return sorted(found, key=lambda one: (one.item.area, one.item.number))


def annex(proposals: Sequence[Proposal], eyes: Eyes) -> list[dict[str, Any]]:
    """A row for each proposal. Lacking where one of them cannot be read."""
    known = families(one.item.family_id for one in proposals)
    return [_row(one, known.get(one.item.family_id), eyes) for one in proposals]


def _row(of: Proposal, about: Family | None, eyes: Eyes) -> dict[str, Any]:
    said, view = opened(of.said), View(of, eyes)
    if about is None and of.item.family_id:
        raise Lacking(needs="family", step=of.item.number)
    home = about.row if about is not None else dict(said.people[0] if said.people else {})
    person = _person(of, said, about)
    before, after = _values(said, about, view)
    return {
        "ticket": of.item.number,
        "name": person.get("name"),
        "nik": written(person.get("nik")),
        "kk": written(home.get("kk")) or said.words.get("card"),
        "place": _place(of.item.area, home),
        "what": view.sort.label(PAPER),
        "before": before,
        "after": after,
        "ground": _ground(of),
        "family_id": of.item.family_id,
        "person_id": of.item.person_id,
    }


def _person(of: Proposal, said: Said, about: Family | None) -> Mapping[str, Any]:
    """Whom a row names: who it is about, else the head of the family, else the first new one."""
    if about is None:
        return said.people[0] if said.people else {}
    named = about.member(of.item.person_id) if of.item.person_id else None
    return named or about.member(str(about.row.get("head_person_id"))) or {}


def _place(area: str, home: Mapping[str, Any]) -> str:
    parts = [area_name(area, PAPER)]
    parts += [f"{name.upper()} {home[name]}" for name in ("rt", "rw") if home.get(name)]
    return ", ".join(parts)


def _ground(of: Proposal) -> str:
    many = of.item.evidence.count()
    proof = say("web_corrections.act_evidence", PAPER, n=many) if many else ""
    return "; ".join(part for part in (of.document, proof) if part)


def _values(said: Said, about: Family | None, view: View) -> tuple[str, str]:
    """What stands there and what is proposed, in words; what is closed is said to be."""
    before, after = [], []
    for change in said.changes:
        column = pack().tables[change.entity].columns[change.field]
        whose = _whose(change, about)
        before.append(_told(column, change.before, whose))
        after.append(_told(column, change.after, whose))
    after += [text for person in said.people for text in _new(person)]
    after += [f"{label}: {text}" for label, text in view.words]
    return "; ".join(dict.fromkeys(before)), "; ".join(dict.fromkeys(after))


def _whose(change: Change, about: Family | None) -> str:
    if change.entity == FAMILY or about is None:
        return ""
    return str((about.member(change.entity_id) or {}).get("name") or "")


def _told(column: Column, text: str | None, whose: str = "") -> str:
    """One value as an annex says it: `Name, column: value`."""
    if sight(column.privacy, ON_PAPER) == "hidden":
        return say("web_corrections.act_closed", PAPER)
    told = masked(NUMBER_MASK, text) if text and column.type == "identifier" else None
    if told is None:
        told = in_words(typed(text, column), column, PAPER) if text else say("web.unknown", PAPER)
    label = column.labels[PAPER]
    return f"{whose}, {label}: {told}" if whose else f"{label}: {told}"


def _new(person: Mapping[str, str]) -> Iterator[str]:
    """What is said of somebody who is new in the register."""
    columns = pack().tables[PERSON].columns
    said = [_told(columns[name], text) for name, text in person.items() if name in columns]
    yield ", ".join(dict.fromkeys(said))
