-- An old form that DataCollect wrote over a pulled state leaves an entity that bears that state's stamp and does not hold it. A device
-- that fetches it then, and sends it back after the next pull, must not be believed to have seen what the stamp says.
ALTER TABLE hub.pulled_state ADD COLUMN mixed bigint;
COMMENT ON COLUMN hub.pulled_state.mixed IS 'the oldest pulled state that a form written over this one was filled in on; null when there was none';
