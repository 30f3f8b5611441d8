-- What entities hold at the places of the mapping's keys, while a long pull of newcomers runs: a hash of the place and the
-- text, nothing that could be read. It is filled once and kept up to date from page to page; lost at a crash, like the run.
CREATE UNLOGGED TABLE hub.key_value (
    run   bigint NOT NULL,
    value bigint NOT NULL,
    guid  text NOT NULL
);
CREATE INDEX key_value_found ON hub.key_value (run, value);

-- Counts the rows of public.entities that were written, as hub.events_written counts events.
CREATE SEQUENCE hub.entities_written;

CREATE OR REPLACE FUNCTION hub.capture_entity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms'
    AS $$
BEGIN
    PERFORM nextval('hub.entities_written');
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
