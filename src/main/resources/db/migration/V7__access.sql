-- Who may use the hub's API, and what people did with it.

-- A token is shown once; what is kept cannot be turned back into it.
CREATE TABLE hub.api_token (
    id           text PRIMARY KEY,
    name         text NOT NULL,
    role         text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    hash         text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT hub.now(),
    created_by   text NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    revoked_by   text
);
COMMENT ON COLUMN hub.api_token.hash IS 'slow and salted, with the name of its method in front';
COMMENT ON COLUMN hub.api_token.last_used_at IS 'to the minute';

-- What people did and what was refused them. Keys and counts only, never a value of a record.
CREATE TABLE hub.audit (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT hub.now(),
    operation text NOT NULL,
    who       text NOT NULL,
    via       text NOT NULL CHECK (via IN ('http', 'jmx', 'command')),
    address   text,
    target    text,
    outcome   text NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
    detail    text
);
COMMENT ON COLUMN hub.audit.address IS 'where a request came from; null for what was asked on the hub''s own machine';

CREATE FUNCTION hub.audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'hub.audit is only ever appended to';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hub.audit
    FOR EACH STATEMENT EXECUTE FUNCTION hub.audit_is_append_only();
