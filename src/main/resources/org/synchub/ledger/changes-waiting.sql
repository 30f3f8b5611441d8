-- One row when something was captured and not yet drained.
SELECT 1 AS waiting WHERE EXISTS (SELECT FROM hub.change)
