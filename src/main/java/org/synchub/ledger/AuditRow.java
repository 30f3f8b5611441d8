package org.synchub.ledger;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.synchub.crypto.Sha256;

/**
 * A row of {@code hub.audit}: something that somebody did, or a run. Keys and counts only.
 *
 * @param records how many records it concerned, where that is known
 * @param errors how many of them were refused or could not be applied
 * @param run id of the run, for a run
 * @param begun id of the row that noted the same before it was done; null for a run, and for what was noted afterwards only
 * @param concludedBy of a row with the outcome {@code begun} the one that says what became of it; null when none does: the
 *     process died in between, or is still at it. No part of what is sealed
 */
public record AuditRow(
        long id,
        Instant at,
        String operation,
        String who,
        String via,
        @Nullable String address,
        @Nullable String target,
        String outcome,
        @Nullable String detail,
        @Nullable Long run,
        @Nullable Long records,
        @Nullable Long errors,
        @Nullable Long durationMs,
        @Nullable Long begun,
        @Nullable Long concludedBy) {

    /** Whether nothing says what became of it: the process died in between, or is still at it. */
    public boolean isOpen() {
        return outcome.equals("begun") && concludedBy == null;
    }

    static final String COLUMNS = "a.id, a.at, a.operation, a.who, a.via, a.address, a.target, a.outcome, a.detail,"
            + " a.run, a.records, a.errors, a.duration_ms, a.begun,"
            + " CASE a.outcome WHEN 'begun' THEN (SELECT c.id FROM hub.audit c WHERE c.begun = a.id) END AS concluded_by ";

    static AuditRow read(ResultSet row, int n) throws SQLException {
        return new AuditRow(
                row.getLong("id"),
                row.getTimestamp("at").toInstant(),
                row.getString("operation"),
                row.getString("who"),
                row.getString("via"),
                row.getString("address"),
                row.getString("target"),
                row.getString("outcome"),
                row.getString("detail"),
                row.getObject("run", Long.class),
                row.getObject("records", Long.class),
                row.getObject("errors", Long.class),
                row.getObject("duration_ms", Long.class),
                row.getObject("begun", Long.class),
                row.getObject("concluded_by", Long.class));
    }

    /**
     * SHA-256 over the row without its id: for each column, in the order of this record, a byte 0 for null, else a byte 1,
     * the length of its text in UTF-8 as four bytes, and the text. Times are microseconds since 1970, in UTC. {@code begun} is left out where it is null: rows were sealed before
     * it was there.
     */
    byte[] content() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            write(out, at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000);
            write(out, operation);
            write(out, who);
            write(out, via);
            write(out, address);
            write(out, target);
            write(out, outcome);
            write(out, detail);
            write(out, run);
            write(out, records);
            write(out, errors);
            write(out, durationMs);
            if (begun != null) {
                write(out, begun);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Sha256.of(bytes.toByteArray());
    }

    private static void write(DataOutputStream out, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeByte(0);
            return;
        }
        byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
        out.writeByte(1);
        out.writeInt(text.length);
        out.write(text);
    }
}
