-- What was exchanged with a target over a record that needs attention: the request and the answer of a push, the record as it
-- was read of a pull. Written with the state that it explains, gone with it. Both forms are bytes in the format of
-- hub.link.base; clear holds people's data, neither holds a secret.
CREATE TABLE hub.exchange (
    target     text NOT NULL,
    direction  text NOT NULL CHECK (direction IN ('push', 'pull')),
    key        text NOT NULL,
    label      text NOT NULL,
    method     text,
    request_id text,
    asked_at   timestamptz NOT NULL,
    took_ms    bigint,
    records    integer NOT NULL,
    status     integer,
    masked     bytea NOT NULL,
    clear      bytea NOT NULL,
    kept_at    timestamptz NOT NULL DEFAULT hub.now(),
    PRIMARY KEY (target, direction, key)
);
CREATE INDEX exchange_kept ON hub.exchange (kept_at);
COMMENT ON TABLE hub.exchange IS 'key is the one of hub.attention: the entity''s guid of a push, the target''s id of a pull';
COMMENT ON COLUMN hub.exchange.records IS 'how many records the request was for; of several, the record''s own part is kept';

CREATE FUNCTION hub.forget_pushed_exchange() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM hub.exchange WHERE target = OLD.target AND direction = 'push' AND key = OLD.guid;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_exchange AFTER UPDATE ON hub.delivery FOR EACH ROW
    WHEN (OLD.state = 'rejected' AND NEW.state <> 'rejected') EXECUTE FUNCTION hub.forget_pushed_exchange();
CREATE TRIGGER forget_exchange_deleted AFTER DELETE ON hub.delivery FOR EACH ROW
    WHEN (OLD.state = 'rejected') EXECUTE FUNCTION hub.forget_pushed_exchange();

CREATE FUNCTION hub.forget_pulled_exchange() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM hub.exchange WHERE target = OLD.target AND direction = 'pull' AND key = OLD.external_id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_exchange AFTER UPDATE ON hub.parked FOR EACH ROW
    WHEN (NEW.given_up AND NOT OLD.given_up) EXECUTE FUNCTION hub.forget_pulled_exchange();
CREATE TRIGGER forget_exchange_deleted AFTER DELETE ON hub.parked FOR EACH ROW
    WHEN (NOT OLD.given_up) EXECUTE FUNCTION hub.forget_pulled_exchange();
