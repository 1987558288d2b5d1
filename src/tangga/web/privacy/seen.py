"""Who saw a person's data, and whose data an account saw: both from the trail, and from what the
trail points at (the families of papers, and of lists that left the service)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tangga.texts import Language
from tangga.web.access import access
from tangga.web.audit.views import word
from tangga.web.database.rows import one, rows
from tangga.web.database.scope import FIRST
from tangga.web.pack import area_name
from tangga.web.privacy.held import Whom
from tangga.web.register.made import INDEX
from tangga.web.viewer import Viewer

# A paper's id stands in the trail as text, beside ids of other things.
PAPERS_OF = """
SELECT n.paper_id::text AS id FROM public.papers_named AS n
WHERE n.person_id = %(person)s OR (n.family_id = %(family)s AND %(family)s <> '')
UNION SELECT p.id::text FROM public.papers_paper AS p
WHERE p.person_id = %(person)s
    OR (p.family_id = %(family)s AND p.person_id = '' AND %(family)s <> '')
"""
TAKEN_OF = """
SELECT t.request FROM public.privacy_taken AS t
WHERE t.families @> ARRAY[%(family)s]::varchar[] AND %(family)s <> ''
"""
# What somebody reported about them: neither that it was taken in nor who looked at it is told them.
REPORTS_OF = """
SELECT i.number FROM public.work_item AS i
WHERE i.kind = 'report' AND i.family_id = %(family)s AND %(family)s <> ''
"""
WHO_SAW = f"""
WITH papers AS MATERIALIZED ({PAPERS_OF}), taken AS MATERIALIZED ({TAKEN_OF}),
    reports AS MATERIALIZED ({REPORTS_OF})
SELECT e.at, e.what, e.role, e.post_area, coalesce(nullif(u.name, ''), u.username, '') AS by_name,
    e.reason
FROM public.audit_events AS e LEFT JOIN public.accounts_user AS u ON u.id = e.by_user
WHERE (e.person_id = %(person)s
    OR (e.family_id = %(family)s AND coalesce(e.person_id, '') = '' AND %(family)s <> '')
    OR (%(family)s <> '' AND e.about->'families' @> to_jsonb(%(family)s::text))
    OR e.about->>'paper' IN (SELECT id FROM papers)
    OR (e.request <> '' AND e.request IN (SELECT request FROM taken)
        AND e.what = ANY(%(files)s)))
    AND (e.about->>'item' IS NULL OR e.about->>'item' NOT IN (SELECT number FROM reports))
ORDER BY e.at DESC LIMIT %(most)s
"""
ACCOUNT = """
SELECT u.id, u.username, u.name FROM public.accounts_user AS u WHERE u.username = lower(%s)
"""
EVENTS = """
WITH mine AS MATERIALIZED (
    SELECT e.id, e.at, e.what, e.family_id, e.person_id, e.area, e.about, e.request,
        CASE WHEN length(e.about->>'paper') = 36 THEN (e.about->>'paper')::uuid END AS paper
    FROM public.audit_events AS e
    WHERE e.by_user = %(account)s AND e.at >= %(since)s AND e.at < %(until)s
)
"""
SAW = f"""{EVENTS}, named AS (
    SELECT m.family_id, m.at, m.what FROM mine AS m WHERE m.family_id <> ''
    UNION ALL
    SELECT f.id, m.at, m.what FROM mine AS m
    CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(m.about->'families') WHEN 'array' THEN m.about->'families' END
    ) AS f (id)
    UNION ALL
    SELECT n.family_id, m.at, m.what FROM mine AS m CROSS JOIN LATERAL (
        SELECT p.family_id FROM public.papers_named AS p
        WHERE p.paper_id = m.paper AND p.family_id <> '' OFFSET 0
    ) AS n
    UNION ALL
    SELECT n.family_id, m.at, m.what FROM mine AS m CROSS JOIN LATERAL (
        SELECT p.family_id FROM public.papers_paper AS p
        WHERE p.id = m.paper AND p.family_id <> '' OFFSET 0
    ) AS n WHERE coalesce(m.family_id, '') = ''
    UNION ALL
    SELECT f.id, m.at, m.what FROM mine AS m CROSS JOIN LATERAL (
        SELECT unnest(t.families) AS id FROM public.privacy_taken AS t
        WHERE t.request = m.request AND t.by_id = %(account)s OFFSET 0
    ) AS f WHERE m.request <> '' AND m.what = ANY(%(files)s)
), told AS MATERIALIZED (
    SELECT n.family_id, count(*) AS times, min(n.at) AS first, max(n.at) AS last,
        array_agg(DISTINCT n.what) AS words, count(*) OVER () AS families
    FROM named AS n GROUP BY n.family_id ORDER BY max(n.at) DESC, n.family_id
    LIMIT %(most)s OFFSET %(skip)s
)
SELECT told.*, f.head_name, f.area FROM told
LEFT JOIN LATERAL (
    SELECT i.head_name, i.area FROM {INDEX} AS i WHERE i.family_id = told.family_id OFFSET 0
) AS f ON true
ORDER BY told.last DESC, told.family_id
"""
NO_INDEX = SAW.replace(
    f"SELECT i.head_name, i.area FROM {INDEX} AS i WHERE i.family_id = told.family_id OFFSET 0",
    "SELECT NULL AS head_name, NULL AS area",
)
# What cannot be told by family: searches through the API, and files taken before this was kept.
BLIND = f"""{EVENTS}
SELECT m.at, m.what, m.area, m.about->>'list' AS list, (m.about->>'rows') AS rows
FROM mine AS m
WHERE m.what IN ('exported', 'exported_whole', 'api_page', 'api_search', 'api_families')
    AND NOT EXISTS (
        SELECT FROM public.privacy_taken AS t WHERE t.request = m.request AND m.request <> ''
    )
    AND jsonb_typeof(m.about->'families') IS DISTINCT FROM 'array'
