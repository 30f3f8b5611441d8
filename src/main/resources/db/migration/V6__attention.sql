-- A parked record that a person gave up stays so until the target changes it.
ALTER TABLE hub.parked ADD COLUMN version text, ADD COLUMN given_up boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN hub.parked.version IS 'the target''s version of the record that could not be applied';

-- One list of what a person has to look at: what a target refused, what was tried too often, what came back and could
-- not be applied. cause is the same for rows that need attention for the same reason: numbers and quoted words of the
-- reason do not count, nor does the record that a row waits for.
CREATE VIEW hub.attention AS
    SELECT left(md5(concat_ws('|', target, direction, kind, reason_code, reason_at,
                              regexp_replace(without_parent, '''[^'']*''|"[^"]*"|[0-9]+', '…', 'g'))), 10) AS cause,
           target, direction, key, guid, kind, reason_code, reason, reason_at, attempts, first_seen, last_seen
    FROM (SELECT target, 'push' AS direction, guid AS key, guid, kind, coalesce(reason_code, '') AS reason_code,
                 coalesce(reason, '') AS reason,
                 CASE WHEN blocked_on IS NULL THEN coalesce(reason, '')
                      ELSE replace(coalesce(reason, ''), blocked_on, '…') END AS without_parent,
                 reason_at, attempts, coalesce(first_failed_at, settled_at, owed_since) AS first_seen,
                 coalesce(settled_at, owed_since) AS last_seen
          FROM hub.delivery WHERE state = 'rejected'
          UNION ALL
          SELECT target, 'pull', external_id, guid, kind, reason_code, reason, reason, NULL, seen, first_seen, last_seen
          FROM hub.parked WHERE NOT given_up) AS waiting;
COMMENT ON VIEW hub.attention IS 'key is the entity''s guid of a push, the target''s id of a pull';
