-- Counts the rows of public.events that were stored or got another time, whoever wrote them, so that a pull that holds the
-- table's lock knows whether its last look at the newest event still holds. A sequence: nobody waits for it, and what is
-- rolled back is counted too, which costs a look and misses none.
CREATE SEQUENCE hub.events_written;

CREATE OR REPLACE FUNCTION hub.capture_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms'
    AS $$
BEGIN
    PERFORM nextval('hub.events_written');
    IF TG_OP <> 'INSERT' OR NEW.entity_guid IS NULL OR current_setting('hub.capture', true) = 'left to the sweep' THEN
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
