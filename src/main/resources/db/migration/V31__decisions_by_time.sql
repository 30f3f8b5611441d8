-- What was decided in some time, without passing by all that was decided before.
CREATE INDEX decision_at ON hub.decision (target, at);
