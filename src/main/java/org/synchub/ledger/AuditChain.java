package org.synchub.ledger;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.crypto.Sha256;

/**
 * Chains the rows of the audit trail: each seal holds the hash of its row and of the seal before, so that no row can be
 * changed, removed or put in between without a trace. Rows are sealed after they were committed, by one sealer at a time,
 * whoever comes first; who writes a row waits for nobody.
 */
public class AuditChain {

    private static final int AT_ONCE = 1_000;

    /** A moment is left out, so that who asks does not meet the row of the question. */
    private static final String OPEN = "a.outcome = 'begun' AND a.at < hub.now() - interval '5 s'"
            + " AND NOT EXISTS (SELECT FROM hub.audit c WHERE c.begun = a.id)";

    private final JdbcClient db;
    private final TransactionTemplate transaction;

    public AuditChain(JdbcClient db, TransactionTemplate transaction) {
        this.db = db;
        this.transaction = transaction;
    }

    /**
     * The last seal, which stands for everything before it. Kept somewhere else it proves that nothing was rewritten or cut
     * off since.
     *
     * @param hash 64 hexadecimal digits
     */
    public record Root(long seq, String hash) {

        private static final Pattern TEXT = Pattern.compile("(\\d{1,18}):([0-9a-f]{64})");

        /**
         * Reads what {@link #toString} wrote.
         *
         * @throws IllegalArgumentException when that did not write it
         */
        public static Root of(String text) {
            Matcher parts = TEXT.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException(
                        "'" + text
                                + "' is no root of the audit trail; one looks like 42: and 64 hexadecimal digits, as it was published");
            }
            return new Root(Long.parseLong(parts.group(1)), parts.group(2));
        }

