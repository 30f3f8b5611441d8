-- Notices that schema hub or the store was brought back from an older backup: two marks that only ever move together, one here
-- and one in public.synchub_mark. Who is behind went back.
CREATE TABLE hub.mark (
    only_row       boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    mark           bigint NOT NULL DEFAULT 0,
    at             timestamptz NOT NULL DEFAULT hub.now(),
    in_store       boolean NOT NULL DEFAULT false,
    first_revision bigint NOT NULL DEFAULT 1
);
INSERT INTO hub.mark DEFAULT VALUES;
COMMENT ON COLUMN hub.mark.in_store IS 'whether the store had its mark';
COMMENT ON COLUMN hub.mark.first_revision IS 'where the revisions of new links begin: beyond those that a restore has forgotten';

-- Moves both on; store_at is when the store's was moved on before.
CREATE FUNCTION hub.advance_mark(OUT of_hub bigint, OUT of_store bigint, OUT kept boolean, OUT store_at timestamptz)
    LANGUAGE plpgsql AS $$
DECLARE
    now CONSTANT timestamptz := hub.now();
BEGIN
    UPDATE hub.mark m SET mark = m.mark + 1, at = now RETURNING m.mark, m.in_store INTO of_hub, kept;
    IF kept AND to_regclass('public.synchub_mark') IS NOT NULL THEN
        SELECT m.at INTO store_at FROM public.synchub_mark m;
        UPDATE public.synchub_mark m SET mark = m.mark + 1, at = now RETURNING m.mark INTO of_store;
    END IF;
END $$;

-- The revision of a link is part of the ids of the events that are made from it, which must never be given twice.
CREATE FUNCTION hub.first_revision() RETURNS bigint LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN coalesce((SELECT first_revision FROM hub.mark), 1); END $$;
ALTER TABLE hub.link ALTER COLUMN revision SET DEFAULT hub.first_revision();

ALTER TABLE hub.target
    ADD COLUMN restored text CHECK (restored IN ('hub', 'store', 'database', 'target')),
    ADD COLUMN restored_to timestamptz;
COMMENT ON COLUMN hub.target.restored IS 'what was brought back from an older backup; nothing is exchanged until a person decides';
COMMENT ON COLUMN hub.target.restored_to IS 'what was agreed on before is not concerned; null when that is not known';
