"""Why the register holds what it holds about one person or family."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from tangga.engine.current import last_complete
from tangga.engine.explain import happenings, kin, links, records
from tangga.engine.explain.data import Explanation
from tangga.engine.explain.decided import tell
from tangga.engine.explain.finding import Found, find
from tangga.engine.explain.ranked import with_rank
from tangga.engine.explain.register import Register
from tangga.engine.explain.values import family_fields, person_fields
from tangga.engine.explain.words import Words, words
from tangga.engine.manifest import read_manifest
from tangga.engine.workspace import Workspace, load_workspace
from tangga.rules.facts import DEAD

__all__ = ["Explanation", "explain"]


def explain(directory: Path, id: str) -> Explanation:
    """Everything that the last complete run holds about a person or family, and why.

    id: a person_id or family_id, also one that was merged into another, or `SOURCE:ID` of a
    source's own record. UserError where there is nobody of this id.
    """
    folder = last_complete(directory)
    workspace = load_workspace(Path(directory))
    with Register(folder, workspace.pack) as register:
        found = find(register, id)
        make = _person if found.entity == "person" else _family
        explanation = make(register, found, id.strip())
        return _with_decisions(explanation, register, workspace)


def _with_decisions(
    explanation: Explanation, register: Register, workspace: Workspace
) -> Explanation:
    """The rank of the family and what was decided, by the rules of the run; what needs those rules
    is left out where they are no longer these."""
    manifest = read_manifest(register.run.folder)
    person = explanation.id if explanation.entity == "person" else None
    family = explanation.id if person is None else _family_of(register, person)
    if manifest is None:
        return explanation
    if manifest.policy.get("sha256") != workspace.rulebook.hash():
        noted = replace(explanation, notes=(*explanation.notes, words("note_policy")))
        return with_rank(noted, register, None, family)
    if family is None:
        return explanation
    today = workspace.rulebook.on(date.fromisoformat(manifest.as_of))
    if not register.has("plan", "facts"):
        return with_rank(explanation, register, today, family)
    told = tell(register, today, family, person)
    decided = replace(
        explanation,
        ladder=told.ladder,
        decisions=told.decisions,
        gaps=told.gaps,
        to_ask=told.to_ask,
    )
    return with_rank(decided, register, today, family, told)


def _family_of(register: Register, person_id: str) -> str | None:
    rows = register.rows("resolve", "persons", "person_id = ?", [person_id])
    family = rows[0]["family_id"] if rows and rows[0]["status"] != DEAD else None
    return None if family is None else str(family)


def _person(register: Register, found: Found, asked: str) -> Explanation:
    person = register.rows("resolve", "persons", "person_id = ?", [found.id])[0]
    rids = records.rids_of(register, found.id)
    touching = links.touching(register, rids)
    register.keep_records({*rids, *links.ends_of(touching)})
    inside, others = links.describe(register, touching, set(rids))
    family = person["family_id"]
    return Explanation(
        asked=asked,
        id=found.id,
        entity="person",
        run=register.run.folder.name,
        title=person.get("name") or "-",
        status=register.labels.code("person", "status", person["status"]),
        notes=(*found.notes, *_of_another_pack(register)),
        lists=happenings.lists(register, "person", found.id),
        records=records.describe(register, list(records.rows_of(register, rids).values())),
        links=inside,
        others=others,
        fields=person_fields(register, found.id),
        registry=happenings.registry(register, found.id),
        memberships=kin.memberships(register, found.id),
        members=kin.members(register, family) if family else (),
        events=happenings.events(register, "person", found.id),
        attached=happenings.attached(register, "person", found.id),
    )


def _family(register: Register, found: Found, asked: str) -> Explanation:
    family = register.rows("resolve", "families", "family_id = ?", [found.id])[0]
    members = kin.members(register, found.id)
    names = {time.person_id: time.name for time in members}
    return Explanation(
        asked=asked,
        id=found.id,
        entity="family",
        run=register.run.folder.name,
        title=names.get(family["head_person_id"]) or family["head_person_id"] or "-",
        status=register.labels.code("family", "status", family["status"]),
        notes=(*found.notes, *_base(family), *_of_another_pack(register)),
        lists=happenings.lists(register, "family", found.id),
        fields=family_fields(register, family),
        members=members,
        events=happenings.events(register, "family", found.id),
        attached=happenings.attached(register, "family", found.id),
    )


def _base(family: dict[str, object]) -> list[Words]:
    if family["base_source"] is None:
        return [words("note_no_base")]
    return [words("note_base", source=family["base_source"], id=family["base_family_id"] or "-")]


def _of_another_pack(register: Register) -> list[Words]:
    manifest = read_manifest(register.run.folder)
    changed = manifest is not None and manifest.pack.get("sha256") != register.pack.hash()
    return [words("note_pack")] if changed else []
