-- What people who watch the hub ask for often is cheap, and what happens is kept for a while for those who listen.

ALTER TABLE hub.run ADD COLUMN lag_ms bigint, ADD COLUMN client text;
COMMENT ON COLUMN hub.run.lag_ms IS 'of the changes that this run delivered, the longest from becoming owed to being acknowledged';
COMMENT ON COLUMN hub.run.client IS 'the X-Client-ID of the request that asked for it';
CREATE INDEX run_newest_success ON hub.run (target, id DESC) WHERE status = 'success';
CREATE INDEX run_newest_delivery ON hub.run (target, id DESC) WHERE lag_ms IS NOT NULL;

-- Functions, because of a target that is new since the last ANALYZE the planner believes that little is due, and would read
-- and sort all of it. What is due is indexed by priority, of which there are few.
CREATE FUNCTION hub.next_due(of_target text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE
    SET enable_sort = off
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    AS $$
DECLARE
    p        smallint := -32768;
    due      timestamptz;
    earliest timestamptz;
BEGIN
    LOOP
        SELECT d.priority INTO p FROM hub.delivery d
        WHERE d.target = of_target AND d.due_at IS NOT NULL AND d.state <> 'in_flight' AND d.priority > p
        ORDER BY d.priority, d.due_at LIMIT 1;
        EXIT WHEN NOT FOUND;
        SELECT d.due_at INTO due FROM hub.delivery d
        WHERE d.target = of_target AND d.due_at IS NOT NULL AND d.priority = p AND d.state <> 'in_flight'
        ORDER BY d.due_at LIMIT 1;
        earliest := least(earliest, due);
    END LOOP;
    RETURN earliest;
END $$;
COMMENT ON FUNCTION hub.next_due IS 'when the next delivery is due, or since when it has been; null when nothing is';

-- What is in flight, what was due first, and what is to be tried again first: among so many of each the oldest is found.
CREATE FUNCTION hub.oldest_owed(of_target text, look integer) RETURNS timestamptz
    LANGUAGE plpgsql STABLE
    SET enable_sort = off
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    AS $$
DECLARE
    at CONSTANT timestamptz := hub.now();
    p      smallint := -32768;
    oldest timestamptz;
BEGIN
    SELECT min(flying.owed_since) INTO oldest FROM (
        SELECT d.owed_since FROM hub.delivery d
        WHERE d.target = of_target AND d.state = 'in_flight' ORDER BY d.due_at LIMIT look) AS flying;
    LOOP
        SELECT d.priority INTO p FROM hub.delivery d
        WHERE d.target = of_target AND d.due_at IS NOT NULL AND d.state <> 'in_flight' AND d.priority > p
        ORDER BY d.priority, d.due_at LIMIT 1;
        EXIT WHEN NOT FOUND;
        oldest := least(oldest,
            (SELECT min(due.owed_since) FROM (
                SELECT d.owed_since FROM hub.delivery d
                WHERE d.target = of_target AND d.state <> 'in_flight' AND d.priority = p AND d.due_at <= at
                ORDER BY d.due_at LIMIT look) AS due),
            (SELECT min(later.owed_since) FROM (
                SELECT d.owed_since FROM hub.delivery d
                WHERE d.target = of_target AND d.state <> 'in_flight' AND d.priority = p AND d.due_at > at
                ORDER BY d.due_at LIMIT look) AS later));
    END LOOP;
    RETURN oldest;
END $$;

-- What happens, for those who listen at any hub. A row is written in the transaction of what it tells. tx is that
-- transaction: rows whose tx is older than every open transaction are complete, so a reader that keeps to those in the
-- order of (tx, id) misses none. Bounded: the housekeeping keeps the newest.
CREATE TABLE hub.happening (
    tx     bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    id     bigint GENERATED ALWAYS AS IDENTITY,
    at     timestamptz NOT NULL DEFAULT hub.now(),
    kind   text NOT NULL CHECK (kind IN ('run', 'target', 'conflict', 'alert')),
    target text NOT NULL,
    client text,
    data   jsonb NOT NULL,
    PRIMARY KEY (tx, id)
);
COMMENT ON COLUMN hub.happening.data IS 'keys, states and counts; never what a record holds';

CREATE TABLE hub.alert (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule          text NOT NULL,
    target        text NOT NULL,
    detail        text NOT NULL,
    opened_at     timestamptz NOT NULL DEFAULT hub.now(),
    closed_at     timestamptz,
    told_at       timestamptz,
    clear_told_at timestamptz
);
COMMENT ON TABLE hub.alert IS 'one row per incident: told once, and told once more when it is over';
CREATE UNIQUE INDEX alert_open ON hub.alert (rule, target) WHERE closed_at IS NULL;
CREATE INDEX alert_untold ON hub.alert (id) WHERE told_at IS NULL OR closed_at IS NOT NULL AND clear_told_at IS NULL;

CREATE FUNCTION hub.note_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.happening (kind, target, client, data)
    VALUES ('run', NEW.target, NEW.client, jsonb_build_object(
        'run', NEW.id, 'direction', NEW.direction, 'cause', NEW.cause, 'startedBy', NEW.started_by, 'status', NEW.status,
        'delivered', NEW.created + NEW.updated + NEW.adopted + NEW.deleted + NEW.unchanged, 'pulled', NEW.pulled,
        'rejected', NEW.rejected, 'parked', NEW.parked, 'conflicts', NEW.conflicts, 'message', NEW.message));
    RETURN NULL;
END $$;
CREATE TRIGGER note_run AFTER UPDATE OF status ON hub.run FOR EACH ROW
    WHEN (OLD.status = 'running' AND NEW.status <> 'running') EXECUTE FUNCTION hub.note_run();

CREATE FUNCTION hub.note_target() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.happening (kind, target, client, data)
    VALUES ('target', NEW.name, nullif(current_setting('hub.client', true), ''), jsonb_build_object(
        'condition', NEW.state, 'before', OLD.state, 'reason', NEW.reason, 'nextTry', NEW.next_try_at));
    RETURN NULL;
END $$;
CREATE TRIGGER note_target AFTER UPDATE OF state ON hub.target FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION hub.note_target();

CREATE FUNCTION hub.note_conflict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.happening (kind, target, client, data)
    VALUES ('conflict', NEW.target, nullif(current_setting('hub.client', true), ''), jsonb_build_object(
        'conflict', NEW.id, 'kind', NEW.kind, 'conflictKind', NEW.conflict_kind, 'guid', NEW.guid,
        'externalId', NEW.external_id, 'paths', to_jsonb(NEW.paths), 'state', NEW.state, 'choice', NEW.choice));
    RETURN NULL;
END $$;
CREATE TRIGGER note_conflict_put AFTER INSERT ON hub.conflict FOR EACH ROW EXECUTE FUNCTION hub.note_conflict();
CREATE TRIGGER note_conflict_moved AFTER UPDATE OF state ON hub.conflict FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION hub.note_conflict();

CREATE FUNCTION hub.note_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub.happening (kind, target, data)
    VALUES ('alert', NEW.target, jsonb_build_object(
        'alert', NEW.id, 'rule', NEW.rule, 'detail', NEW.detail, 'open', NEW.closed_at IS NULL));
    RETURN NULL;
END $$;
CREATE TRIGGER note_alert_opened AFTER INSERT ON hub.alert FOR EACH ROW EXECUTE FUNCTION hub.note_alert();
CREATE TRIGGER note_alert_closed AFTER UPDATE OF closed_at ON hub.alert FOR EACH ROW
    WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION hub.note_alert();

-- Signatures of webhooks that were taken lately: none is taken twice, at whichever hub.
CREATE TABLE hub.webhook_taken (
    target    text NOT NULL,
    signature text NOT NULL,
    at        timestamptz NOT NULL DEFAULT hub.now(),
    PRIMARY KEY (target, signature)
);
