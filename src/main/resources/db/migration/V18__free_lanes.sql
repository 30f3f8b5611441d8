-- Lanes that nobody holds and where something is due or was lost in flight: what was lost first, then the longest due. Looks
-- at no more than so many due rows. A function, because of a target that is new since the last ANALYZE the planner believes
-- that little is due, and would read and sort all of it once per claim.
CREATE FUNCTION hub.free_lanes(of_target text, look integer) RETURNS SETOF text
    LANGUAGE plpgsql STABLE
    SET enable_sort = off
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    AS $$
DECLARE
    at CONSTANT timestamptz := hub.now();
BEGIN
    RETURN QUERY
        SELECT d.lane FROM hub.delivery d
        WHERE d.target = of_target AND d.due_at <= at AND d.state = 'in_flight'
          AND (SELECT l.token IS NULL OR l.leased_until <= at FROM hub.lane l WHERE l.target = d.target AND l.lane = d.lane)
        ORDER BY d.due_at LIMIT look;
    RETURN QUERY
        SELECT d.lane FROM hub.delivery d
        WHERE d.target = of_target AND d.due_at <= at AND d.state <> 'in_flight'
          AND (SELECT l.token IS NULL OR l.leased_until <= at FROM hub.lane l WHERE l.target = d.target AND l.lane = d.lane)
        ORDER BY d.priority, d.due_at LIMIT look;
END $$;
