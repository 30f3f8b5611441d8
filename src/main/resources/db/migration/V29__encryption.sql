-- People's data at rest. The format of hub.link.base and its like: byte 0 and UTF-8 JSON; or byte 1, a byte with the length of
-- the key's id, the id, a nonce of 12 bytes and AES-256-GCM's sealed text.

-- Which keys may have sealed something that is still here: looked at when a hub starts, so that a key that was taken away
-- is noticed at once and not with the record that needs it.
CREATE TABLE hub.encryption_key (
    id       text PRIMARY KEY,
    since    timestamptz NOT NULL DEFAULT hub.now(),
    noted_at timestamptz NOT NULL DEFAULT hub.now()
);
COMMENT ON TABLE hub.encryption_key IS 'ids alone, never a key; a hub notes its own before it seals anything, and every minute while it runs';
