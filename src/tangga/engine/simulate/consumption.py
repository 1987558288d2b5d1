"""What families spend, where it is known or modelled: the ground of errors and of poverty.

`known` reads a fact of the family or a file; `modelled` asks the model of the run, which gives no
number but a spread of them: equally likely ones, `NODES` a family.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tangga.engine.measures.values import Floats
from tangga.engine.rank.before import FACTS as MODEL_FACTS
from tangga.engine.rank.features import table_of
from tangga.engine.rank.model import kept_model
from tangga.engine.rank.scores import batches, parts_of
from tangga.engine.simulate.consumption_file import file_sql
from tangga.engine.simulate.kinds import KINDS, ranged
from tangga.engine.simulate.opened import Opened
from tangga.engine.simulate.scenario import FACT, FILE, MODEL, Scenario, Welfare
from tangga.engine.welfare.model import POINTS, Model
from tangga.errors import UserError
from tangga.rules.on_date import OnDate

SPENT = "spent"
NODES = 20
"""Equally likely values by which a modelled family's spread is told."""


@dataclass(frozen=True)
class Consumption:
    """Families of whom it is known or modelled, in order of id, as arrays of the same length.

    family_id stands in the table `spent` in the same order (its row number). score, sigma: of a
    model, in its unit; else score is the consumption itself and sigma is None. line: rupiah a month
    and head. without: families left out, because what they spend, or the line, is not known.
    """

    score: Floats
    sigma: Floats | None
    line: Floats
    people: Floats
    without: int
    errors: tuple[float, ...] = ()
    log: bool = False

    @property
    def nodes(self) -> Iterator[Floats]:
        """Equally likely consumptions of all, rupiah a month and head; one where it is known."""
        if self.sigma is None:
            yield self.score
            return
        for error in self.errors:
            value = self.score + self.sigma * error
            yield np.exp(value) if self.log else np.maximum(value, 0.0)

    @property
    def weight(self) -> Floats:
        """Half, a third ...: what each node counts, as many as there are."""
        return np.full(len(self.errors) or 1, 1 / (len(self.errors) or 1))


OF_CONSUMPTION = ("exclusion", "inclusion", "poverty", "poverty_gap", "poverty_severity")


def lacks(opened: Opened, scenario: Scenario) -> bool:
    """Whether a scenario asks for a model that the run did not apply: then errors and poverty are
    left out. UserError where a check of the scenario needs them."""
    if scenario.welfare is None or scenario.welfare.source != MODEL or _applied(opened):
        return False
    for check in scenario.checks:
        if check.measure in OF_CONSUMPTION:
            what = f"the check of {check.measure} needs a model of welfare: the run applied none"
            line = check.place.line if check.place else None
            todo = "Name one in tangga.toml and run again, or take consumption from a file"
            raise UserError(what, file=scenario.file, line=line, todo=todo)
    return True


def _applied(opened: Opened) -> bool:
    return kept_model(opened.run.folder) is not None and opened.run.has("rank", MODEL_FACTS)


def consumption(opened: Opened, today: OnDate, welfare: Welfare) -> Consumption:
    """What families spend, from where the scenario says; makes the table `spent` of the connection,
    in order of family_id. UserError where the run does not hold it."""
    if welfare.source in (FACT, FILE):
        return _known(opened, today, welfare)
    return _modelled(opened)


def _known(opened: Opened, today: OnDate, welfare: Welfare) -> Consumption:
    con = opened.steps.con
    facts = opened.before("facts")
    line = _plain(opened, today, welfare.line)
    if welfare.source == FACT:
        fact = _plain(opened, today, welfare.fact)
        rows = f"(SELECT family_id, {fact} AS y FROM {facts} AS f)"
    else:
        assert welfare.file is not None  # the scenario was read so
        rows = f"({file_sql(opened, welfare.file)})"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _known AS SELECT k.family_id, k.people, r.y::DOUBLE AS y, "
        f"{line}::DOUBLE AS line FROM {KINDS} AS k JOIN {facts} AS f ON f.family_id = k.family_id "
        f"LEFT JOIN {rows} AS r ON r.family_id = k.family_id WHERE k.people > 0"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {SPENT} AS "
        "SELECT * FROM _known WHERE y IS NOT NULL AND y >= 0 AND line > 0 ORDER BY family_id"
    )
    found = con.execute(f"SELECT y, line, people FROM {SPENT} ORDER BY rowid").fetchnumpy()
    ((total,),) = con.execute("SELECT count(*) FROM _known").fetchall()
    con.execute("DROP TABLE _known")
    values = (np.asarray(found[name], dtype=np.float64) for name in ("y", "line", "people"))
    y, lines, people = values
    return Consumption(y, None, lines, people, int(total) - len(y))


def _plain(opened: Opened, today: OnDate, fact: str) -> str:
    """A fact of a family `f` of the run, NULL where only a range is known."""
    low, high = ranged(today, fact)
    if not {low, high} <= opened.columns("facts"):
        what = f"the run does not hold the fact {fact!r}: no rule of the day reads it"
        raise UserError(what, todo="Name one that a rule reads, or give a file")
    return f'CASE WHEN f."{low}" = f."{high}" THEN f."{low}" END'


def _modelled(opened: Opened) -> Consumption:
    model = kept_model(opened.run.folder)
    assert model is not None  # `lacks` was asked
    con = opened.steps.con
    con.register("_scored", _scores(opened, model))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE _known AS SELECT s.*, k.people "
        f"FROM _scored AS s JOIN {KINDS} AS k ON k.family_id = s.family_id WHERE k.people > 0"
    )
    con.unregister("_scored")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {SPENT} AS "
        "SELECT * FROM _known WHERE score IS NOT NULL AND line > 0 ORDER BY family_id"
    )
    found = con.execute(
        f"SELECT score, sigma, line, people FROM {SPENT} ORDER BY rowid"
    ).fetchnumpy()
    ((total,),) = con.execute(f"SELECT count(*) FROM {KINDS} WHERE people > 0").fetchall()
    con.execute("DROP TABLE _known")
    names = ("score", "sigma", "line", "people")
    score, sigma, line, people = (np.asarray(found[name], dtype=np.float64) for name in names)
    return Consumption(
        score, sigma, line, people, int(total) - len(score), _errors(model), model.log
    )


def _errors(model: Model) -> tuple[float, ...]:
    """The middles of equally likely parts of the model's standardised error."""
    chances = np.linspace(0, 1, len(model.quantiles))
    middles = (np.arange(NODES) + 0.5) / NODES
    return tuple(float(one) for one in np.interp(middles, chances, model.quantiles))


def _scores(opened: Opened, model: Model) -> pa.Table:
    """family_id, score, sigma (in units of the model; NULL without a score) and line."""
    pieces = []
    for file in parts_of(opened.run.folder / "rank" / MODEL_FACTS):
        for rows in batches(file, model):
            scored = model.score(table_of(model, rows))
            shock = rows.column("_shock").to_numpy().astype(np.float64) * model.shock
            absent = ~scored.known
            pieces.append(
                pa.table(
                    {
                        "family_id": rows.column("family_id"),
                        "score": pa.array(scored.score / POINTS - shock, mask=absent),
                        "sigma": pa.array(np.nan_to_num(scored.sigma), mask=absent),
                        "line": rows.column("_line").cast(pa.float64()),
                    }
                )
            )
    return pa.concat_tables(pieces)
