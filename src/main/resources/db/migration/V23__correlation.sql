-- What a run's log lines and its requests to the target are known by.

ALTER TABLE hub.run ADD COLUMN correlation text;
COMMENT ON COLUMN hub.run.correlation IS 'what the run''s log lines and the X-Request-ID of its requests to the target begin with; null for runs of earlier versions';
