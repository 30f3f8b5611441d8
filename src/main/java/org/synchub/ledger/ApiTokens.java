package org.synchub.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tokens of the API, by the database's clock. What is kept of a token's secret is a hash that its maker chose. */
public class ApiTokens {

    private static final String COLUMNS = """
            id, name, role, hash, created_at, created_by, expires_at, last_used_at, revoked_at,
            CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= hub.now() THEN 'expired'
                 ELSE 'valid' END AS state""";

    private final JdbcClient db;

    public ApiTokens(JdbcClient db) {
        this.db = db;
    }

    /**
     * A token without its secret.
     *
     * @param state {@code valid}, {@code expired} or {@code revoked} at the time it was read
     */
    public record Row(
            String id,
            String name,
            String role,
            String hash,
            Instant createdAt,
            String createdBy,
            Instant expiresAt,
            @Nullable Instant lastUsedAt,
            @Nullable Instant revokedAt,
            String state) {

        public boolean isValid() {
            return state.equals("valid");
        }

        /** Without the hash. */
        @Override
        public String toString() {
            return "token " + id + " (" + name + ", " + role + ", " + state + ")";
        }
    }

    /**
     * Keeps a new token.
     *
     * @return when it ends
     */
    public Instant add(String id, String name, String role, String hash, Duration validFor, String by) {
        return db.sql("""
                        INSERT INTO hub.api_token (id, name, role, hash, created_by, expires_at)
                        VALUES (:id, :name, :role, :hash, :by, hub.now() + make_interval(secs => :seconds))
                        RETURNING expires_at""")
                .param("id", id)
                .param("name", name)
                .param("role", role)
                .param("hash", hash)
                .param("by", by)
                .param("seconds", validFor.toSeconds())
                .query(Timestamp.class)
                .single()
                .toInstant();
    }

    public Optional<Row> find(String id) {
        return db.sql("SELECT " + COLUMNS + " FROM hub.api_token WHERE id = :id")
                .param("id", id)
                .query(ApiTokens::read)
                .optional();
    }

    /** Every token there ever was, the newest first. */
    public List<Row> all() {
        return db.sql("SELECT " + COLUMNS + " FROM hub.api_token ORDER BY created_at DESC, id")
                .query(ApiTokens::read)
                .list();
    }

    /**
     * Tokens in use that end soon, or have ended lately, and that no later one of the same name replaces. One that was made
     * for not much longer than that is meant to end.
     *
     * @param within how soon, and how lately
     */
    public List<Row> ending(Duration within) {
        return db.sql("SELECT " + COLUMNS + """
                         FROM hub.api_token t
                        WHERE revoked_at IS NULL AND last_used_at IS NOT NULL
                          AND expires_at BETWEEN hub.now() - make_interval(secs => :within)
                                             AND hub.now() + make_interval(secs => :within)
                          AND expires_at - created_at > 2 * make_interval(secs => :within)
                          AND NOT EXISTS (SELECT FROM hub.api_token later
                                          WHERE later.name = t.name AND later.revoked_at IS NULL
                                            AND later.expires_at > t.expires_at)
                        ORDER BY expires_at, id""")
                .param("within", within.toSeconds())
                .query(ApiTokens::read)
                .list();
    }

    /** Whether anybody could log in with a token now. */
    public boolean anyValid() {
        return db.sql("SELECT EXISTS (SELECT FROM hub.api_token WHERE revoked_at IS NULL AND expires_at > hub.now())")
                .query(Boolean.class)
                .single();
    }

    /**
     * Ends a token now.
     *
     * @return false when there is none with this id that was not revoked before
     */
    public boolean revoke(String id, String by) {
        return db.sql("""
                        UPDATE hub.api_token SET revoked_at = hub.now(), revoked_by = :by
                        WHERE id = :id AND revoked_at IS NULL""").param("id", id).param("by", by).update() > 0;
    }

    /** Notes that a token was used, once a minute at most. */
    public void used(String id) {
        db.sql("""
                        UPDATE hub.api_token SET last_used_at = hub.now()
                        WHERE id = :id AND (last_used_at IS NULL OR last_used_at < hub.now() - interval '1 minute')""").param("id", id).update();
    }

    private static Row read(ResultSet row, int n) throws SQLException {
        return new Row(
                row.getString("id"),
                row.getString("name"),
                row.getString("role"),
                row.getString("hash"),
                row.getTimestamp("created_at").toInstant(),
                row.getString("created_by"),
                row.getTimestamp("expires_at").toInstant(),
                Timestamps.instant(row.getTimestamp("last_used_at")),
                Timestamps.instant(row.getTimestamp("revoked_at")),
                row.getString("state"));
    }
}
