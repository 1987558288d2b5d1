-- One row is one family to which one official release gives two ranks; key: family_id,
-- decile_release, decile_on. A rank of 0 is a family that the release has without one.
SELECT family_id, release AS decile_release, on_date AS decile_on, low AS lowest, high AS highest,
       current
FROM $official WHERE low <> high ORDER BY family_id, number
