-- What the hub itself pulls is appended once: its event says that the entity was written with it. So op 'E' with an origin
-- stands for both, and 'U' for what everybody else writes.
COMMENT ON COLUMN hub.change.op IS 'U entity inserted or updated, D entity deleted, E event stored (its level in column level); with an origin, E is an entity that was pulled from there, written together with its event';

CREATE OR REPLACE FUNCTION hub.capture_entity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms'
    AS $$
DECLARE
    pulled_from text := nullif(current_setting('hub.origin', true), '');
BEGIN
    PERFORM nextval('hub.entities_written');
    IF current_setting('hub.capture', true) = 'left to the sweep' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.tenant_id, OLD.guid) IS DISTINCT FROM (NEW.tenant_id, NEW.guid) THEN
        INSERT INTO hub.change (tenant, guid, op, origin) VALUES (OLD.tenant_id, coalesce(OLD.guid, OLD.id), 'D', pulled_from);
    END IF;
    IF TG_OP <> 'DELETE' AND pulled_from IS NULL THEN
        INSERT INTO hub.change (tenant, guid, op) VALUES (NEW.tenant_id, coalesce(NEW.guid, NEW.id), 'U');
    END IF;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    PERFORM set_config('hub.capture', 'left to the sweep', true);
    RAISE LOG 'Sync Hub could not note a change (%); this transaction''s changes are left to the sweep', SQLSTATE;
    RETURN NULL;
END $$;
