package org.synchub.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.SealedTable.KeyColumn;
import org.synchub.ledger.Vault.UnreadableException;

/**
 * Writes again, as the vault writes it now, what was written otherwise: in clear, or with another key. A row is written only
 * if it still holds the bytes that were read, and passed by while somebody else has it in hand, so that what a hub
 * writes meanwhile is never lost and nobody waits.
 */
public class Resealing {

    /** Stands for no key. */
    public static final String PLAIN = "";

    private static final String DAMAGED = "?";

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Vault vault;

    public Resealing(JdbcClient db, TransactionTemplate transaction, Vault vault) {
        this.db = db;
        this.transaction = transaction;
        this.vault = vault;
    }

    /**
     * By table and id of the key, how many values are sealed with it; {@link #PLAIN} for those in clear, a question mark for
     * what is neither. Reads the beginning of every value.
     */
    public Map<SealedTable, Map<String, Long>> count() {
        Map<SealedTable, Map<String, Long>> counts = new EnumMap<>(SealedTable.class);
        for (SealedTable table : SealedTable.values()) {
            Map<String, Long> byKey = new TreeMap<>();
            db.sql(
                            "SELECT CASE WHEN get_byte(head, 0) = 0 THEN :plain WHEN get_byte(head, 0) <> 1 OR octet_length(head) < 2"
                                    + " THEN :damaged ELSE encode(substring(head FROM 3 FOR get_byte(head, 1)), 'escape') END, count(*)"
                                    + " FROM hub." + table.table() + " t, LATERAL (VALUES "
                                    + table.columns().stream()
                                            .map(c -> "(substring(t." + c + " FROM 1 FOR 34))")
                                            .collect(Collectors.joining(", "))
                                    + ") AS v (head) WHERE octet_length(head) > 0 GROUP BY 1")
                    .param("plain", PLAIN)
                    .param("damaged", DAMAGED)
                    .query(row -> {
                        byKey.put(row.getString(1), row.getLong(2));
                    });
            counts.put(table, byKey);
        }
        return counts;
    }

    /**
     * What was done with a page of rows.
     *
     * @param last key of its last row, to go on after; null when there are no more rows
     * @param rows how many were looked at
     * @param renewed how many were written anew
     * @param left how many somebody else had in hand: they are to be looked at again
     * @param unreadable what is said of those that cannot be opened; they stay as they are
     */
    public record Page(@Nullable List<String> last, int rows, int renewed, int left, List<String> unreadable) {}

    /** A row with the bytes that are to be renewed and what they become; null where a column stays. */
    private record Row(List<String> key, List<byte @Nullable []> before, List<byte @Nullable []> after) {

        boolean isToBeWritten() {
            return after.stream().anyMatch(bytes -> bytes != null);
        }
    }

    /**
     * Renews the next rows of a table in the order of its key, in one short transaction.
     *
     * @param after key of the last row of the page before; null for the first
     */
    public Page page(SealedTable table, @Nullable List<String> after, int size) {
        List<String> unreadable = new ArrayList<>();
        String further = after == null
                ? ""
                : " WHERE (" + keys(table, KeyColumn::column) + ") > ("
                        + keys(table, key -> ":" + key.column() + "::" + key.type()) + ")";
        List<Row> rows = read(
                table,
                further + " ORDER BY " + keys(table, KeyColumn::column) + " LIMIT :size",
                statement -> {
                    JdbcClient.StatementSpec bound = statement.param("size", size);
                    for (int i = 0; after != null && i < table.keys().size(); i++) {
                        bound = bound.param(table.keys().get(i).column(), after.get(i));
                    }
                    return bound;
                },
                unreadable);
        if (rows.isEmpty()) {
            return new Page(null, 0, 0, 0, unreadable);
        }
        List<Row> changed = rows.stream().filter(Row::isToBeWritten).toList();
        int renewed = changed.isEmpty()
                ? 0
                : transaction.execute(status -> {
                    ByIndex.fromNowOn(db);
                    return write(table, changed);
                });
        return new Page(rows.get(rows.size() - 1).key(), rows.size(), renewed, changed.size() - renewed, unreadable);
    }

    /**
     * Renews what was agreed on of these entities, so that the statement that follows can compare it with what this vault
     * writes. Joins the caller's transaction. What cannot be opened stays as it is.
     */
    void links(String target, Collection<String> guids) {
        List<Row> changed = read(
                        SealedTable.LINK,
                        " WHERE target = :target AND guid = ANY (:guids::text[]) ORDER BY guid FOR UPDATE",
                        statement -> statement.param("target", target).param("guids", guids.toArray(String[]::new)),
                        new ArrayList<>())
                .stream()
                .filter(Row::isToBeWritten)
                .toList();
        if (!changed.isEmpty()) {
            write(SealedTable.LINK, changed);
        }
    }

