-- Schema hub: what every target is owed, what both sides last agreed on, and what happened.
-- DataCollect's own tables are never altered from here.

-- One clock for leases and due times: the database's. The offset exists for tests that let time pass.
CREATE TABLE hub.clock (
    only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    clock_offset interval NOT NULL DEFAULT interval '0'
);
INSERT INTO hub.clock DEFAULT VALUES;

CREATE FUNCTION hub.now() RETURNS timestamptz
    LANGUAGE sql VOLATILE
    AS $$ SELECT clock_timestamp() + (SELECT clock_offset FROM hub.clock) $$;

-- Append-only: written by the capture triggers or the sweep, emptied by the drain.
CREATE TABLE hub.change (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    guid   text NOT NULL,
    op     "char" NOT NULL CHECK (op IN ('U', 'D', 'E')),
    level  integer,
    origin text,
    at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN hub.change.op IS 'U entity inserted or updated, D entity deleted, E event stored (its level in column level)';
-- Giving empty pages back would take a lock that a write of DataCollect waits for.
ALTER TABLE hub.change SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000, vacuum_truncate = off);

-- What the hub has seen of an entity. seen is the row version (xmin) that was last turned into debts.
CREATE TABLE hub.entity (
    tenant       text NOT NULL,
    guid         text NOT NULL,
    seen         xid,
    local_event  boolean NOT NULL DEFAULT false,
    synced_event boolean NOT NULL DEFAULT false,
    deleted      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, guid)
);

-- How far the sweep has read: every row version older than horizon is accounted for.
CREATE TABLE hub.sweep (
    tenant      text PRIMARY KEY,
    horizon     xid8 NOT NULL,
    swept_at    timestamptz NOT NULL
);

CREATE TABLE hub.target (
    name            text PRIMARY KEY,
    tenant          text NOT NULL,
    mapping_version integer NOT NULL,
    mapping_hash    text NOT NULL,
    backfill_after  text,
    backfilled_at   timestamptz,
    state           text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'backing_off', 'stopped', 'paused')),
    reason          text,
    state_since     timestamptz NOT NULL DEFAULT hub.now(),
    next_try_at     timestamptz,
    failures        integer NOT NULL DEFAULT 0,
    registered_at   timestamptz NOT NULL DEFAULT hub.now()
);

-- The unit of claim: what must stay in order and never run twice at once.
CREATE TABLE hub.lane (
    target       text NOT NULL,
    lane         text NOT NULL,
    token        uuid,
    leased_until timestamptz,
    PRIMARY KEY (target, lane)
) WITH (fillfactor = 70);

