package org.synchub.ledger;

import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Logins of users, by the database's clock. A login is known by the hash of its id, and has one refresh token that is good;
 * each renewal replaces it. Whatever begins or ends a login is in the audit trail by the same transaction.
 */
public class ApiLogins {

    /** Rows of one user; beyond them what is over goes first, then what was not renewed for longest. */
    public static final int MOST = 20;

    private static final int AT_ONCE = 10_000;

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Audit audit;

    public ApiLogins(JdbcClient db, TransactionTemplate transaction, Audit audit) {
        this.db = db;
        this.transaction = transaction;
        this.audit = audit;
    }

    /**
     * How long logins last.
     *
     * @param idle without a renewal
     * @param longest however often it is renewed
     * @param lostAnswer how long the token before may be used again, because the answer to it may not have arrived
     */
    public record Terms(Duration idle, Duration longest, Duration lostAnswer) {}

    /**
     * A login as it stands now.
     *
     * @param at the database's time
     * @param expiresAt unless it is renewed before
     */
    public record Login(String user, String role, Instant at, Instant expiresAt) {}

    /** What became of a refresh token. */
    public sealed interface Renewal {

        /** Replaced. */
        record Renewed(Login login) implements Renewal {}

        /** Used before, so that somebody else may hold it: the login has just been ended. */
        record Reused(String user) implements Renewal {}

        /** Of a login that has ended. */
        record Over(String user) implements Renewal {}

        /** Of no login. */
        record Unknown() implements Renewal {}
    }

    /** How a login stands to an access token. */
    public enum Access {
        GOOD,
        EXPIRED,
        OVER
    }

    /**
     * Begins a login.
     *
     * @param id hash of its id
     * @param token hash of its refresh token
     * @param proven the hash that the password was found to fit; when the user has another by now, or is disabled, nothing
     *     begins
     * @param address for the audit trail
     */
    public Optional<Login> begin(byte[] id, byte[] token, String user, String proven, Terms terms, String address) {
        Login begun = transaction.execute(status -> {
            Optional<String> role = db.sql("""
                            UPDATE hub.api_user SET last_login_at = hub.now()
                            WHERE name = :user AND hash = :proven AND disabled_at IS NULL RETURNING role""")
                    .param("user", user)
                    .param("proven", proven)
                    .query(String.class)
                    .optional();
            if (role.isEmpty()) {
                return null;
            }
            Login login = db.sql("""
                            INSERT INTO hub.login (id, user_name, token, expires_at, ends_at)
                            VALUES (:id, :user, :token, hub.now() + make_interval(secs => least(:idle, :longest)),
                                    hub.now() + make_interval(secs => :longest))
                            RETURNING user_name, began_at AS at, expires_at""")
                    .param("id", id)
                    .param("user", user)
                    .param("token", token)
                    .param("idle", Timestamps.seconds(terms.idle()))
                    .param("longest", Timestamps.seconds(terms.longest()))
                    .query((row, n) -> login(row, role.get()))
                    .single();
            dropBeyondMost(user);
            audit.note(new Audit.Entry(
                    "login", user, Audit.Via.HTTP, address, null, Audit.Outcome.DONE, "password, " + role.get()));
            return login;
        });
        return Optional.ofNullable(begun);
    }

    private void dropBeyondMost(String user) {
        db.sql("""
                        DELETE FROM hub.login WHERE id IN (
                            SELECT id FROM hub.login WHERE user_name = :user
                            ORDER BY ended_at IS NULL AND expires_at > hub.now() DESC, renewed_at DESC, began_at DESC
                            OFFSET :most)""").param("user", user).param("most", MOST).update();
    }

    /**
     * Replaces a refresh token. The one before may be replaced once more, for as long as the terms say and as long as its
     * successor was not used: then that successor is good no longer, and whoever comes with it later has used it twice.
     *
     * @param id hash of the login's id
     * @param token hash of the token that was sent
     * @param next hash of the one that is to replace it
     * @param address for the audit trail
     */
    public Renewal renew(byte[] id, byte[] token, byte[] next, Terms terms, String address) {
        Renewal renewal = transaction.execute(status -> db.sql("""
                        SELECT l.user_name, u.role, l.token, l.token_before,
                               l.renewed_at + make_interval(secs => :lost) >= hub.now() AS lately,
                               l.ended_at IS NULL AND l.expires_at > hub.now() AND u.disabled_at IS NULL AS goes_on
                        FROM hub.login l JOIN hub.api_user u ON u.name = l.user_name
                        WHERE l.id = :id FOR UPDATE OF l""")
                .param("id", id)
                .param("lost", Timestamps.seconds(terms.lostAnswer()))
                .query((row, n) -> Found.read(row, token))
                .optional()
                .<Renewal>map(found -> renew(id, token, next, terms, address, found))
                .orElseGet(Renewal.Unknown::new));
        if (renewal == null) {
            throw new IllegalStateException("A renewal has no outcome");
        }
        return renewal;
    }

