-- People who log in by name and password, and their logins.

CREATE TABLE hub.api_user (
    name          text PRIMARY KEY,
    role          text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    hash          text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT hub.now(),
    created_by    text NOT NULL,
    password_at   timestamptz NOT NULL DEFAULT hub.now(),
    last_login_at timestamptz,
    disabled_at   timestamptz
);
COMMENT ON COLUMN hub.api_user.hash IS 'of the password: slow and salted, with the name of its method in front';

-- One row from a login to its end. Nothing in it lets anybody in: id and tokens are hashes of what only the client holds.
CREATE TABLE hub.login (
    id           bytea PRIMARY KEY,
    user_name    text NOT NULL REFERENCES hub.api_user (name) ON DELETE CASCADE,
    token        bytea NOT NULL,
    token_before bytea,
    began_at     timestamptz NOT NULL DEFAULT hub.now(),
    renewed_at   timestamptz NOT NULL DEFAULT hub.now(),
    expires_at   timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    ended_at     timestamptz,
    ended_by     text CHECK (ended_by IN ('logout', 'reuse', 'password', 'disabled')),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
COMMENT ON COLUMN hub.login.id IS 'SHA-256 of the sid that its tokens carry';
COMMENT ON COLUMN hub.login.token IS 'SHA-256 of the refresh token that is good now';
COMMENT ON COLUMN hub.login.token_before IS 'of the one it replaced at renewed_at; any other of this login was used before';
COMMENT ON COLUMN hub.login.expires_at IS 'unless it is renewed before, which moves it, at most to ends_at';
CREATE INDEX login_user ON hub.login (user_name);
CREATE INDEX login_over ON hub.login (least(expires_at, ended_at));

-- What all hubs of this database share.
CREATE TABLE hub.installation (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    id        uuid NOT NULL DEFAULT gen_random_uuid(),
    login_key bytea
);
COMMENT ON COLUMN hub.installation.id IS 'the audience of the access tokens that its hubs issue';
COMMENT ON COLUMN hub.installation.login_key IS 'signs them, where no setting gives a key; made by the first hub that needs it';
INSERT INTO hub.installation DEFAULT VALUES;
