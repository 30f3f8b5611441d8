-- What may have left the hub and is not settled. Written before anything is sent and taken away when the outcome is
-- settled, so that a read back after a crash can tell a write of the hub's own that arrived from one that did not, and
-- both from an edit made at the target. A delivery that is uncertain and has no row here had not left yet: its base holds.
-- The record is bytes in the format of hub.link.base: people's data, to be encrypted with it.
CREATE TABLE hub.sent (
    target  text NOT NULL,
    guid    text NOT NULL,
    token   uuid NOT NULL,
    record  bytea,
    sent_at timestamptz NOT NULL,
    PRIMARY KEY (target, guid, token)
);
COMMENT ON COLUMN hub.sent.token IS 'of the claim that sent it; a later claim of the same delivery has another';
COMMENT ON COLUMN hub.sent.record IS 'an empty record is a deletion; null is a write whose content is not known any more';
ALTER TABLE hub.sent SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);

INSERT INTO hub.sent (target, guid, token, sent_at)
SELECT target, guid, gen_random_uuid(), coalesce(uncertain_since, hub.now())
FROM hub.delivery WHERE uncertain_since IS NOT NULL OR state = 'in_flight';

ALTER TABLE hub.delivery ADD COLUMN reread boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN hub.delivery.reread IS 'the target''s record is to be read and compared even if nothing changed here; the base holds';
COMMENT ON COLUMN hub.delivery.uncertain_since IS 'an earlier write may or may not have arrived: hub.sent says which; read back before trusting the base';
