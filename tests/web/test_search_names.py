"""How well names are found: whoever a search of every name finds, the search of words finds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

REGENCY = "1811"
SEARCH = "SELECT person_id FROM search_persons(%s, %s, %s, %s, 200)"

EVERY_NAME = """
SELECT person_id FROM person_index
WHERE area LIKE '1811%%' AND birth_year BETWEEN %(year)s - 2 AND %(year)s + 2
  AND CASE WHEN %(asked)s LIKE '%% %%' THEN similarity(search_name, %(asked)s) >= 0.45
           ELSE strpos(search_name, %(asked)s) > 0
                OR word_similarity(%(asked)s, search_name) >= 0.5 END
ORDER BY strpos(search_name, %(asked)s) = 0, similarity(search_name, %(asked)s) DESC
LIMIT 200
"""
"""Slowly and surely: each name is compared with what was asked, letter by letter."""

Mistake = Callable[[str, random.Random], str]


def _left_out(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name))
    return name[:at] + name[at + 1 :]


def _wrong(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name))
    return name[:at] + chance.choice("aeiouhkn") + name[at + 1 :]


def _twice(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name))
    return name[:at] + name[at] + name[at:]


def _swapped(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name) - 1)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _other_order(name: str, chance: random.Random) -> str:
    return " ".join(reversed(name.split()))


def _initial(name: str, chance: random.Random) -> str:
    first, *others = name.split()
    return " ".join([f"{first[0]}.", *others])


def _last_initial(name: str, chance: random.Random) -> str:
    *others, last = name.split()
    return " ".join([*others, last[0]])


def _shortened(name: str, chance: random.Random) -> str:
    first, *others = name.split()
    return " ".join([first[:3], *others])


def _as_one(name: str, chance: random.Random) -> str:
    return name.replace(" ", "", 1)


def _as_two(name: str, chance: random.Random) -> str:
    longest = max(name.split(), key=len)
    return name.replace(longest, f"{longest[:3]} {longest[3:]}", 1)


def _one_more(name: str, chance: random.Random) -> str:
    return f"{name} wulandari"


def _one_fewer(name: str, chance: random.Random) -> str:
    return " ".join(name.split()[:-1]) if name.count(" ") > 1 else name


def _in_each_word(name: str, chance: random.Random) -> str:
    words = name.split()
    return " ".join(_left_out(word, chance) if len(word) > 4 else word for word in words)


MISTAKES = [
    _left_out,
    _wrong,
    _twice,
    _swapped,
    _other_order,
    _initial,
    _last_initial,
    _shortened,
    _as_one,
    _as_two,
    _one_more,
    _one_fewer,
    _in_each_word,
]


@contextmanager
def asking(web: Any, area: str) -> Iterator[Any]:
    """The owner's connection, set to an area as a request is."""
    with web.owner() as con, con.transaction():
        con.execute("SET LOCAL search_path = r_1, public")
        con.execute(
            "SELECT set_config('app.area_from', %s, true), set_config('app.area_to', %s, true)",
            [area, f"{area}~"],
        )
        yield con


