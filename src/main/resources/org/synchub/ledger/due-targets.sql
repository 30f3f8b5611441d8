-- Targets that are owed something now and may be tried now.
SELECT t.name
FROM hub.target t
WHERE (t.state = 'running' OR t.state IN ('backing_off', 'stopped') AND t.next_try_at <= hub.now())
  AND (EXISTS (SELECT FROM hub.delivery d
               WHERE d.target = t.name AND d.due_at <= (SELECT hub.now()) AND d.state <> 'in_flight')
       OR EXISTS (SELECT FROM hub.delivery d
                  WHERE d.target = t.name AND d.due_at <= (SELECT hub.now()) AND d.state = 'in_flight'))
ORDER BY t.name
