-- The same clock in a language that keeps its plan: a function in SQL with a query in it is parsed and planned anew in
-- every statement that asks for the time.
CREATE OR REPLACE FUNCTION hub.now() RETURNS timestamptz
    LANGUAGE plpgsql VOLATILE
    AS $$ BEGIN RETURN clock_timestamp() + (SELECT clock_offset FROM hub.clock); END $$;

-- A link is looked up by hundreds of guids or of external ids at a time. Of a target that is new since the table was last
-- analyzed the planner believes that it has one row, and would then read all rows of the target by whichever index begins
-- with it, once per batch. Neither does now.
ALTER TABLE hub.link
    DROP CONSTRAINT link_pkey,
    DROP CONSTRAINT link_target_external_id_key,
    ADD CONSTRAINT link_pkey PRIMARY KEY (guid, target),
    ADD CONSTRAINT link_external_id UNIQUE (external_id, target);

-- Claiming a delivery takes it out of both indexes instead of writing it into both again. What is in flight has an index of
-- its own, in the order in which leases end.
DROP INDEX hub.delivery_due;
DROP INDEX hub.delivery_lane;
CREATE INDEX delivery_due ON hub.delivery (target, priority, due_at) WHERE due_at IS NOT NULL AND state <> 'in_flight';
CREATE INDEX delivery_lane ON hub.delivery (target, lane) WHERE due_at IS NOT NULL AND state <> 'in_flight';
CREATE INDEX delivery_in_flight ON hub.delivery (target, due_at) WHERE state = 'in_flight';
