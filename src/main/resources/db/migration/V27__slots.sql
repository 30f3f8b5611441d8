-- What a target is sent at once, over all hubs: a claim holds one of its slots for as long as it holds its lanes. Only of
-- targets whose mapping sets limits.concurrency.
CREATE TABLE hub.slot (
    target       text NOT NULL,
    n            integer NOT NULL CHECK (n > 0),
    token        uuid,
    hub          uuid,
    leased_until timestamptz,
    PRIMARY KEY (target, n)
) WITH (fillfactor = 50);
COMMENT ON COLUMN hub.slot.token IS 'of the claim that holds it; null while it is free';
COMMENT ON COLUMN hub.slot.hub IS 'the process that holds it, by a number of its own that it draws when it starts';

-- Hubs that have work for a target and no slot. Who has waited for long goes first.
CREATE TABLE hub.slot_wait (
    target  text NOT NULL,
    hub     uuid NOT NULL,
    since   timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (target, hub)
) WITH (fillfactor = 50);
COMMENT ON COLUMN hub.slot_wait.seen_at IS 'when it looked last: a hub that does not look any more does not wait';

-- The newest runs of one direction, without passing by all others.
CREATE INDEX run_newest_of ON hub.run (target, direction, id DESC);
