package org.synchub.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The root hash over all events of a tenant, as a DataCollect server (v1.0.0) keeps it in {@code merkle_root}.
 *
 * <p>The server only compares and warns, and rebuilds the tree from all events whenever it stores one. Who writes events
 * beside it should leave a root that matches; once per run that wrote something is enough, because it reads every event
 * of the tenant, a batch at a time: 25 s per million on a busy machine.
 *
 * <p>Source: {@code packages/datacollect/src/components/EventStore.ts}.
 */
public final class MerkleRoot {

    private static final int BATCH = 2_000;

    private MerkleRoot() {}

    /**
     * Rebuilds the tenant's root and stores it.
     *
     * @param connection with autocommit off; the caller commits
     * @return the new root, 64 lower-case hex digits, or empty when the tenant has no events
     * @throws IllegalStateException when the stored root was made by a later DataCollect, whose rules differ
     */
    public static String refresh(Connection connection, String tenant) throws SQLException {
        requireKnownFormat(connection, tenant);
        String root = compute(connection, tenant);
        try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO public.merkle_root (tenant_id, root)"
                + " VALUES (?, ?) ON CONFLICT (tenant_id) DO UPDATE SET root = EXCLUDED.root")) {
            upsert.setString(1, tenant);
            upsert.setString(2, root);
            upsert.executeUpdate();
        }
        return root;
    }

    /**
     * Computes the tenant's root without storing it.
     *
     * @param connection with autocommit off, else the driver would read all events into memory at once
     */
    public static String compute(Connection connection, String tenant) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException("The Merkle root of tenant " + tenant
                    + " must be computed in a transaction: switch autocommit off before calling.");
        }
        try (Statement settings = connection.createStatement()) {
            // Both would let rows come in another order than they lie in the table.
            settings.execute("SET LOCAL synchronize_seqscans = off");
            settings.execute("SET LOCAL max_parallel_workers_per_gather = 0");
        }
        String root = tryCompute(connection, tenant, "");
        // The server reads without ORDER BY, which in practice is the order of the rows in the table; sorting costs
        // a temporary file of the tenant's size, so it is done only where the plan did not give that order anyway.
        return root != null ? root : sorted(connection, tenant);
    }

    private static String sorted(Connection connection, String tenant) throws SQLException {
        String root = tryCompute(connection, tenant, " ORDER BY events.ctid");
        if (root == null) {
            throw new IllegalStateException("PostgreSQL did not sort the events of tenant " + tenant + " by ctid.");
        }
        return root;
    }

    /** The root, or null when the rows did not come in the order in which they lie in the table. */
    private static @Nullable String tryCompute(Connection connection, String tenant, String order) throws SQLException {
        MerkleTree tree = new MerkleTree();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT ctid::text, guid, entity_guid, type, data::text,"
                        + " CASE WHEN isfinite(\"timestamp\") THEN floor(extract(epoch FROM \"timestamp\") * 1000)::bigint END,"
                        + " user_id, sync_level FROM public.events WHERE tenant_id = ?" + order)) {
            select.setFetchSize(BATCH);
            select.setString(1, tenant);
            try (ResultSet row = select.executeQuery()) {
                long before = -1;
                List<Event> batch = new ArrayList<>();
                while (row.next()) {
                    long place = place(row.getString(1));
                    if (place < before) {
                        return null;
                    }
                    before = place;
                    batch.add(Event.read(row));
                    if (batch.size() == BATCH) {
                        addLeaves(tree, batch);
                        batch.clear();
                    }
                }
                addLeaves(tree, batch);
            }
        }
        return tree.root();
    }

    private static void addLeaves(MerkleTree tree, List<Event> events) {
        events.parallelStream()
                .map(event -> MerkleTree.leaf(event.json()))
                .toList()
                .forEach(tree::addLeaf);
    }

    /** An event as it is hashed. */
    private record Event(
            @Nullable String guid,
            @Nullable String entity,
            @Nullable String type,
            @Nullable String data,
            @Nullable Long millis,
            @Nullable String user,
            @Nullable Integer level) {

        static Event read(ResultSet row) throws SQLException {
            return new Event(
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getObject(6, Long.class),
                    row.getString(7),
                    row.getObject(8, Integer.class));
        }

        /** What the server's {@code JSON.stringify} makes of it. */
        String json() {
            StringBuilder out = new StringBuilder(data == null ? 256 : 256 + data.length());
            out.append("{\"guid\":");
            appendString(out, guid);
            out.append(",\"entityGuid\":");
            appendString(out, entity);
            out.append(",\"type\":");
            appendString(out, type);
            out.append(",\"data\":");
            JavaScriptJson.append(out, data == null ? "null" : data);
            out.append(",\"timestamp\":");
            appendString(out, millis == null ? null : IsoMillis.format(Instant.ofEpochMilli(millis)));
            out.append(",\"userId\":");
            appendString(out, user);
            return out.append(",\"syncLevel\":").append(level).append('}').toString();
        }
    }

    private static void appendString(StringBuilder out, @Nullable String value) {
        if (value == null) {
            out.append("null");
            return;
        }
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** {@code (page,line)} as one number that sorts as PostgreSQL sorts ctids. */
    private static long place(String ctid) {
        int comma = ctid.indexOf(',');
        return (Long.parseLong(ctid, 1, comma, 10) << 16) | Long.parseLong(ctid, comma + 1, ctid.length() - 1, 10);
    }

    /**
     * Makes sure that the tenant's events may be written beside its server: for a start-up check.
     *
     * @throws IllegalStateException when the stored root was made by a later DataCollect, which would refuse to start
     *     when it finds events that it did not write
     */
    public static void requireKnownFormat(Connection connection, String tenant) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT root FROM public.merkle_root WHERE tenant_id = ?")) {
            select.setString(1, tenant);
            try (ResultSet row = select.executeQuery()) {
                String root = row.next() ? row.getString(1) : null;
                // Later servers chain their events under an anchor "v2:…" and refuse to start when it does not match.
                if (root != null && root.indexOf(':') >= 0) {
                    throw new IllegalStateException("The stored root of tenant " + tenant + " starts with "
                            + root.substring(0, root.indexOf(':') + 1) + ", which DataCollect v1.0.0 does not write."
                            + " This store belongs to a later DataCollect; the hub must not write events into it."
                            + " Use a version of Sync Hub made for it.");
                }
            }
        }
    }
}
