-- What a copy of an entity that was made before a pull has to be compared with. A pulled state is stamped with its link's
-- revision; a state whose stamp is not below "after" but below "revision" is such a copy, and base is what both sides
-- had agreed on then (bytes as in hub.link.base; null when there was no agreement yet).
CREATE TABLE hub.pulled_state (
    target   text NOT NULL,
    guid     text NOT NULL,
    revision bigint NOT NULL,
    after    bigint NOT NULL,
    base     bytea,
    PRIMARY KEY (target, guid, revision)
);
