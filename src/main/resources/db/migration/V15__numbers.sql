-- Whole numbers that the hub gives the records of a target which wants such ids from its clients: one per entity, for ever.
-- Written before anything is sent, so that a crash never gives an entity a second one.
CREATE TABLE hub.number (
    target text NOT NULL,
    guid   text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (target, guid),
    UNIQUE (target, number)
);
CREATE TABLE hub.number_series (
    target text PRIMARY KEY,
    next   bigint NOT NULL
);

ALTER TABLE hub.sent ADD COLUMN changed_at timestamptz;
COMMENT ON COLUMN hub.sent.changed_at IS 'the time that the write says it was made at, by the target''s clock: a repeated write says the same; null for targets that are told none';