def some_people(con: Any, many: int = 40) -> list[Any]:
    """Of names of more than one word, spread over all of the area."""
    people = con.execute(
        "SELECT person_id, search_name, birth_year FROM person_index WHERE area LIKE '1811%'"
        " AND search_name ~ '^[a-z]{4,} [a-z ]{4,}$' AND birth_year IS NOT NULL ORDER BY person_id"
    ).fetchall()
    return people[:: max(1, len(people) // many)][:many]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_who_is_found_among_all_names_is_found_by_words(web: Any, mistake: Mistake) -> None:
    chance = random.Random(7)
    slow: set[str] = set()
    quick: set[str] = set()
    with asking(web, REGENCY) as con:
        people = some_people(con)
        for person, name, year in people:
            typed = mistake(name, chance)
            every = con.execute(EVERY_NAME, {"asked": typed, "year": year}).fetchall()
            slow |= {person} & {row[0] for row in every}
            by_words = con.execute(SEARCH, [typed, year, None, None]).fetchall()
            quick |= {person} & {row[0] for row in by_words}
    assert len(people) >= 30
    assert len(quick) >= len(slow), sorted(slow - quick)
    assert len(slow - quick) <= 1, sorted(slow - quick)
    assert len(quick) >= 0.9 * len(people)


def test_the_closest_name_comes_first(web: Any) -> None:
    with asking(web, REGENCY) as con:
        for person, name, year in some_people(con):
            asked = "SELECT person_id, way FROM search_persons(%s, %s, '', '', 200)"
            found = con.execute(asked, [name, year]).fetchall()
            assert (person, "same") in found
            assert found[0][1] == "same"
            assert len({row[0] for row in found}) == len(found)


def test_an_area_below_and_a_year_narrow_what_is_found(web: Any) -> None:
    with asking(web, REGENCY) as con:
        asked = "SELECT area, found_year FROM search_persons(%s, %s, %s, %s, 200)"
        for _, name, year in some_people(con, 10):
            for area, born in con.execute(asked, [name, year, "181105", "181105~"]).fetchall():
                assert area.startswith("181105") and abs(born - year) <= 2


def test_the_nation_finds_a_name_in_every_regency(web: Any) -> None:
    with asking(web, "") as con:
        con.execute("SELECT set_config('app.area_from', '!', true)")
        common = con.execute(
            "SELECT split_part(search_name, ' ', 1) FROM person_index WHERE search_name LIKE '% %'"
            " GROUP BY 1 HAVING count(DISTINCT near) > 1 AND count(*) < 100"
            " ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()[0]
        asked = "SELECT area FROM search_persons(%s, NULL, '', '', 200)"
        found = {row[0][:4] for row in con.execute(asked, [common]).fetchall()}
        assert {"1811", "1771"} <= found


def test_no_request_reads_the_words_of_names(web: Any) -> None:
    """They would tell a village the names of its neighbours."""
    calls = {
        "words_same('siti', '', '~')",
        "words_holding('siti', '', '~')",
        "words_like('siti', '', '~', 0.4, true)",
        "people_to_try(1, '{siti}', '{true}', '', '~')",
    }
    with asking(web, "") as con:
        con.execute("SELECT set_config('app.area_from', '!', true)")
        assert con.execute("SELECT count(*) FROM name_words").fetchone()[0] > 100
        con.execute("SET LOCAL ROLE tangga_app")
        assert con.execute("SELECT count(*) FROM person_index").fetchone()[0] > 100
        assert con.execute("SELECT count(*) FROM name_words").fetchone()[0] == 0
        for call in calls:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), con.transaction():
                con.execute(f"SELECT * FROM {call}")


def test_a_word_of_another_area_finds_nobody_here(web: Any) -> None:
    with asking(web, REGENCY) as con:
        elsewhere = con.execute(
            "SELECT word FROM name_words AS w WHERE near <> '1811' AND length(word) > 5 AND NOT"
            " EXISTS (SELECT FROM name_words AS o WHERE o.near = '1811'"
            " AND similarity(o.word, w.word) > 0.2) ORDER BY word LIMIT 5"
        ).fetchall()
        for (word,) in elsewhere:
            assert con.execute(SEARCH, [word, None, "!", "~"]).fetchall() == []


def test_a_search_reads_no_table_whole(web: Any) -> None:
    """Of a million people it would be most of what a search costs."""
    with asking(web, REGENCY) as con:
        scans = "SELECT pg_stat_get_xact_numscans('person_index'::regclass)"
        whole = con.execute(scans).fetchone()[0]
        for asked in ("siti", "siti aminh", "muhamad rizki pratama", "x", "sitiaminah"):
            con.execute(SEARCH, [asked, None, "", ""]).fetchall()
        assert con.execute(scans).fetchone()[0] == whole
