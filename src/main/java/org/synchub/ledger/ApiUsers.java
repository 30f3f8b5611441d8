package org.synchub.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Who may log in by name and password. What is kept of a password is a hash that its maker chose. */
public class ApiUsers {

    private static final String COLUMNS = """
            name, role, hash, created_at, created_by, password_at, last_login_at, disabled_at,
            (SELECT count(*) FROM hub.login l
             WHERE l.user_name = u.name AND l.ended_at IS NULL AND l.expires_at > hub.now()) AS logins
            FROM hub.api_user u""";

    private final JdbcClient db;
    private final TransactionTemplate transaction;

    public ApiUsers(JdbcClient db, TransactionTemplate transaction) {
        this.db = db;
        this.transaction = transaction;
    }

    /**
     * A user without the password.
     *
     * @param logins how many go on now
     */
    public record Row(
            String name,
            String role,
            String hash,
            Instant createdAt,
            String createdBy,
            Instant passwordAt,
            @Nullable Instant lastLoginAt,
            @Nullable Instant disabledAt,
            int logins) {

        public boolean isDisabled() {
            return disabledAt != null;
        }

        /** Without the hash. */
        @Override
        public String toString() {
            return "user " + name + " (" + role + (isDisabled() ? ", disabled" : "") + ")";
        }
    }

    /** Keeps a new user; false when there is one of this name. */
    public boolean add(String name, String role, String hash, String by) {
        return db.sql("""
                                INSERT INTO hub.api_user (name, role, hash, created_by) VALUES (:name, :role, :hash, :by)
                                ON CONFLICT DO NOTHING""")
                        .param("name", name)
                        .param("role", role)
                        .param("hash", hash)
                        .param("by", by)
                        .update()
                > 0;
    }

    public Optional<Row> find(String name) {
        return db.sql("SELECT " + COLUMNS + " WHERE name = :name")
                .param("name", name)
                .query(ApiUsers::read)
                .optional();
    }

    /** Every user, by name. */
    public List<Row> all() {
        return db.sql("SELECT " + COLUMNS + " ORDER BY name")
                .query(ApiUsers::read)
                .list();
    }

    /** Whether anybody could log in. */
    public boolean anyEnabled() {
        return db.sql("SELECT EXISTS (SELECT FROM hub.api_user WHERE disabled_at IS NULL)")
                .query(Boolean.class)
                .single();
    }

    /** Gives another role; false when there is no such user. */
    public boolean setRole(String name, String role) {
        return db.sql("UPDATE hub.api_user SET role = :role WHERE name = :name")
                        .param("name", name)
                        .param("role", role)
                        .update()
                > 0;
    }

    /** Gives another password, which ends every login; false when there is no such user. */
    public boolean setPassword(String name, String hash) {
        return endingLogins(
                name,
                "password",
                db.sql("UPDATE hub.api_user SET hash = :hash, password_at = hub.now() WHERE name = :name")
                        .param("hash", hash));
    }

    /** Lets nobody in by this name, and ends every login; false when there is no such user or it was disabled before. */
    public boolean disable(String name) {
        return endingLogins(
                name,
                "disabled",
                db.sql("UPDATE hub.api_user SET disabled_at = hub.now() WHERE name = :name AND disabled_at IS NULL"));
    }

    /** Takes that back; false when there is no such user or it was not disabled. */
    public boolean enable(String name) {
        return db.sql("UPDATE hub.api_user SET disabled_at = NULL WHERE name = :name AND disabled_at IS NOT NULL")
                        .param("name", name)
                        .update()
                > 0;
    }

    /** Forgets a user and every login; false when there is none. */
    public boolean remove(String name) {
        return db.sql("DELETE FROM hub.api_user WHERE name = :name")
                        .param("name", name)
                        .update()
                > 0;
    }

    /** The user's row first: a login that began meanwhile holds it, and is seen by what ends logins. */
    private boolean endingLogins(String name, String why, JdbcClient.StatementSpec change) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            if (change.param("name", name).update() == 0) {
                return false;
            }
            db.sql("""
                            UPDATE hub.login SET ended_at = hub.now(), ended_by = :why
                            WHERE user_name = :name AND ended_at IS NULL""").param("name", name).param("why", why).update();
            return true;
        }));
    }

    private static Row read(ResultSet row, int n) throws SQLException {
        return new Row(
                row.getString("name"),
                row.getString("role"),
                row.getString("hash"),
                row.getTimestamp("created_at").toInstant(),
                row.getString("created_by"),
                row.getTimestamp("password_at").toInstant(),
                Timestamps.instant(row.getTimestamp("last_login_at")),
                Timestamps.instant(row.getTimestamp("disabled_at")),
                row.getInt("logins"));
    }
}
