-- What a resync has still to read back is counted while people wait for it.
CREATE INDEX delivery_reread ON hub.delivery (target) WHERE reread;

-- The queue and the log in the words of the founding documents, for people who ask the database.
CREATE VIEW hub.sync_queue AS
    SELECT hashtextextended(d.target || E'\x1f' || d.guid, 0) AS id,
           CASE WHEN d.operation = 'D' THEN 'delete' WHEN l.external_id IS NULL THEN 'create' ELSE 'update' END AS operation,
           d.kind AS model_name,
           d.guid AS object_id,
           jsonb_build_object('target', d.target, 'guid', d.guid, 'externalId', l.external_id, 'state', d.state) AS data,
           CASE WHEN d.state = 'delivered' THEN 'completed'
                WHEN d.state IN ('in_flight', 'unknown') THEN 'processing'
                WHEN d.state IN ('rejected', 'conflict', 'discarded') THEN 'failed'
                ELSE 'pending' END AS status,
           d.attempts AS retry_count,
           d.reason AS last_error,
           d.owed_since AS created_at,
           coalesce(d.settled_at, d.owed_since) AS updated_at
    FROM hub.delivery d LEFT JOIN hub.link l ON l.target = d.target AND l.guid = d.guid
    WHERE d.state <> 'excluded';
COMMENT ON VIEW hub.sync_queue IS 'one row for what one target is owed of one entity; what is never sent is not in it';
COMMENT ON COLUMN hub.sync_queue.id IS 'made from target and guid: the same for as long as the delivery is there';
COMMENT ON COLUMN hub.sync_queue.data IS 'keys only: what a record holds stands in DataCollect''s entities';

CREATE VIEW hub.sync_log AS
    SELECT id,
           started_at AS "timestamp",
           CASE WHEN direction IN ('push', 'resync') THEN 'upload' WHEN direction = 'sync' THEN 'both'
                ELSE 'download' END AS direction,
           created + updated + adopted + deleted + unchanged + rejected + conflicts + pulled + parked AS records_processed,
           CASE WHEN status = 'cancelled' THEN 'partial' ELSE status END AS status,
           message AS error_message,
           started_by AS user_id,
           NULL::text AS device_id,
           target
    FROM hub.run WHERE ended_at IS NOT NULL;
COMMENT ON VIEW hub.sync_log IS 'one row per ended run';
COMMENT ON COLUMN hub.sync_log.device_id IS 'always null: DataCollect''s store does not say which device a record came from';