CREATE TABLE hub.delivery (
    target           text NOT NULL,
    guid             text NOT NULL,
    kind             text NOT NULL DEFAULT '',
    lane             text NOT NULL,
    operation        "char" NOT NULL DEFAULT 'U' CHECK (operation IN ('U', 'D')),
    delete_confirmed boolean NOT NULL DEFAULT false,
    state            text NOT NULL CHECK (state IN ('pending', 'in_flight', 'delivered', 'retry', 'blocked', 'conflict',
                                                    'unknown', 'rejected', 'held', 'discarded', 'excluded')),
    revision         bigint NOT NULL DEFAULT 1,
    claimed_revision bigint,
    token            uuid,
    priority         smallint NOT NULL DEFAULT 100,
    attempts         integer NOT NULL DEFAULT 0,
    due_at           timestamptz,
    blocked_on       text,
    uncertain_since  timestamptz,
    reason_code      text,
    reason           text,
    reason_at        text,
    owed_since       timestamptz NOT NULL DEFAULT hub.now(),
    first_failed_at  timestamptz,
    settled_at       timestamptz,
    PRIMARY KEY (target, guid)
) WITH (fillfactor = 70);
COMMENT ON COLUMN hub.delivery.due_at IS 'when it may be claimed; of an in-flight delivery the end of its lease; null when nothing is due';
COMMENT ON COLUMN hub.delivery.uncertain_since IS 'an earlier write may or may not have arrived: read back before trusting the base';
COMMENT ON COLUMN hub.delivery.delete_confirmed IS 'a person let this deletion go on';
COMMENT ON COLUMN hub.delivery.reason_at IS 'the mapping line to look at, as file:line';
CREATE INDEX delivery_due ON hub.delivery (target, priority, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX delivery_lane ON hub.delivery (target, lane) WHERE due_at IS NOT NULL;
CREATE INDEX delivery_blocked ON hub.delivery (target, blocked_on) WHERE blocked_on IS NOT NULL;
CREATE INDEX delivery_attention ON hub.delivery (target, state) WHERE state NOT IN ('delivered', 'pending', 'in_flight', 'excluded');

CREATE INDEX delivery_deletes ON hub.delivery (target, guid)
    WHERE operation = 'D' AND NOT delete_confirmed AND state IN ('pending', 'retry', 'in_flight', 'unknown');

-- (tenant, target, entity) <-> external id, with the last state both sides agreed on and the one before.
-- A base is bytes: the first says the format (0 = UTF-8 JSON), so that encrypted bases need no migration.
CREATE TABLE hub.link (
    target           text NOT NULL,
    guid             text NOT NULL,
    kind             text NOT NULL,
    external_id      text NOT NULL,
    version          text,
    base             bytea,
    previous_version text,
    previous_base    bytea,
    mapping_hash     text NOT NULL,
    lane             text NOT NULL,
    revision         bigint NOT NULL DEFAULT 1,
    linked_at        timestamptz NOT NULL DEFAULT hub.now(),
    agreed_at        timestamptz NOT NULL DEFAULT hub.now(),
    deleted_at       timestamptz,
    PRIMARY KEY (target, guid),
    UNIQUE (target, external_id)
) WITH (fillfactor = 80);

CREATE TABLE hub.cursor (
    target   text NOT NULL,
    stream   text NOT NULL,
    position text NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT hub.now(),
    PRIMARY KEY (target, stream)
);

CREATE TABLE hub.run (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target       text NOT NULL,
    direction    text NOT NULL CHECK (direction IN ('push', 'pull', 'sync', 'resync', 'reconcile')),
    cause        text NOT NULL,
    started_by   text NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT hub.now(),
    active_at    timestamptz NOT NULL DEFAULT hub.now(),
    ended_at     timestamptz,
    status       text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'success', 'partial', 'failed', 'cancelled')),
    message      text,
    created      bigint NOT NULL DEFAULT 0,
    updated      bigint NOT NULL DEFAULT 0,
    adopted      bigint NOT NULL DEFAULT 0,
    deleted      bigint NOT NULL DEFAULT 0,
    unchanged    bigint NOT NULL DEFAULT 0,
    rejected     bigint NOT NULL DEFAULT 0,
    retried      bigint NOT NULL DEFAULT 0,
    blocked      bigint NOT NULL DEFAULT 0,
    conflicts    bigint NOT NULL DEFAULT 0,
    unknown      bigint NOT NULL DEFAULT 0,
    pulled       bigint NOT NULL DEFAULT 0,
    echoes       bigint NOT NULL DEFAULT 0,
    parked       bigint NOT NULL DEFAULT 0,
    requests     bigint NOT NULL DEFAULT 0,
    bytes_out    bigint NOT NULL DEFAULT 0,
    bytes_in     bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN hub.run.active_at IS 'when its hub last showed that it is at work; a run whose hub died is closed after a while';
CREATE INDEX run_newest ON hub.run (target, id DESC);
CREATE INDEX run_open ON hub.run (active_at) WHERE status = 'running';

-- Counts by state are kept as deltas that one statement appends and the housekeeping folds,
-- so that no two writers wait for one row and `status` never counts a million deliveries.
CREATE TABLE hub.delivery_count (
    target text NOT NULL,
    kind   text NOT NULL,
    state  text NOT NULL,
    n      bigint NOT NULL,
    PRIMARY KEY (target, kind, state)
);
CREATE TABLE hub.delivery_delta (
    target text NOT NULL,
    kind   text NOT NULL,
    state  text NOT NULL,
    n      bigint NOT NULL
);