ORDER BY m.at DESC LIMIT %(most)s
"""
FILES = ["exported", "exported_whole", "payment_file", "api_page", "api_families"]
"""Events of which the families stand in `privacy_taken`, under the same request."""

MOST_EVENTS = 5000
MOST_BLIND = 200


@dataclass(frozen=True)
class Looked:
    """One event in which somebody had a person's data before them."""

    at: datetime
    word: str
    who: str
    role: str
    office: str
    reason: str


def who_saw(whom: Whom, language: Language) -> list[Looked]:
    """The events of a person, the newest first: those of places that the viewer sees.

    Of a family's events those that were about another member are not the person's.
    """
    asked = {"person": whom.person, "family": whom.family, "most": MOST_EVENTS}
    return [_looked(row, language) for row in rows(WHO_SAW, asked | {"files": FILES})]


def _looked(row: Mapping[str, Any], language: Language) -> Looked:
    role = access().roles.get(row["role"])
    return Looked(
        at=row["at"],
        word=word(row["what"], language),
        who=row["by_name"],
        role=role.label(language) if role else row["role"],
        office=area_name(row["post_area"], language) if row["role"] else "",
        reason=row["reason"],
    )


@dataclass(frozen=True)
class Asked:
    """Whose doings, between which moments (since inclusive, until exclusive)."""

    account: int
    since: datetime
    until: datetime


def account_of(name: str) -> dict[str, Any] | None:
    """id, username and name of an account; None where there is none of that name."""
    return one(ACCOUNT, [name])


def whose_data(asked: Asked, viewer: Viewer, *, most: int, skip: int = 0) -> list[dict[str, Any]]:
    """Families that an account had before it: how often, first, last, in what doings. `families` of
    each row: how many there are in all. Only events of places that the viewer sees."""
    query = SAW if one("SELECT to_regclass(%s) AS there", [INDEX])["there"] else NO_INDEX  # type: ignore[index]
    found = rows(query, {**_said(asked), "most": most, "skip": skip})
    language = viewer.language
    for row in found:
        row["words"] = sorted({word(what, language) for what in row["words"]})
        known = row["area"] is not None and viewer.sight("identity") == "full"
        row["head_name"] = row["head_name"] if known else None
    return found


def not_by_family(asked: Asked, language: Language) -> list[dict[str, Any]]:
    """Doings of which the families were not kept: at, word, area, list, rows."""
    found = rows(BLIND, {**_said(asked), "most": MOST_BLIND})
    for row in found:
        row["word"] = word(row["what"], language)
        row["area"] = "" if row["area"] == FIRST else row["area"]
    return found


def _said(asked: Asked) -> dict[str, Any]:
    between = {"since": asked.since, "until": asked.until}
    return {"account": asked.account, "files": FILES, **between}
