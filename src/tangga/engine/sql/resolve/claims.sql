-- One row is one old id and one group that holds records of it; key: id, grp.
SELECT old.id, now.grp, count(*) AS records, min(now.rid) AS key
FROM $before AS old JOIN $now AS now ON old.rid = now.rid
GROUP BY old.id, now.grp