    /**
     * The login of a token that was sent.
     *
     * @param good the token is the one that is good now
     * @param again it is the one before, of a few seconds ago
     */
    private record Found(String user, String role, boolean good, boolean again, boolean goesOn) {

        static Found read(ResultSet row, byte[] token) throws SQLException {
            return new Found(
                    row.getString("user_name"),
                    row.getString("role"),
                    MessageDigest.isEqual(row.getBytes("token"), token),
                    row.getBoolean("lately") && MessageDigest.isEqual(row.getBytes("token_before"), token),
                    row.getBoolean("goes_on"));
        }
    }

    private Renewal renew(byte[] id, byte[] token, byte[] next, Terms terms, String address, Found found) {
        if (!found.goesOn()) {
            return new Renewal.Over(found.user());
        }
        if (!found.good() && !found.again()) {
            end(id, "reuse", "refresh-reuse", Audit.Outcome.REFUSED, address);
            return new Renewal.Reused(found.user());
        }
        // Asked again, the time of the first renewal stands: what may be used twice ends with it.
        return new Renewal.Renewed(db.sql("""
                        UPDATE hub.login
                        SET token = :next, token_before = :token,
                            renewed_at = CASE WHEN :again THEN renewed_at ELSE hub.now() END,
                            expires_at = least(hub.now() + make_interval(secs => :idle), ends_at)
                        WHERE id = :id RETURNING user_name, hub.now() AS at, expires_at""")
                .param("id", id)
                .param("next", next)
                .param("token", token)
                .param("again", found.again())
                .param("idle", Timestamps.seconds(terms.idle()))
                .query((row, n) -> login(row, found.role()))
                .single());
    }

    /**
     * Ends a login for which one of its refresh tokens was shown, whether it is still good or not.
     *
     * @param id hash of the login's id
     * @return false when there is none
     */
    public boolean logout(byte[] id, String address) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            boolean known = db.sql("SELECT EXISTS (SELECT FROM hub.login WHERE id = :id)")
                    .param("id", id)
                    .query(Boolean.class)
                    .single();
            end(id, "logout", "logout", Audit.Outcome.DONE, address);
            return known;
        }));
    }

    private void end(byte[] id, String why, String operation, Audit.Outcome outcome, String address) {
        db.sql("""
                        UPDATE hub.login SET ended_at = hub.now(), ended_by = :why
                        WHERE id = :id AND ended_at IS NULL RETURNING user_name""")
                .param("id", id)
                .param("why", why)
                .query(String.class)
                .optional()
                .ifPresent(user -> audit.note(new Audit.Entry(
                        operation, user, Audit.Via.HTTP, address, null, outcome, "the login was ended")));
    }

    /**
     * Whether an access token lets its user in now.
     *
     * @param id hash of the login's id
     * @param role that the token names; of a user who has another by now it is over
     * @param until when it expires
     */
    public Access access(byte[] id, String user, String role, Instant until) {
        return db.sql("""
                        SELECT CASE WHEN :until <= hub.now() THEN 'EXPIRED'
                                    WHEN EXISTS (SELECT FROM hub.login l JOIN hub.api_user u ON u.name = l.user_name
                                                 WHERE l.id = :id AND l.ended_at IS NULL AND u.name = :user
                                                   AND u.role = :role AND u.disabled_at IS NULL) THEN 'GOOD'
                                    ELSE 'OVER' END""")
                .param("id", id)
                .param("user", user)
                .param("role", role)
                .param("until", Timestamp.from(until))
                .query((row, n) -> Access.valueOf(row.getString(1)))
                .single();
    }

    /**
     * Step of the housekeeping: forgets logins that have been over for a day.
     *
     * @return how many; at most ten thousand, the next step goes on
     */
    public int forget() {
        return db.sql("""
                        DELETE FROM hub.login WHERE id IN (
                            SELECT id FROM hub.login WHERE least(expires_at, ended_at) < hub.now() - interval '1 day'
                            LIMIT :most)""").param("most", AT_ONCE).update();
    }

    private static Login login(ResultSet row, String role) throws SQLException {
        return new Login(
                row.getString("user_name"),
                role,
                row.getTimestamp("at").toInstant(),
                row.getTimestamp("expires_at").toInstant());
    }
}
