-- One row a person of whom a record says dead, moved or double, or perhaps dead.
-- status: dead, moved, duplicate; perhaps_dead where the civil registry's match is only possible.
-- by_registry: the civil registry says so, by exact evidence or as a possible match. Of whom a record
-- of that day or later says that they live (`restored`), the registry's death is known to be wrong.
CREATE TABLE gone_people AS
WITH said AS (
    SELECT
        person_id,
        max(on_date) FILTER (WHERE event = 'death') AS died_on,
        max(on_date) FILTER (WHERE event = 'restored') AS restored_on
    FROM {events} AS x GROUP BY person_id
),
told AS (
    SELECT
        p.person_id,
        p.family_id,
        p.area,
        CASE
            WHEN {status} IN ('dead', 'moved', 'duplicate') THEN {status}
            WHEN d.person_id IS NOT NULL THEN 'dead'
            WHEN m.person_id IS NOT NULL THEN 'perhaps_dead'
        END AS status,
        coalesce({death_date}, s.died_on, d.death_date, m.death_date) AS died_on,
        d.person_id IS NOT NULL OR m.person_id IS NOT NULL AS by_registry
    FROM persons AS p
    LEFT JOIN said AS s ON s.person_id = p.person_id
    LEFT JOIN (
        SELECT person_id, min(death_date) AS death_date FROM {deaths} AS x GROUP BY person_id
    ) AS d ON d.person_id = p.person_id AND NOT coalesce(s.restored_on >= d.death_date, FALSE)
    LEFT JOIN (
        SELECT person_id, min(death_date) AS death_date FROM {possible} AS x GROUP BY person_id
    ) AS m ON m.person_id = p.person_id AND NOT coalesce(s.restored_on >= m.death_date, FALSE)
),
received AS (
    SELECT person_id FROM {spells} AS s WHERE open
    UNION
    SELECT payee_person_id FROM {payees} AS s WHERE open
)
SELECT
    told.person_id,
    told.family_id,
    told.area,
    told.status,
    told.died_on,
    told.by_registry,
    received.person_id IS NOT NULL AS receives
FROM told LEFT JOIN received ON received.person_id = told.person_id
WHERE told.status IS NOT NULL;
CREATE INDEX ON gone_people (area);
CREATE UNIQUE INDEX ON gone_people (person_id)
