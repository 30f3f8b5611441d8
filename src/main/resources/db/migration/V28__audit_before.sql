-- What somebody is about to do is noted before it is done, and concluded by a second row that names the first. A row's seal
-- holds the new column only where it is not null, so that what was sealed before still is what it was.
ALTER TABLE hub.audit DROP CONSTRAINT audit_outcome_check;
ALTER TABLE hub.audit
    ADD CONSTRAINT audit_outcome_check CHECK (outcome IN ('begun', 'done', 'refused', 'failed', 'partial', 'cancelled')),
    ADD COLUMN begun bigint REFERENCES hub.audit (id),
    ADD CONSTRAINT audit_begun_check CHECK (begun IS NULL OR outcome <> 'begun');
COMMENT ON COLUMN hub.audit.outcome IS 'begun: another row, which names this one, says what became of it; without one the process died, or is still at it';
COMMENT ON COLUMN hub.audit.begun IS 'id of the row that noted the same before it was done';
CREATE UNIQUE INDEX audit_concluded ON hub.audit (begun) WHERE begun IS NOT NULL;
CREATE INDEX audit_begun ON hub.audit (id) WHERE outcome = 'begun';

-- Runs by the time they ended: what is usual for a target, and what is old.
CREATE INDEX run_ended ON hub.run (target, ended_at) WHERE ended_at IS NOT NULL;
