"""How poor a family is held to be, by whom, since when, and who may change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tangga.engine.explain.data import Explanation
from tangga.engine.explain.decided import Told, day_words, labels
from tangga.engine.explain.estimated import estimate_of, scorer_of
from tangga.engine.explain.meanwhile import Known, changed_between
from tangga.engine.explain.ranked_by import ranker, set_by
from tangga.engine.explain.ranked_data import Changed, Contradiction, Official, Rank, Release
from tangga.engine.explain.register import Register, Row
from tangga.engine.explain.words import Words, joined, words
from tangga.errors import Conflict
from tangga.rules.answer import NO, NOT_KNOWN, YES
from tangga.rules.conditions import Condition
from tangga.rules.facts import Key
from tangga.rules.names import FAMILY_TABLE
from tangga.rules.on_date import OnDate
from tangga.rules.signals import rank_indications
from tangga.texts import LANGUAGES

STAGE = "rank"
RANK_FACTS = ("decile", "decile_before", "decile_release", "decile_on", "rank_state")
"""Facts of a family that are its rank."""
NOT_RANKED = "not_ranked"
TOLD_APART = ("ranked", NOT_RANKED)
"""States in which a release says for certain what a family's rank is."""
STAGE_OF_INDICATIONS, INDICATIONS = "plan", "rank_indications"
VERDICTS = {YES: "fits", NO: "does_not_fit", NOT_KNOWN: "not_known"}
ORDER = ("fits", "not_known", "does_not_fit")
SEMICOLON = Words.same("; ")


def with_rank(
    explanation: Explanation,
    register: Register,
    today: OnDate | None,
    family_id: str | None,
    told: Told | None = None,
) -> Explanation:
    """The same with the rank of its family; as it is where the run ranked nobody.

    today: the rules of the run's day; None where they are no longer those of the run: then features
    are called as the model calls them, and no decision is named. told: what was decided.
    """
    rows = register.rows(STAGE, "ranking", "family_id = ?", [family_id]) if family_id else []
    if not rows or family_id is None:
        return explanation
    scorer, said = scorer_of(register, today), _said(register, rows[0])
    columns = scorer.columns if scorer else frozenset()
    known = Known(register, family_id, columns, said.moved)
    official = _official(register, known, rows[0], said)
    if official is not None and told is not None and today is not None:
        official = replace(official, rests=tuple(_rests(register, told, today)))
    estimated = estimate_of(register, scorer, known, rows[0])
    rank = Rank(
        family_id=family_id,
        official=official,
        estimate=estimated.estimate,
        extra=estimated.extra,
        indications=tuple(_indications(told)),
        who=tuple(_who(register, official, ranked=estimated.ranked)),
    )
    return replace(explanation, rank=rank)


def _who(register: Register, official: Official | None, *, ranked: bool) -> Iterator[Words]:
    by, office = ranker(register), register.pack.ranker
    if by is not None and office is not None:
        full = Words(*(office[language] for language in LANGUAGES))
        yield words("rank_who", by=by, office=full)
    elif official is not None:
        yield words("rank_who_unnamed")
    elif ranked:
        yield words("rank_who_model")


# --- the official rank ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Said:
    """What releases say of a family. now: in the one that decides; None: in none of those.
    before: in the one before of the same source; elsewhere: in a newer one of another source."""

    all: tuple[Release, ...]
    now: Release | None
    before: Release | None
    elsewhere: Release | None = None

    @property
    def moved(self) -> bool:
        """Whether both say for certain what the rank is, and it is not the same."""
        both = (self.now, self.before)
        if any(one is None or one.state not in TOLD_APART for one in both):
            return False
        return len({one.decile for one in both if one is not None}) > 1


