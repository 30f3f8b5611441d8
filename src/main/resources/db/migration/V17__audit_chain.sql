-- The audit trail: what people did, and every run. A row is chained to those before it after it was committed, by one
-- sealer at a time, so that nobody who writes a row waits for another.
ALTER TABLE hub.audit DROP CONSTRAINT audit_via_check, DROP CONSTRAINT audit_outcome_check;
ALTER TABLE hub.audit
    ADD CONSTRAINT audit_via_check CHECK (via IN ('http', 'jmx', 'command', 'hub')),
    ADD CONSTRAINT audit_outcome_check CHECK (outcome IN ('done', 'refused', 'failed', 'partial', 'cancelled')),
    ADD COLUMN run bigint,
    ADD COLUMN records bigint,
    ADD COLUMN errors bigint,
    ADD COLUMN duration_ms bigint;
COMMENT ON COLUMN hub.audit.via IS 'hub for a run, whoever asked for it: who did so is another row';
COMMENT ON COLUMN hub.audit.run IS 'id of the run in hub.run';
COMMENT ON COLUMN hub.audit.records IS 'how many records it concerned, where that is known';
COMMENT ON COLUMN hub.audit.errors IS 'how many of them were refused or could not be applied';

CREATE OR REPLACE FUNCTION hub.audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'hub.% is only ever appended to', TG_TABLE_NAME;
END $$;

CREATE TABLE hub.audit_unsealed (id bigint PRIMARY KEY);
COMMENT ON TABLE hub.audit_unsealed IS 'rows of hub.audit that are still to be sealed';
INSERT INTO hub.audit_unsealed SELECT id FROM hub.audit;

CREATE FUNCTION hub.audit_owes_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.audit_unsealed SELECT id FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER owes_seal AFTER INSERT ON hub.audit REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION hub.audit_owes_seal();

CREATE TABLE hub.audit_seal (
    seq       bigint PRIMARY KEY,
    audit_id  bigint NOT NULL UNIQUE,
    content   bytea NOT NULL,
    hash      bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT hub.now()
);
COMMENT ON COLUMN hub.audit_seal.seq IS 'one more than the seal before, without gaps';
COMMENT ON COLUMN hub.audit_seal.content IS 'SHA-256 of the row without its id';
COMMENT ON COLUMN hub.audit_seal.hash IS 'SHA-256 of the hash before, seq, audit_id and content';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hub.audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION hub.audit_is_append_only();

-- Who locks its one row seals.
CREATE TABLE hub.audit_head (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq  bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO hub.audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
