package org.synchub.admin.security;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.synchub.ledger.ApiTokens;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;

/**
 * API tokens: {@code synchub_ID_SECRET}, of which the database keeps the id and a slow, salted hash of the secret. A secret
 * is 256 random bits, so the hash need not make up for guessable ones and is slow enough at some ten milliseconds. A token
 * that was checked a moment ago is recognised without it; whether it has ended is asked every time.
 */
public class Tokens {

    /** By it people, scanners for secrets and {@link Logins} recognise a token of the hub's. */
    public static final String PREFIX = "synchub_";

    private static final Duration LONGEST = Duration.ofDays(366);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final ApiTokens rows;
    private final Audit audit;
    private final AuditKeys keys;
    private final PasswordEncoder hashes = new DelegatingPasswordEncoder(
            "pbkdf2",
            Map.of(
                    "pbkdf2",
                    new Pbkdf2PasswordEncoder(
                            "", 16, 20_000, Pbkdf2PasswordEncoder.SecretKeyFactoryAlgorithm.PBKDF2WithHmacSHA256)));
    private final Recognised recognised = new Recognised(1_000);
    private volatile @Nullable String oneTime;

    public Tokens(ApiTokens rows, Audit audit, AuditKeys keys) {
        this.rows = rows;
        this.audit = audit;
        this.keys = keys;
    }

    /**
     * A token that was just made.
     *
     * @param text what its bearer sends; shown once and kept nowhere
     */
    public record Issued(String id, String text, Role role, Instant expiresAt) {

        /** Without the secret. */
        @Override
        public String toString() {
            return "Issued[" + id + ", " + role + ", " + expiresAt + "]";
        }
    }

    /** Whose token it is and what it allows. */
    public record Bearer(String name, Role role) {}

    /**
     * Makes a token.
     *
     * @throws IllegalArgumentException when the name is blank or the time is not between a second and 366 days
     */
    public Issued create(String name, Role role, Duration validFor, String by) {
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException("A token needs a name of at most 100 characters that says whose it is");
        }
        if (validFor.toSeconds() < 1 || validFor.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "A token is valid for at least a second and at most 366 days, not for " + validFor);
        }
        String id = newId();
        String secret = newSecret();
        String what = id + " " + role.word();
        Instant expires = audit.during(
                new Audit.Intent("token-create", by, Audit.Via.COMMAND, null, null, what),
                () -> rows.add(id, name, role.word(), String.valueOf(hashes.encode(secret)), validFor, by),
                until -> new Audit.Became(Audit.Outcome.DONE, what + " until " + until, null));
        return new Issued(id, PREFIX + id + "_" + secret, role, expires);
    }

    /** Every token there ever was, without secrets, the newest first. */
    public List<ApiTokens.Row> list() {
        return rows.all();
    }

    /**
     * Ends a token at once.
     *
     * @throws IllegalArgumentException when there is none with this id, or it was revoked before
     */
    public void revoke(String id, String by) {
        boolean revoked = audit.during(
                new Audit.Intent("token-revoke", by, Audit.Via.COMMAND, null, null, keys.of(id)),
                () -> rows.revoke(id, by),
                done -> new Audit.Became(done ? Audit.Outcome.DONE : Audit.Outcome.REFUSED, null, null));
        if (!revoked) {
            throw new IllegalArgumentException("There is no token " + id + " that could be revoked; list them first");
        }
    }

    /** Whether anybody could log in with a token that was made. */
    boolean anyValid() {
        return rows.anyValid();
    }

    /** Makes the token that ends with this process. It is admin's, and its text is returned here only. */
    String issueOneTime() {
        String text = PREFIX + "once_" + newSecret();
        recognised.keep(text);
        oneTime = recognised.digest(text);
        return text;
    }

    /**
     * Whether a token was checked a moment ago, so that saying so costs nothing. It may have ended since.
     */
    boolean isRecognised(String text) {
        return recognised.knows(text);
    }

    /** Whose valid token this is; empty when it is none. */
    Optional<Bearer> bearer(String text) {
        String once = oneTime;
        if (once != null && once.equals(recognised.digest(text))) {
            return Optional.of(new Bearer("one-time token", Role.ADMIN));
        }
        String[] parts = text.split("_", 3);
        if (parts.length != 3 || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        Optional<ApiTokens.Row> row = rows.find(parts[1]).filter(ApiTokens.Row::isValid);
        if (row.isEmpty()) {
            return Optional.empty();
        }
        if (!recognised.knows(text)) {
            if (!hashes.matches(parts[2], row.get().hash())) {
                return Optional.empty();
            }
            recognised.keep(text);
        }
        rows.used(row.get().id());
        return row.map(r -> new Bearer(r.name(), Role.of(r.role())));
    }

    private static String newId() {
        // 'once' is the one-time token's; hexadecimal digits never spell it.
        byte[] bytes = new byte[5];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String newSecret() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return TEXT.encodeToString(bytes);
    }
}
