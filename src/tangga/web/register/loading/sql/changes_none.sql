-- A first release: there is nothing to compare it with.
CREATE TABLE changes (
    family_id text COLLATE "C", area text COLLATE "C", area_before text, kind text,
    before text, after text, reason text
)
