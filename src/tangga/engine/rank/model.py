"""The welfare model of a workspace, and whether the register can answer what it asks.

    welfare_model = "model/"      # in tangga.toml: a folder that `tangga welfare fit` wrote

A model looks at facts of the family by name (`Feature.fact`). It may not look at what is worked out
after the rank from records of acts (history facts): the rank would rest on itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from pathlib import Path

from tangga.engine.context import Context
from tangga.engine.welfare.model import Effect, Model
from tangga.engine.welfare.model_file import read_model
from tangga.engine.welfare.spec import LEAST_R2, POOR, POOREST, Feature
from tangga.engine.workspace import MODEL_FILE, Workspace
from tangga.errors import BadPack, UserError
from tangga.registry.mistakes import nearest
from tangga.rules.facts import EVERYONE, CountOf, Fact, FactBook, History, Key, Lookup
from tangga.rules.names import FAMILY_TABLE
from tangga.rules.on_date import OnDate

STAGE = "rank"
NUMERIC = ("integer", "money", "decimal", "boolean", "date")
WORDS = ("code", "text", "area", "identifier", "boolean", "integer")
"""Types of facts that a numeric or a categorical feature can be."""
SHOWN = 6
"""So many words are named in a message."""
REGENCY = "regency"
"""The fact whose areas have deciles of their own where the pack names none."""
FAR_BELOW, FAR_ABOVE = 10, 5
"""A poverty line below a tenth of what the poorest fifth spends, or above five times what the
poorest two fifths do, is one of another unit: of a month beside a year."""


@dataclass(frozen=True)
class Applied:
    """A model as a run applies it.

    file: where it was read. book: the facts that it needs, and no other. facts: of each feature,
    in order. line: the fact that looks up the poverty line; local: the one whose areas have deciles
    of their own; members: the one that counts who lives; None: there is none. by_people: whether
    people are ranked, else families. ranks: whether the model gives deciles: only where nobody
    else does.
    """

    model: Model
    file: Path
    book: FactBook
    facts: tuple[Fact, ...]
    line: Fact | None
    local: Fact | None
    members: Fact | None
    by_people: bool
    ranks: bool

    @property
    def pairs(self) -> Iterator[tuple[Feature, Fact]]:
        """Each feature with its fact."""
        return zip(self.model.features, self.facts, strict=True)


def welfare_model(workspace: Workspace) -> Applied | None:
    """The model that tangga.toml names, checked against the register; None where it names none.

    Raises UserError: for a file that is absent, changed or no model, for a feature that is no fact
    of the family or none that can be asked before the rank, for lines of another unit.
    """
    file = workspace.welfare_model
    if file is None:
        return None
    model, today = read_model(file), workspace.today
    facts = _facts(model, today.facts, file)
    line = _line(today)
    _check_unit(model, line, today, file)
    local, members = _local(workspace, today.facts), _members(today.facts)
    keys = [fact.key for fact in (*facts, line, local, members) if fact is not None]
    return Applied(
        model=model,
        file=file,
        book=today.facts.restricted_to(keys),
        facts=facts,
        line=line,
        local=local,
        members=members,
        by_people=model.about.get("speak_of", "people") == "people",
        ranks=workspace.pack.ranker is None,
    )


def keep_model(ctx: Context, of: Applied) -> None:
    """Put a copy beside the run, so that it explains itself whatever becomes of the workspace."""
    folder = ctx.run_dir / STAGE
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(of.file, folder / MODEL_FILE)


def kept_model(run: Path) -> Model | None:
    """The model that a finished run applied; None where it applied none."""
    file = run / STAGE / MODEL_FILE
    return read_model(file) if file.is_file() else None


def weak_r2(model: Model) -> float | None:
    """R2 on clusters that it had not seen, of a model that explains little; None of any other."""
    found = model.about.get("r2_out_of_fold")
    return float(found) if isinstance(found, int | float) and found < LEAST_R2 else None


def _facts(model: Model, book: FactBook, file: Path) -> tuple[Fact, ...]:
    """The fact of each feature. BadPack with all that are wrong."""
    wrong = [said for effect in model.effects if (said := _wrong(effect, book)) is not None]
    if wrong:
        listed = "".join(f"\n  {said}" for said in wrong)
        todo = "Name facts of the family in the spec ([features.NAME] fact = ...) and fit it again"
        raise BadPack(
            f"the register cannot answer what this model asks:{listed}", file=file, todo=todo
        )
    return tuple(book.facts[FAMILY_TABLE, feature.fact] for feature in model.features)


def _wrong(effect: Effect, book: FactBook) -> str | None:
    """Why the register cannot answer what one feature asks; None where it can."""
    feature = effect.feature
    fact = book.facts.get((FAMILY_TABLE, feature.fact))
    named = f"{feature.name} ({feature.fact})" if feature.fact != feature.name else feature.name
    if fact is None:
        there = [name for entity, name in book.facts if entity == FAMILY_TABLE]
        return f"{named}: no such fact of a family ({nearest(feature.fact, there)})"
    if acts := sorted(set(_acts(book, fact.key))):
        return f"{named} rests on {', '.join(acts)}, worked out from records of acts after the rank"
    if fact.type.type not in (NUMERIC if feature.numeric else WORDS):
        return f"{named}: the register holds a {fact.type.type}, the model asks for {feature.kind}"
    return _other_words(effect, fact, named)


def _acts(book: FactBook, key: Key) -> Iterator[str]:
    """The history facts on which a fact rests."""
    behind = book.restricted_to([key]).facts.values()
    return (fact.name for fact in behind if isinstance(fact.derivation, History))


def _other_words(effect: Effect, fact: Fact, named: str) -> str | None:
    """Codes of which the model knows none: it would be missing for everybody."""
    codes = ("false", "true") if fact.type.type == "boolean" else fact.type.codes
    if effect.feature.numeric or codes is None or any(effect.level(c) is not None for c in codes):
        return None
    here, there = (", ".join(sorted(some)[:SHOWN]) for some in (codes, effect.levels))
    return f"{named}: the register says {here}; the model knows none of them, but {there}"


def _line(today: OnDate) -> Fact | None:
    """The fact that looks up the poverty line, as the clock names it."""
    name = today.clock.says["line_fact"] if "clock" in today.settings else ""
    fact = today.facts.facts.get((FAMILY_TABLE, name))
    return fact if fact is not None and isinstance(fact.derivation, Lookup) else None


def _check_unit(model: Model, line: Fact | None, today: OnDate, file: Path) -> None:
    if line is None:
        return
    assert isinstance(line.derivation, Lookup)
    amounts = line.derivation.lines.on(today.day).values()
    least, most = (exp(model.cuts[s]) if model.log else model.cuts[s] for s in (POOREST, POOR))
    if amounts and (min(amounts) * FAR_BELOW < least or max(amounts) > most * FAR_ABOVE):
        raise UserError(
            f"the poverty lines of {line.derivation.lines.path.name} ({min(amounts)} to "
            f"{max(amounts)}) are of another unit than this model ({model.unit or 'no unit told'}: "
            f"two fifths of the people live below {most:.0f})",
            file=file,
            todo="Fit the model on an outcome per person and the period of the lines",
        )


def _members(book: FactBook) -> Fact | None:
    """The fact of a family that counts its members, all of them."""
    of_family = (fact for (entity, _), fact in book.facts.items() if entity == FAMILY_TABLE)
    return next((fact for fact in of_family if fact.derivation == CountOf(EVERYONE)), None)


def _local(workspace: Workspace, book: FactBook) -> Fact | None:
    """The fact whose areas have deciles of their own. BadPack for a name that is none."""
    named = workspace.pack.local_ranks
    fact = book.facts.get((FAMILY_TABLE, named or REGENCY))
    if named is not None and fact is None:
        there = [name for entity, name in book.facts if entity == FAMILY_TABLE]
        what = f"local = {named!r} in [ranking] is no fact of a family"
        raise BadPack(what, file=workspace.pack.dir / "pack.toml", todo=nearest(named, there))
    return fact