        @Override
        public String toString() {
            return seq + ":" + hash;
        }
    }

    /** A seal, and the row that it names as it is now; null when it is not there any more. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared with another.
    record Sealed(
            long seq,
            long auditId,
            byte[] content,
            byte[] hash,
            Instant sealedAt,
            @Nullable AuditRow row) {

        static Sealed read(ResultSet row, int n) throws SQLException {
            row.getLong("id");
            boolean gone = row.wasNull();
            return new Sealed(
                    row.getLong("seq"),
                    row.getLong("audit_id"),
                    row.getBytes("content"),
                    row.getBytes("hash"),
                    row.getTimestamp("sealed_at").toInstant(),
                    gone ? null : AuditRow.read(row, n));
        }
    }

    /**
     * Seals what has been committed and is not sealed yet.
     *
     * @return how many rows; 0 as well when somebody else is at it
     */
    public int seal() {
        int all = 0;
        if (waits()) {
            int sealed;
            do {
                sealed = transaction.execute(status -> sealSome());
                all += sealed;
            } while (sealed == AT_ONCE);
        }
        return all;
    }

    private boolean waits() {
        return db.sql("SELECT EXISTS (SELECT FROM hub.audit_unsealed)")
                .query(Boolean.class)
                .single();
    }

    private int sealSome() {
        List<Map.Entry<Long, byte[]>> head = db.sql("SELECT seq, hash FROM hub.audit_head FOR UPDATE SKIP LOCKED")
                .query((row, n) -> Map.entry(row.getLong("seq"), row.getBytes("hash")))
                .list();
        if (head.isEmpty()) {
            return 0;
        }
        List<AuditRow> rows = db.sql("SELECT " + AuditRow.COLUMNS + """
                         FROM hub.audit_unsealed u JOIN hub.audit a ON a.id = u.id ORDER BY a.id LIMIT :most""")
                .param("most", AT_ONCE)
                .query(AuditRow::read)
                .list();
        if (rows.isEmpty()) {
            return 0;
        }
        long first = head.get(0).getKey() + 1;
        byte[] hash = head.get(0).getValue();
        Long[] ids = new Long[rows.size()];
        byte[][] contents = new byte[rows.size()][];
        byte[][] hashes = new byte[rows.size()][];
        for (int i = 0; i < rows.size(); i++) {
            ids[i] = rows.get(i).id();
            contents[i] = rows.get(i).content();
            hash = hash(hash, first + i, ids[i], contents[i]);
            hashes[i] = hash;
        }
        db.sql("""
                        INSERT INTO hub.audit_seal (seq, audit_id, content, hash)
                        SELECT :first + row.n - 1, row.id, row.content, row.hash
                        FROM unnest(:ids::bigint[], :contents::bytea[], :hashes::bytea[])
                             WITH ORDINALITY AS row (id, content, hash, n)""")
                .param("first", first)
                .param("ids", ids)
                .param("contents", contents)
                .param("hashes", hashes)
                .update();
        db.sql("DELETE FROM hub.audit_unsealed WHERE id = ANY (:ids::bigint[])")
                .param("ids", ids)
                .update();
        db.sql("UPDATE hub.audit_head SET seq = :seq, hash = :hash")
                .param("seq", first + rows.size() - 1)
                .param("hash", hash)
                .update();
        return rows.size();
    }

    static byte[] hash(byte[] before, long seq, long auditId, byte[] content) {
        return Sha256.of(ByteBuffer.allocate(before.length + 2 * Long.BYTES + content.length)
                .put(before)
                .putLong(seq)
                .putLong(auditId)
                .put(content)
                .array());
    }

    /** The last seal as the sealer left it; seal 0 when nothing was sealed yet. */
    public Root root() {
        return db.sql("SELECT seq, hash FROM hub.audit_head")
                .query((row, n) -> new Root(row.getLong("seq"), HexFormat.of().formatHex(row.getBytes("hash"))))
                .single();
    }

    /**
     * Looks at every row and every seal.
     *
     * @param published roots that were kept elsewhere, by seal: what was sealed up to each must still be what it was then
     */
    public AuditCheck.Verdict verify(Map<Long, String> published) {
        Root root = root();
        AuditCheck check = new AuditCheck(root, published);
        check.open(page(null, true, null, AuditCheck.MOST), countOpen());
        eachSeal(check::seal);
        check.unsealed(
                db.sql("""
                                SELECT a.id FROM hub.audit a
                                WHERE NOT EXISTS (SELECT FROM hub.audit_seal s WHERE s.audit_id = a.id)
                                  AND NOT EXISTS (SELECT FROM hub.audit_unsealed u WHERE u.id = a.id)
                                ORDER BY a.id LIMIT :most""").param("most", AuditCheck.MOST).query(Long.class).list());
        check.vanished(
                db.sql("""
                                SELECT u.id FROM hub.audit_unsealed u
                                WHERE NOT EXISTS (SELECT FROM hub.audit a WHERE a.id = u.id)
                                ORDER BY u.id LIMIT :most""").param("most", AuditCheck.MOST).query(Long.class).list());
        return check.verdict();
    }

    private long countOpen() {
        return db.sql("SELECT count(*) FROM hub.audit a WHERE " + OPEN)
                .query(Long.class)
                .single();
    }

    /**
     * Gives every sealed row with its seal, in the order of the seals.
     *
     * @param to takes a row and the root as it was when the row was sealed
     */
    public void export(BiConsumer<AuditRow, Root> to) {
        eachSeal(seal -> {
            if (seal.row() != null) {
                to.accept(seal.row(), new Root(seal.seq(), HexFormat.of().formatHex(seal.hash())));
            }
        });
    }

    private void eachSeal(Consumer<Sealed> look) {
        long after = 0;
        while (true) {
            List<Sealed> seals = db.sql(
                            "SELECT s.seq, s.audit_id, s.content, s.hash, s.sealed_at, " + AuditRow.COLUMNS + """
                             FROM hub.audit_seal s LEFT JOIN hub.audit a ON a.id = s.audit_id
                            WHERE s.seq > :after ORDER BY s.seq LIMIT :most""")
                    .param("after", after)
                    .param("most", AT_ONCE)
                    .query(Sealed::read)
                    .list();
            if (seals.isEmpty()) {
                return;
            }
            seals.forEach(look);
            after = seals.get(seals.size() - 1).seq();
        }
    }

    /**
     * Rows, the newest first.
     *
     * @param target only this one's; null for all
     * @param open only what was begun over five seconds ago and never concluded
     * @param before id of the last row of the page before; null for the first page
     */
    public List<AuditRow> page(@Nullable String target, boolean open, @Nullable Long before, int most) {
        return db.sql("SELECT " + AuditRow.COLUMNS + """
                         FROM hub.audit a
                        WHERE (:target::text IS NULL OR a.target = :target) AND (:before::bigint IS NULL OR a.id < :before)
                        """ + (open ? "AND " + OPEN : "")
                        + " ORDER BY a.id DESC LIMIT :most")
                .param("target", target)
                .param("before", before)
                .param("most", most)
                .query(AuditRow::read)
                .list();
    }
}
