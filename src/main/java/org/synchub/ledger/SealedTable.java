package org.synchub.ledger;

import java.util.List;

/** The tables of schema hub in which a {@link Vault} keeps what records hold. */
@SuppressWarnings("ImmutableEnumChecker") // its lists cannot be changed
public enum SealedTable {
    /** What both sides agreed on, last and before. */
    LINK("link", "target", "guid", List.of("guid:text", "target:text"), "base", "previous_base"),
    /** What may have left and is not settled. */
    SENT("sent", "target", "guid", List.of("target:text", "guid:text", "token:uuid"), "record"),
    /** What both sides had agreed on around a pull. */
    PULLED_STATE(
            "pulled_state", "target", "guid", List.of("target:text", "guid:text", "revision:bigint"), "base", "result"),
    /** What somebody has to decide, or has decided. */
    CONFLICT("conflict", "target", "external_id", List.of("id:bigint"), "base", "internal", "external", "proposed"),
    /** What was decided. */
    DECISION("decision", "target", "external_id", List.of("id:bigint"), "base", "internal", "external", "result"),
    /** What was exchanged over a record that needs attention. */
    EXCHANGE("exchange", "target", "key", List.of("target:text", "direction:text", "key:text"), "masked", "clear"),
    /** Where entities and their events differ. */
    DRIFT("drift", "tenant", "guid", List.of("tenant:text", "guid:text"), "said", "held");

    private final String table;
    private final String owner;
    private final String record;
    private final List<KeyColumn> keys;
    private final List<String> columns;

    /** A column of the primary key, with its type. */
    record KeyColumn(String column, String type) {}

    SealedTable(String table, String owner, String record, List<String> keys, String... columns) {
        this.table = table;
        this.owner = owner;
        this.record = record;
        this.keys = keys.stream()
                .map(key -> new KeyColumn(key.substring(0, key.indexOf(':')), key.substring(key.indexOf(':') + 1)))
                .toList();
        this.columns = List.of(columns);
    }

    /** Its name in schema hub. */
    public String table() {
        return table;
    }

    /** The column that says whose the record is: a target, or a tenant. */
    String owner() {
        return owner;
    }

    /** The column that says what the record is known by there. */
    String record() {
        return record;
    }

    /** The primary key, in the order of its index. */
    List<KeyColumn> keys() {
        return keys;
    }

    /** The columns that a vault has written. */
    public List<String> columns() {
        return columns;
    }
}
