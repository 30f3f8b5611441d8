-- Which event was stored, so that what it says can be compared with the entity by the event's key.
ALTER TABLE hub.change ADD COLUMN event text;

CREATE OR REPLACE FUNCTION hub.capture_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms'
    AS $$
BEGIN
    IF NEW.entity_guid IS NULL OR current_setting('hub.capture', true) = 'left to the sweep' THEN
        RETURN NULL;
    END IF;
    INSERT INTO hub.change (tenant, guid, op, level, origin, event)
    VALUES (NEW.tenant_id, NEW.entity_guid, 'E', NEW.sync_level, nullif(current_setting('hub.origin', true), ''), NEW.guid);
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM set_config('hub.capture', 'left to the sweep', true);
    RAISE LOG 'Sync Hub could not note an event (%); this transaction''s changes are left to the sweep', SQLSTATE;
    RETURN NULL;
END $$;

-- Entities that do not hold what their events say: DataCollect stores some events without applying them. The values are
-- bytes in the format of hub.link.base.
CREATE TABLE hub.drift (
    tenant     text NOT NULL,
    guid       text NOT NULL,
    events     text[] NOT NULL,
    state      text NOT NULL DEFAULT 'suspected' CHECK (state IN ('suspected', 'found')),
    deleted    boolean NOT NULL DEFAULT false,
    said       bytea,
    held       bytea,
    version    bigint,
    noticed_at timestamptz NOT NULL DEFAULT hub.now(),
    checked_at timestamptz,
    PRIMARY KEY (tenant, guid)
);
COMMENT ON COLUMN hub.drift.events IS 'the events to be compared with the entity, in the order in which they were stored';
COMMENT ON COLUMN hub.drift.state IS 'suspected until DataCollect has had the time to save the entity after the event';
COMMENT ON COLUMN hub.drift.deleted IS 'the last event deletes the entity, which is still there';
