DROP TABLE audit_seals, audit_events CASCADE;
DROP FUNCTION audit_next_id, audit_is_only_added_to CASCADE;