def _official(register: Register, known: Known, row: Row, said: _Said) -> Official | None:
    """The rank that an office has set; None where none ever ranks here."""
    newest = _newest(register)
    if ranker(register) is None and newest is None:
        return None
    changed: tuple[Changed, ...] = ()
    if said.moved and said.now is not None and said.before is not None:
        changed = changed_between(known, said.before.released_on, said.now.released_on)
    now = said.now
    official = Official(
        by=set_by(register, known.family_id, now),
        decile=row["decile_official"],
        release=now.release if now else None,
        released_on=now.released_on if now else None,
        before=said.before.decile if said.before else None,
        state=row["rank_state"],
        moved=said.moved,
        words=(),
        releases=said.all,
        changed=changed,
    )
    sentences = _sentences(register, known.family_id, official, said, newest)
    return replace(official, words=tuple(sentences))


def _newest(register: Register, of: Release | None = None) -> Row | None:
    """The newest release in force, of the sources of a release; None where none was received."""
    if "newest" not in register.prepared:
        where = "state = 'in_force' ORDER BY number DESC"
        register.prepared["newest"] = register.rows(STAGE, "releases", where)
    rows: list[Row] = register.prepared["newest"]
    return next((row for row in rows if of is None or row["source"] in of.sources), None)


def _said(register: Register, row: Row) -> _Said:
    where = "family_id = ? ORDER BY number DESC"
    rows = register.rows(STAGE, "rank_history", where, [row["family_id"]])
    releases = tuple(_release(one) for one in rows)
    in_force = (row["decile_release"], row["decile_on"])
    places = [n for n, one in enumerate(releases) if (one.release, one.released_on) == in_force]
    if not places:
        return _Said(releases, None, releases[0] if releases else None)
    now, earlier = releases[places[0]], releases[places[0] + 1 :]
    before = next((one for one in earlier if not now.sources.isdisjoint(one.sources)), None)
    elsewhere = earlier[0] if earlier and earlier[0] != before else None
    return _Said(releases, now, before, elsewhere)


def _release(row: Row) -> Release:
    said = words(
        "rank_in_release",
        release=row["release"],
        day=day_words(row["released_on"]),
        said=_rank_words(row["decile"], row["rank_state"]),
    )
    return Release(
        release=row["release"],
        released_on=row["released_on"],
        source=row["source"],
        decile=row["decile"],
        state=row["rank_state"],
        words=said,
    )


def _rank_words(decile: int | None, state: str | None) -> Words:
    """A rank in a few words: decile 4, without a decile, two deciles."""
    if decile is not None:
        return words("rank_then_decile", decile=decile)
    return words(f"rank_short_{state or NOT_RANKED}")


def _sentences(
    register: Register, family_id: str, official: Official, said: _Said, newest: Row | None
) -> Iterator[Words]:
    """The rank and its change, as they are told to the family."""
    if said.now is None:
        yield from _absent(said, _newest(register, said.before) or newest)
        return
    given = {"release": said.now.release, "day": day_words(said.now.released_on)}
    match official.state:
        case "ranked" if official.by is not None:
            yield words("rank_official", decile=official.decile or 0, by=official.by, **given)
        case "ranked":
            named = "unnamed" if ranker(register) is None else "unstated"
            yield words(f"rank_official_{named}", decile=official.decile or 0, **given)
        case "two_ranks" | "ranked_and_not" as state:
            records = _of_records(register, family_id, said.now)
            yield words(f"rank_{state}", said=records, **given)
        case "unreadable":
            yield words("rank_unreadable", **given)
        case _:
            yield words("rank_not_ranked", **given)
    if said.before is not None:
        yield from _change(official, said.before)
    if said.elsewhere is not None:
        source, then = said.elsewhere.source, said.elsewhere.words
        yield words("rank_elsewhere", source=source, said=then)


def _absent(said: _Said, newest: Row | None) -> Iterator[Words]:
    if newest is None or said.before is None:
        yield words("rank_in_none" if newest else "rank_no_release")
        return
    yield words(
        "rank_dropped",
        release=newest["release"],
        day=day_words(newest["released_on"]),
        last=said.before.words,
    )


