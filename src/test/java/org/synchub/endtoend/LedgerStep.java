package org.synchub.endtoend;

/**
 * Where a hub can be made to stand in the database, by a trigger of the test's: while it stands, its transaction is open
 * and holds whatever it holds at that moment. Steps named {@code …_COMMITS} stand inside the commit itself: the
 * transaction takes effect although the hub never hears of it.
 */
enum LedgerStep {
    SWEEP_WRITTEN("sweep", "AFTER INSERT OR UPDATE ON hub.sweep"),
    SWEEP_COMMITS("sweep", "AFTER INSERT OR UPDATE ON hub.sweep", true),
    DRAIN_TOOK_CHANGES("push", "AFTER DELETE ON hub.change"),
    DRAIN_NOTED_VERSIONS("push", "AFTER INSERT OR UPDATE ON hub.entity"),
    DRAIN_OWED("push", "AFTER INSERT ON hub.delivery"),
    DRAIN_COMMITS("push", "AFTER DELETE ON hub.change", true),
    RUN_OPENED("push", "AFTER INSERT ON hub.run"),
    CLAIM_TOOK_A_SLOT(
            "push",
            "AFTER UPDATE ON hub.slot",
            "NEW.token IS NOT NULL AND NEW.token IS DISTINCT FROM OLD.token",
            false),
    CLAIM_LEASED_LANES(
            "push",
            "AFTER UPDATE ON hub.lane",
            "NEW.token IS NOT NULL AND NEW.token IS DISTINCT FROM OLD.token",
            false),
    CLAIM_TOOK_DELIVERIES(
            "push", "AFTER UPDATE ON hub.delivery", "NEW.state = 'in_flight' AND OLD.state <> 'in_flight'", false),
    CLAIM_COMMITS("push", "AFTER UPDATE ON hub.delivery", "NEW.state = 'in_flight' AND OLD.state <> 'in_flight'", true),
    /** What moved from one household to another needs both lanes; the first was leased by an earlier transaction. */
    CLAIM_LEASED_A_SECOND_LANE(
            "push",
            "AFTER UPDATE ON hub.lane",
            "NEW.token IS NOT NULL AND EXISTS (SELECT FROM hub.lane l WHERE l.target = NEW.target"
                    + " AND l.token = NEW.token AND l.xmin <> pg_current_xact_id()::xid)",
            false),
    NOTED_WHAT_LEAVES("push", "AFTER INSERT ON hub.sent"),
    SETTLE_WROTE_LINKS("push", "AFTER INSERT OR UPDATE ON hub.link"),
    SETTLE_WROTE_STATES(
            "push", "AFTER UPDATE ON hub.delivery", "OLD.state = 'in_flight' AND NEW.state = 'delivered'", false),
    SETTLE_FORGOT_WHAT_LEFT("push", "AFTER DELETE ON hub.sent"),
    SETTLE_COUNTED("push", "AFTER UPDATE ON hub.run", "NEW.ended_at IS NULL", false),
    SETTLE_COMMITS("push", "AFTER UPDATE ON hub.delivery", "OLD.state = 'in_flight' AND NEW.state = 'delivered'", true),
    CLAIM_GIVEN_BACK("push", "AFTER UPDATE ON hub.lane", "NEW.token IS NULL AND OLD.token IS NOT NULL", false),
    RUN_CLOSED("push", "AFTER UPDATE ON hub.run", "NEW.ended_at IS NOT NULL", false),
    HOUSEKEEPING_FOLDED_COUNTS("housekeeping", "AFTER INSERT OR UPDATE ON hub.delivery_count"),
    LOST_WRITES_NOTED(
            "push", "AFTER UPDATE ON hub.delivery", "OLD.state = 'in_flight' AND NEW.state = 'unknown'", false),
    BACKFILL_OWED_A_PAGE("backfill", "AFTER UPDATE ON hub.target", "NEW.backfill_after IS NOT NULL", false),
    BACKFILL_COMMITS("backfill", "AFTER UPDATE ON hub.target", "NEW.backfill_after IS NOT NULL", true);

    private final String command;
    private final String event;
    private final String condition;
    private final boolean deferred;

    LedgerStep(String command, String event) {
        this(command, event, false);
    }

    LedgerStep(String command, String event, boolean deferred) {
        this(command, event, "true", deferred);
    }

    LedgerStep(String command, String event, String condition, boolean deferred) {
        this.command = command;
        this.event = event;
        this.condition = condition;
        this.deferred = deferred;
    }

    /** What a hub must be told so that it comes by. */
    String command() {
        return command;
    }

    String createFunction(int keys) {
        String gate = "(" + keys + ", " + ordinal() + ")";
        return "CREATE FUNCTION gate.pass_" + ordinal() + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$"
                + " BEGIN IF " + condition + " THEN PERFORM pg_advisory_lock_shared" + gate
                + "; PERFORM pg_advisory_unlock_shared" + gate + "; END IF; RETURN NULL; END $$";
    }

    String createTrigger() {
        return "CREATE " + (deferred ? "CONSTRAINT " : "") + "TRIGGER gate_" + ordinal() + " " + event
                + (deferred ? " DEFERRABLE INITIALLY DEFERRED" : "") + " FOR EACH ROW EXECUTE FUNCTION gate.pass_"
                + ordinal() + "()";
    }
}
