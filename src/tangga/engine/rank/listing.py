"""The list of families whose official decile changed, as a file for an office.

Headings and words are in the language of the pack's letters: codes never stand alone, names of
areas stand beside theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tangga.engine import export
from tangga.engine.rank.changes import changes_sql
from tangga.engine.rank.codes import ABSENT, STATES
from tangga.engine.rank.compare import SIDES, Compared, places
from tangga.engine.rank.views import families, programmes
from tangga.texts import LANGUAGES, say

RANK_STATE = "rank_state"
CHANGES = ("rose", "fell", "lost", "gained")
CROSSED = ("out", "in")


def write_list(of: Compared, to: Path) -> int:
    """Write one row a family that changed, in order of village; returns the rows.

    to: a file of a format that `tangga export` knows, checked before.
    """
    of.con.register("places", places(of))
    return export.write(of.con, _list_sql(of), to, lambda _done: None)


def _list_sql(of: Compared) -> str:
    run = of.run
    changes = changes_sql(SIDES, families(run), run.scan("rank", "releases"))
    there = run.columns("resolve", "families")
    card = "f.kk" if "kk" in there else "NULL::VARCHAR"
    person = run.columns("resolve", "persons")
    name = "h.name" if "name" in person else "NULL::VARCHAR"
    head = _heading
    return f"""
SELECT c.village AS {head("village_code")}, p.village AS {head("village")},
       p.district AS {head("district")}, p.regency AS {head("regency")},
       c.family_id AS {head("family_id")}, {card} AS {head("card")}, {name} AS {head("head")},
       c.release_before AS {head("release_before")}, c.decile_before AS {head("decile_before")},
       c.release AS {head("release")}, c.decile AS {head("decile")}, c.steps AS {head("steps")},
       {_words("c.change", _said(CHANGES))} AS {head("change")},
       {_words("c.crossed", _said(CROSSED))} AS {head("crossed")},
       {_words("c.state_before", _states(of))} AS {head("state_before")},
       {_words("c.state", _states(of))} AS {head("state")},
       g.programmes AS {head("programmes")}
FROM ({changes}) AS c
JOIN {run.scan("resolve", "families")} AS f ON c.family_id = f.family_id
LEFT JOIN {run.scan("resolve", "persons")} AS h ON f.head_person_id = h.person_id
LEFT JOIN places AS p ON c.village = p.code
LEFT JOIN ({_programmes(of)}) AS g ON c.family_id = g.family_id
{f"WHERE starts_with(c.village, '{of.area}')" if of.area else ""}
ORDER BY c.village NULLS LAST, c.family_id"""


def _programmes(of: Compared) -> str:
    codes = of.pack.codes.get("programme")
    labels = {c: codes.label(c, of.pack.languages[0]) for c in codes.codes} if codes else {}
    return (
        f"SELECT family_id, string_agg({_words('programme', labels)}, '; ' ORDER BY programme) "
        f"AS programmes FROM {programmes(of.run)} GROUP BY family_id"
    )


def _states(of: Compared) -> dict[str, str]:
    """States of a rank in the words of the pack; the one that only a comparison has in ours."""
    codes, language = of.pack.codes.get(RANK_STATE), of.pack.languages[0]
    said = {c: codes.label(c, language) for c in codes.codes} if codes else {}
    return said | {STATES[ABSENT]: say("ranks.not_listed", LANGUAGES[0])}


def _said(codes: tuple[str, ...]) -> dict[str, str]:
    return {code: say(f"ranks.said_{code}", LANGUAGES[0]) for code in codes}


def _words(column: str, labels: Mapping[str, str]) -> str:
    """SQL of a code in words; itself where it has none."""
    cases = " ".join(f"WHEN {_text(code)} THEN {_text(said)}" for code, said in labels.items())
    return f"CASE {column} {cases} ELSE {column} END" if cases else column


def _heading(name: str) -> str:
    return '"' + say(f"ranks.column_{name}", LANGUAGES[0]).replace('"', '""') + '"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
