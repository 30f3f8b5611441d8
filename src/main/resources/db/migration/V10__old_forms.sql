-- Forms that were filled in before a pull and arrived after it: the entity then carries the pull's stamp and, beside what
-- was changed in the form, old values that the form merely carried along.
CREATE TABLE hub.old_form (
    target   text NOT NULL,
    guid     text NOT NULL,
    revision bigint NOT NULL,
    stamped  boolean NOT NULL,
    PRIMARY KEY (target, guid)
);
COMMENT ON COLUMN hub.old_form.revision IS 'the pulled state that the form was filled in on, as its stamp says; 0 without a stamp';
COMMENT ON COLUMN hub.old_form.stamped IS 'false where the form bears no stamp: filled in before any pull, or its device drops what it does not know';
-- What a pull left both sides agreed on: tells whether a pulled value still stands.
ALTER TABLE hub.pulled_state ADD COLUMN result bytea;