CREATE FUNCTION hub.count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.delivery_delta SELECT target, kind, state, count(*) FROM new_rows GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION hub.count_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.delivery_delta SELECT target, kind, state, -count(*) FROM old_rows GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION hub.count_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.delivery_delta
    SELECT target, kind, state, sum(n) FROM (
        SELECT target, kind, state, 1 AS n FROM new_rows
        UNION ALL
        SELECT target, kind, state, -1 FROM old_rows) AS moved
    GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER count_inserted AFTER INSERT ON hub.delivery
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION hub.count_inserted();
CREATE TRIGGER count_deleted AFTER DELETE ON hub.delivery
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION hub.count_deleted();
CREATE TRIGGER count_updated AFTER UPDATE ON hub.delivery
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION hub.count_updated();

CREATE VIEW hub.delivery_counts AS
    SELECT target, kind, state, sum(n)::bigint AS n
    FROM (SELECT * FROM hub.delivery_count UNION ALL SELECT * FROM hub.delivery_delta) AS counted
    GROUP BY 1, 2, 3 HAVING sum(n) <> 0;

-- An entity is EXTERNAL once every target of its tenant that wants it has acknowledged its newest state, LOCAL while
-- every event of its own is, SYNCED in between. DataCollect's event rows are never rewritten.
CREATE VIEW hub.entity_level AS
    SELECT e.tenant, e.guid,
           CASE
               WHEN e.local_event AND NOT e.synced_event THEN 'LOCAL'
               WHEN held.acknowledged > 0 AND held.outstanding = 0 THEN 'EXTERNAL'
               ELSE 'SYNCED'
           END AS level
    FROM hub.entity e
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE d.state = 'delivered') AS acknowledged,
               count(*) FILTER (WHERE d.state IS NULL
                   OR d.state <> 'delivered' AND (d.state <> 'excluded' OR d.reason_code IS DISTINCT FROM 'no-kind'))
                   AS outstanding
        FROM hub.target t LEFT JOIN hub.delivery d ON d.target = t.name AND d.guid = e.guid
        WHERE t.tenant = e.tenant) AS held
    WHERE NOT e.deleted AND e.seen IS NOT NULL;

-- Capture by trigger: appends and nothing else. It runs with the hub's rights (DataCollect's role has none in this
-- schema). Whatever goes wrong here must not fail DataCollect's write: the server's log then names the record, and the
-- sweep finds it. A lock that cannot be had costs a transaction the lock_timeout once, not once per row.
CREATE FUNCTION hub.capture_entity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms'
    AS $$
BEGIN
    IF current_setting('hub.capture', true) = 'left to the sweep' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.tenant_id, OLD.guid) IS DISTINCT FROM (NEW.tenant_id, NEW.guid) THEN
        INSERT INTO hub.change (tenant, guid, op, origin)
        VALUES (OLD.tenant_id, coalesce(OLD.guid, OLD.id), 'D', nullif(current_setting('hub.origin', true), ''));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO hub.change (tenant, guid, op, origin)
        VALUES (NEW.tenant_id, coalesce(NEW.guid, NEW.id), 'U', nullif(current_setting('hub.origin', true), ''));
    END IF;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM set_config('hub.capture', 'left to the sweep', true);
    RAISE LOG 'Sync Hub could not note a change (%); this transaction''s changes are left to the sweep', SQLSTATE;
    RETURN NULL;
END $$;
CREATE FUNCTION hub.capture_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms'
    AS $$
BEGIN
    IF NEW.entity_guid IS NULL OR current_setting('hub.capture', true) = 'left to the sweep' THEN
        RETURN NULL;
    END IF;
    INSERT INTO hub.change (tenant, guid, op, level, origin)
    VALUES (NEW.tenant_id, NEW.entity_guid, 'E', NEW.sync_level, nullif(current_setting('hub.origin', true), ''));
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM set_config('hub.capture', 'left to the sweep', true);
    RAISE LOG 'Sync Hub could not note an event (%); this transaction''s changes are left to the sweep', SQLSTATE;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION hub.capture_entity(), hub.capture_event() FROM PUBLIC;
