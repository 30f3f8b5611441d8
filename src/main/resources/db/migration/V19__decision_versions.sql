-- As which version, and when by its own clock, each side held what a decision weighed, and by what the conflict was seen.
ALTER TABLE hub.decision
    ADD COLUMN internal_version text,
    ADD COLUMN internal_at      timestamptz,
    ADD COLUMN external_version text,
    ADD COLUMN external_at      timestamptz,
    ADD COLUMN seen_by          text;