def _of_records(register: Register, family_id: str, release: Release) -> Words:
    """What each record of a release says, where they contradict each other."""
    where = "family_id = ? AND decile_release = ? ORDER BY source, source_id"
    rows = register.rows(STAGE, "rank_review", where, [family_id, release.release])
    said = (
        words(
            "rank_of_record",
            record=f"{row['source']}:{row['source_id']}",
            said=_rank_words(row["decile"], NOT_RANKED),
        )
        for row in rows
    )
    return joined(said, SEMICOLON)


def _change(official: Official, before: Release) -> Iterator[Words]:
    """What became of the rank since the release before."""
    given = {"release": before.release, "day": day_words(before.released_on)}
    now, then = official.decile, before.decile
    if then is None:
        if now is not None:
            yield words("rank_before_none", said=_rank_words(None, before.state), **given)
    elif now is None:
        yield words("rank_before", decile=then, **given)
    elif now == then:
        yield words("rank_same", **given)
    else:
        key = "rank_rose" if now > then else "rank_fell"
        yield words(key, decile=then, n=abs(now - then), **given)


def _indications(told: Told | None) -> Iterator[Contradiction]:
    """What contradicts the official rank, with why. Conflict where the run stored another."""
    if told is None or told.teller is None:
        return
    teller = told.teller
    family, register = teller.family, teller.register
    found = rank_indications(family.today, family.facts)
    stored = register.rows(STAGE_OF_INDICATIONS, INDICATIONS, "family_id = ?", [family.id])
    ids = {one.signal.id for one in found}
    if register.has(STAGE_OF_INDICATIONS, INDICATIONS) and ids != {r["indication"] for r in stored}:
        raise Conflict("the indications of a wrong rank that the run stored are not those of now")
    for one in found:
        reasons = [(reason.requirement, reason.finding) for reason in one.reasons]
        yield Contradiction(
            indication=one.signal.id,
            words=words("rank_indication", label=labels(one.signal.labels)),
            because=teller.sentences(reasons, FAMILY_TABLE),
            do=words("rank_check", do=labels(one.signal.check)),
        )


# --- what rests on it -------------------------------------------------------------------------


def _rests(register: Register, told: Told, today: OnDate) -> Iterator[Words]:
    """The programmes whose verdict rests on the rank, by verdict; the due moves that read it."""
    resting = _resting(register, today)

    def reads(subject: str, condition: Condition) -> bool:
        return not resting.isdisjoint(today.facts.uses([(subject, condition)]))

    by_verdict: dict[str, list[Words]] = {}
    for one in told.decided:
        unit = one.programme.unit
        if any(reads(unit, reason.requirement.condition) for reason in one.verdict.reasons()):
            names = by_verdict.setdefault(VERDICTS[one.verdict.answer], [])
            names.append(labels(one.programme.labels))
    said = [
        words(
            "rank_rest", said=words(f"verdict_{verdict}"), programmes=joined(dict.fromkeys(names))
        )
        for verdict, names in sorted(by_verdict.items(), key=lambda one: ORDER.index(one[0]))
    ]
    if said:
        yield words("rank_rests", said=joined(said, SEMICOLON))
    rules = {move.id: (move.subject, rule.says.requires) for move, rule in today.moves}
    for due in told.ladder.due if told.ladder else ():
        subject, requires = rules[due.move]
        if any(reads(subject, one.condition) for one in requires):
            yield words("rank_rests_move", move=due.label)


def _resting(register: Register, today: OnDate) -> frozenset[Key]:
    """The facts that are a rank or are made from one; found once for a register."""
    if "resting" not in register.prepared:
        found = {(FAMILY_TABLE, name) for name in RANK_FACTS}
        for key, fact in today.facts.facts.items():  # each after those from which it is made
            if not found.isdisjoint(fact.needs):
                found.add(key)
        register.prepared["resting"] = frozenset(found)
    resting: frozenset[Key] = register.prepared["resting"]
    return resting
