-- What came from the targets and could not be applied, and every decision that was taken between two sides.

CREATE TABLE hub.parked (
    target      text NOT NULL,
    external_id text NOT NULL,
    kind        text NOT NULL,
    guid        text,
    reason_code text NOT NULL,
    reason      text NOT NULL,
    first_seen  timestamptz NOT NULL DEFAULT hub.now(),
    last_seen   timestamptz NOT NULL DEFAULT hub.now(),
    seen        integer NOT NULL DEFAULT 1,
    PRIMARY KEY (target, external_id)
);

-- The four states are bytes in the format of hub.link.base: people's data, to be encrypted with it.
CREATE TABLE hub.decision (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target        text NOT NULL,
    guid          text NOT NULL,
    external_id   text NOT NULL,
    run           bigint,
    at            timestamptz NOT NULL DEFAULT hub.now(),
    conflict_kind text NOT NULL,
    path          text NOT NULL,
    rule          text NOT NULL,
    reason        text NOT NULL,
    standing      text NOT NULL,
    decided_by    text NOT NULL,
    base          bytea,
    internal      bytea,
    external      bytea,
    result        bytea
);
CREATE INDEX decision_of ON hub.decision (target, guid, id);

-- What somebody has to decide. A record has at most one row that is open, or left as it is on purpose.
-- The records are bytes in the format of hub.link.base, for the same reason.
CREATE TABLE hub.conflict (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target        text NOT NULL,
    external_id   text NOT NULL,
    guid          text,
    kind          text NOT NULL,
    conflict_kind text NOT NULL,
    likeness      text NOT NULL,
    reason        text NOT NULL,
    paths         text[] NOT NULL DEFAULT '{}',
    candidates    text[] NOT NULL DEFAULT '{}',
    base          bytea,
    internal      bytea,
    external      bytea,
    proposed      bytea,
    departure     text,
    fingerprint   text NOT NULL,
    state         text NOT NULL CHECK (state IN ('open', 'left', 'settled')),
    first_seen    timestamptz NOT NULL DEFAULT hub.now(),
    last_seen     timestamptz NOT NULL DEFAULT hub.now(),
    seen          integer NOT NULL DEFAULT 1,
    settled_at    timestamptz,
    settled_by    text,
    choice        text
);
CREATE UNIQUE INDEX conflict_standing ON hub.conflict (target, external_id) WHERE state IN ('open', 'left');
CREATE INDEX conflict_open ON hub.conflict (id) WHERE state = 'open';
