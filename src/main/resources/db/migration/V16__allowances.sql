-- What a target allows in a second, shared out among the hubs: each takes the next stretch of one time line.
CREATE TABLE hub.allowance (
    target      text NOT NULL,
    unit        text NOT NULL CHECK (unit IN ('request', 'record')),
    taken_at    timestamptz NOT NULL,
    taken_until timestamptz NOT NULL,
    PRIMARY KEY (target, unit)
);
COMMENT ON COLUMN hub.allowance.taken_until IS 'where the next stretch begins; none overlap';
COMMENT ON COLUMN hub.allowance.taken_at IS 'when the last stretch was taken: a time well ahead tells that the clock was set back';
