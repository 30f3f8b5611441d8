-- What a target is given at a time steps down by itself when it slows or refuses. Kept, so that every hub, and one that was
-- restarted, goes on from there, and so that it can be seen.
ALTER TABLE hub.target
    ADD COLUMN load_batch_size integer CHECK (load_batch_size > 0),
    ADD COLUMN load_writers integer CHECK (load_writers > 0),
    ADD COLUMN load_reason text,
    ADD COLUMN load_since timestamptz;
COMMENT ON COLUMN hub.target.load_batch_size IS 'records in a batch for now; null while as configured';
COMMENT ON COLUMN hub.target.load_since IS 'when it was lowered last, for load_reason';
