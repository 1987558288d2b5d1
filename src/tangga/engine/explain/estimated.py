"""What the model of a run says of one family: from which facts of the register, and of whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tangga.engine.explain.asked_facts import Asked
from tangga.engine.explain.fact_trials import fact_trials
from tangga.engine.explain.feature_facts import FeatureFacts
from tangga.engine.explain.meanwhile import Known
from tangga.engine.explain.rank_words import chance
from tangga.engine.explain.ranked_data import RankExplanation
from tangga.engine.explain.register import Register, Row
from tangga.engine.explain.scored import Naming, Standing, explain_row
from tangga.engine.explain.words import Words, words
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.places import Places
from tangga.errors import Conflict
from tangga.rules.on_date import OnDate
from tangga.texts import LANGUAGES, decimal

STAGE, TABLE, PLACES = "rank", "model_facts", "rank_places"
EVEN = 0.5


@dataclass(frozen=True)
class Estimated:
    """estimate: None where no model ran. ranked: whether the model gives deciles here."""

    estimate: RankExplanation | None = None
    extra: tuple[Words, ...] = ()
    ranked: bool = False


@dataclass(frozen=True)
class Scorer:
    """The model that a run applied, and what it asks of the register; None where the rules of the
    run are not known any more."""

    model: Model
    asked: Asked | None

    @property
    def columns(self) -> frozenset[str]:
        """The columns of persons that may be behind a feature."""
        return self.asked.columns if self.asked else frozenset()


def scorer_of(register: Register, today: OnDate | None) -> Scorer | None:
    """The model that the run applied; None where it applied none. Prepared once for a register."""
    key = (Scorer, today and today.day)
    if key not in register.prepared:
        register.prepared[key] = _scorer(register, today)
    found: Scorer | None = register.prepared[key]
    return found


def _scorer(register: Register, today: OnDate | None) -> Scorer | None:
    from tangga.engine.rank.model import kept_model

    model = kept_model(register.run.folder)
    if model is None or not register.has(STAGE, TABLE):
        return None
    return Scorer(model, None if today is None else Asked.of(model, today))


def estimate_of(register: Register, scorer: Scorer | None, known: Known, row: Row) -> Estimated:
    """What the run's model says of a family, from the values that it scored.

    row: of `ranking`. Without the rules of the run features are called as the model calls them.
    Conflict where the score or the chance is not the run's, where contributions do not add up to
    the score, or where the facts of the register give other values.
    """
    from tangga.engine.rank.features import table_of

    if scorer is None:
        return Estimated()
    rows = register.con.execute(
        f"SELECT * FROM {register.run.scan(STAGE, TABLE)} WHERE family_id = ?", [known.family_id]
    ).to_arrow_table()
    if not rows.num_rows:
        return Estimated(extra=(words("rank_nobody"),))
    model, facts = scorer.model, None
    if scorer.asked is not None:
        facts = FeatureFacts(register, known, scorer.asked)
    standing = _standing(register, model, row, rows.column("_people")[0].as_py())
    naming = Naming() if facts is None else Naming(facts.label, facts.value, facts.level)
    table = table_of(model, rows)
    trials = None if facts is None else fact_trials(facts, table, naming)
    found = explain_row(model, table, 0, standing=standing, naming=naming, trials=trials)
    _agree(found, row)
    if facts is not None:
        facts.agree(model.features, table)
        found = replace(found, parts=tuple(facts.told(part) for part in found.parts))
    return Estimated(found, tuple(_extra(row, model)), ranked=standing is not None)


def _standing(register: Register, model: Model, row: Row, people: int) -> Standing | None:
    """Where the family stands, where the model ranks; None where it has no decile."""
    if row["decile"] is None or not register.has(STAGE, PLACES):
        return None
    spans = register.con.execute(
        f"SELECT first, last, below, weight FROM {register.run.scan(STAGE, PLACES)} ORDER BY first"
    ).fetchnumpy()
    places = Places(*(np.asarray(spans[c]) for c in ("first", "last", "below", "weight")))
    by_people = model.about.get("speak_of", "people") == "people"
    weight = people if by_people else 1
    given = {name: row[f"decile_{name}"] for name in ("raw", "local", "before")}
    return Standing(places, weight, row["decile"], since=row["decile_on"], **given)


def _agree(found: RankExplanation, row: Row) -> None:
    """The model says again what the run has stored, and its parts add up to it."""
    likely = None if row["probability"] is None else float(row["probability"])
    if found.score != row["score"] or found.poor != likely:
        raise Conflict(
            f"the run stored the score {row['score']} and the chance {likely}, its model and "
            f"facts say {found.score} and {found.poor}"
        )
    added = found.intercept + sum(part.points for part in found.parts)
    if found.score is not None and added != found.score:
        raise Conflict(f"contributions add up to {added}, the score is {found.score}")


def _extra(row: Row, model: Model) -> Iterator[Words]:
    from tangga.engine.rank.model import weak_r2

    r2 = weak_r2(model)
    if r2 is not None and row["score"] is not None:
        yield words("rank_weak", r2=Words(*(decimal(r2, one) for one in LANGUAGES)))
    # Who is likely poor now is not told how likely it is to become so.
    if row.get("falls") is not None and row["poor_now"] < EVEN:
        yield words("rank_falls", chance=chance(float(row["falls"])))
