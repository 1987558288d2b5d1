-- One row is one active family, with what lists filter and sort by; key: family_id. Only from the
-- tables that everybody in the area may read: what the case team alone may know is not in them.
CREATE TABLE family_index AS
WITH given AS (
    SELECT family_id,
           array_agg(DISTINCT programme ORDER BY programme)
               FILTER (WHERE determination = 'determined') AS programmes,
           array_agg(DISTINCT programme ORDER BY programme)
               FILTER (WHERE determination = 'waiting') AS programmes_waiting,
           array_agg(DISTINCT programme ORDER BY programme)
               FILTER (WHERE determination IS NULL AND verdict = 'not_known') AS programmes_unknown
    FROM decisions
    WHERE determination IS NOT NULL OR verdict = 'not_known'
    GROUP BY family_id
),
due AS (
    SELECT DISTINCT ON (family_id)
           family_id, rung, move, effect, notice_on, takes_effect_on
    FROM moves
    WHERE person_id IS NULL
    ORDER BY family_id, move NULLS LAST
)
SELECT f.family_id, f.area, f.village, {place_kind} AS place_kind, {rt} AS rt, {rw} AS rw,
       f.head_person_id, h.name AS head_name, h.birth_year AS head_birth_year,
       f.member_count::integer AS members,
       d.rung, d.move AS due_move, d.effect AS due_effect, d.notice_on, d.takes_effect_on,
       CASE r.decile_used WHEN 'official' THEN r.decile_official
                          WHEN 'indicative' THEN r.decile END AS decile,
       r.decile_official, r.decile_used, r.decile_on, r.decile_before, r.rank_state,
       c.months_protected, c.months_unsure,
       n.list AS cap_list, n.months_left, n.must_climb_adults, n.must_climb_most, n.extended_until,
       coalesce(g.programmes, '{{}}') AS programmes,
       coalesce(g.programmes_waiting, '{{}}') AS programmes_waiting,
       coalesce(g.programmes_unknown, '{{}}') AS programmes_unknown,
       v.family_id IS NOT NULL AS needs_visit, v.why AS visit_why, v.since AS visit_since,
       v.deadline AS visit_deadline, coalesce(v.many, 0)::integer AS visit_questions,
       q.family_id IS NOT NULL AS in_cap_queue,
       u.family_id IS NOT NULL AS graduable,
       coalesce(w.workers, '{{}}') AS workers,
       f.valid_from AS since
FROM families AS f
LEFT JOIN persons AS h ON h.person_id = f.head_person_id
LEFT JOIN due AS d ON d.family_id = f.family_id
LEFT JOIN ranking AS r ON r.family_id = f.family_id
LEFT JOIN family_clock AS c ON c.family_id = f.family_id
LEFT JOIN given AS g ON g.family_id = f.family_id
LEFT JOIN {near_cap} AS n ON n.family_id = f.family_id
LEFT JOIN {visits_asked} AS v ON v.family_id = f.family_id
LEFT JOIN (SELECT DISTINCT family_id FROM {cap_queue} AS asked) AS q ON q.family_id = f.family_id
LEFT JOIN (SELECT DISTINCT family_id FROM {graduable} AS able) AS u ON u.family_id = f.family_id
LEFT JOIN (
    SELECT family_id, array_agg(DISTINCT worker ORDER BY worker) AS workers
    FROM {assignments} AS assigned WHERE worker IS NOT NULL GROUP BY family_id
) AS w ON w.family_id = f.family_id
WHERE f.status = 'active'
