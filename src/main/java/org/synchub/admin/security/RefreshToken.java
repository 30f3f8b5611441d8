package org.synchub.admin.security;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.synchub.crypto.Sha256;

/**
 * A refresh token, {@code synchub-refresh_ID_SECRET}, both random. Access tokens of its login name the hash of the ID, and the
 * database keeps the hash of that and of the whole text: neither who sees an access token nor who reads the database could
 * make a refresh token, and who reads the database and the key that signs could make no access token of a login.
 */
record RefreshToken(String id, String text) {

    private static final String PREFIX = "synchub-refresh_";
    private static final Pattern FORM = Pattern.compile(PREFIX + "([0-9a-f]{32})_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The first of a new login. */
    static RefreshToken ofNewLogin() {
        return of(HexFormat.of().formatHex(random(16)));
    }

    /** As somebody sent it; empty when it cannot be one. */
    static Optional<RefreshToken> read(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches() ? Optional.of(new RefreshToken(form.group(1), text)) : Optional.empty();
    }

    /** Another of the same login. */
    RefreshToken next() {
        return of(id);
    }

    private static RefreshToken of(String id) {
        return new RefreshToken(
                id, PREFIX + id + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random(32)));
    }

    /** By which access tokens name its login. */
    String login() {
        return HexFormat.of().formatHex(Sha256.of(id));
    }

    /** By which the database knows its login. */
    byte[] row() {
        return row(login());
    }

    /** The same from what an access token names. */
    static byte[] row(String login) {
        return Sha256.of(login);
    }

    /** By which the database knows the token. */
    byte[] hash() {
        return Sha256.of(text);
    }

    /** Nothing of it. */
    @Override
    public String toString() {
        return "RefreshToken";
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }
}