    private List<Row> read(
            SealedTable table, String which, UnaryOperator<JdbcClient.StatementSpec> bind, List<String> unreadable) {
        String columns = table.columns().stream()
                .map(c -> "CASE WHEN " + isOther(c) + " THEN " + c + " END")
                .collect(Collectors.joining(", "));
        return bind.apply(db.sql("SELECT " + table.owner() + ", " + table.record() + ", " + columns + ", "
                                + keys(table, key -> key.column() + "::text") + " FROM hub." + table.table() + which)
                        .param("length", vault.header().length)
                        .param("header", vault.header()))
                .query((row, n) -> row(table, row, unreadable))
                .list();
    }

    /** Whether this column was not written as the vault writes now. */
    private static String isOther(String column) {
        return "substring(" + column + " FROM 1 FOR :length) <> :header";
    }

    private Row row(SealedTable table, ResultSet row, List<String> unreadable) throws SQLException {
        String owner = row.getString(1);
        String record = row.getString(2);
        List<byte @Nullable []> before = new ArrayList<>();
        List<byte @Nullable []> after = new ArrayList<>();
        int next = 3;
        for (int i = 0; i < table.columns().size(); i++) {
            byte[] bytes = row.getBytes(next++);
            byte[] renewed = null;
            try {
                renewed = vault.renew(bytes, table.table(), owner, record);
            } catch (UnreadableException e) {
                unreadable.add(e.getMessage());
            }
            boolean same = renewed == null || Arrays.equals(renewed, bytes);
            before.add(same ? null : bytes);
            after.add(same ? null : renewed);
        }
        List<String> key = new ArrayList<>();
        for (int i = 0; i < table.keys().size(); i++) {
            key.add(row.getString(next++));
        }
        return new Row(key, before, after);
    }

    private int write(SealedTable table, List<Row> rows) {
        List<String> columns = table.columns();
        List<KeyColumn> keys = table.keys();
        String arrays = Stream.concat(
                        keys.stream().map(key -> ":key_" + key.column() + "::text[]::" + key.type() + "[]"),
                        columns.stream().flatMap(c -> Stream.of(":old_" + c + "::bytea[]", ":new_" + c + "::bytea[]")))
                .collect(Collectors.joining(", "));
        String names = Stream.concat(
                        keys.stream().map(KeyColumn::column),
                        columns.stream().flatMap(c -> Stream.of("old_" + c, "new_" + c)))
                .collect(Collectors.joining(", "));
        String ofRow = keys.stream()
                .map(key -> "t." + key.column() + " = r." + key.column())
                .collect(Collectors.joining(" AND "));
        JdbcClient.StatementSpec statement =
                db.sql("WITH r AS MATERIALIZED (SELECT * FROM unnest(" + arrays + ") AS r ("
                        + names + ")), free AS MATERIALIZED (SELECT " + keys(table, key -> "t." + key.column())
                        + " FROM r JOIN hub."
                        + table.table() + " t ON " + ofRow + " ORDER BY " + keys(table, key -> "t." + key.column())
                        + " FOR UPDATE OF t SKIP LOCKED) UPDATE hub." + table.table() + " t SET "
                        + columns.stream()
                                .map(c -> c + " = coalesce(r.new_" + c + ", t." + c + ")")
                                .collect(Collectors.joining(", "))
                        + " FROM r JOIN free USING (" + keys(table, KeyColumn::column) + ") WHERE " + ofRow + " AND "
                        + columns.stream()
                                .map(c -> "(r.old_" + c + " IS NULL OR t." + c + " = r.old_" + c + ")")
                                .collect(Collectors.joining(" AND ")));
        for (int i = 0; i < keys.size(); i++) {
            int at = i;
            statement = statement.param(
                    "key_" + keys.get(i).column(),
                    rows.stream().map(row -> row.key().get(at)).toArray(String[]::new));
        }
        for (int i = 0; i < columns.size(); i++) {
            int at = i;
            statement = statement
                    .param(
                            "old_" + columns.get(i),
                            rows.stream().map(row -> row.before().get(at)).toArray(byte[][]::new))
                    .param(
                            "new_" + columns.get(i),
                            rows.stream().map(row -> row.after().get(at)).toArray(byte[][]::new));
        }
        return statement.update();
    }

    private static String keys(SealedTable table, Function<KeyColumn, String> each) {
        return table.keys().stream().map(each).collect(Collectors.joining(", "));
    }
}
