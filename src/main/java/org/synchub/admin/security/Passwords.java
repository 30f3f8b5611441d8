package org.synchub.admin.security;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.synchub.crypto.Hmac;

/**
 * Passwords of people: guessable, so their hashes are slow, at some tenths of a second. bcrypt counts 72 bytes only; it gets a
 * hash of the password, so that all of a long one counts. One that is typed in composed or in single characters is the same.
 */
final class Passwords {

    static final int SHORTEST = 12;
    static final int LONGEST = 1_000;

    private static final String METHOD = "bcrypt-hmac-sha256";
    private static final int STRENGTH = 11;

    /** A hash of no password, as slow to compare with as any. */
    private static final String NOBODYS = "{" + METHOD + "}$2a$" + STRENGTH + "$" + ".".repeat(22 + 31);

    /** So that no hash of the same password from elsewhere stands for it. */
    private static final SecretKeySpec OURS =
            Hmac.key("password of a user of sync-hub".getBytes(StandardCharsets.US_ASCII));

    /** Without those that are taken for one another on paper. */
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final PasswordEncoder hashes =
            new DelegatingPasswordEncoder(METHOD, Map.of(METHOD, new BCryptPasswordEncoder(STRENGTH)));

    /**
     * What is kept of a new password.
     *
     * @throws IllegalArgumentException when it is too short or too long; never quotes it
     */
    String hash(String password) {
        int length = password.codePointCount(0, password.length());
        if (length < SHORTEST || length > LONGEST) {
            throw new IllegalArgumentException("A password has " + SHORTEST + " characters at least and " + LONGEST
                    + " at most; this one has " + length);
        }
        return String.valueOf(hashes.encode(counted(password)));
    }

    /**
     * Whether a password fits a hash; takes the same time when there is none.
     *
     * @param hash null when there is no such user
     */
    boolean matches(String password, @Nullable String hash) {
        String typed = password.length() > 2 * LONGEST ? "" : counted(password);
        return hashes.matches(typed, hash == null ? NOBODYS : hash) && hash != null;
    }

    /** A new one of 24 characters, of some 139 bits. */
    static String generate() {
        StringBuilder text = new StringBuilder();
        RANDOM.ints(24, 0, LETTERS.length()).forEach(i -> text.append(LETTERS.charAt(i)));
        return text.toString();
    }

    private static String counted(String password) {
        byte[] bytes = Normalizer.normalize(password, Normalizer.Form.NFKC).getBytes(StandardCharsets.UTF_8);
        return Base64.getEncoder().encodeToString(Hmac.of(OURS, bytes));
    }
}
