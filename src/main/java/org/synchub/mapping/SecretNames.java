package org.synchub.mapping;

import java.util.List;
import java.util.Locale;

/** Tells by its name whether a setting is a secret. */
public final class SecretNames {

    private static final List<String> ENDINGS = List.of(
            "password",
            "passwd",
            "passphrase",
            "pwd",
            "secret",
            "token",
            "apikey",
            "accesskey",
            "secretkey",
            "privatekey",
            "signingkey",
            "credential",
            "authorization");

    private SecretNames() {}

    public static boolean isSecret(String name) {
        StringBuilder letters = new StringBuilder(name.length());
        for (char c : name.toLowerCase(Locale.ROOT).toCharArray()) {
            if (Character.isLetterOrDigit(c)) {
                letters.append(c);
            }
        }
        String plain = letters.toString();
        String singular = plain.endsWith("s") ? plain.substring(0, plain.length() - 1) : plain;
        return ENDINGS.stream().anyMatch(ending -> plain.endsWith(ending) || singular.endsWith(ending));
    }

    /** The password in {@code scheme://user:password@host}, made unreadable. */
    static String maskUrl(String text) {
        int scheme = text.indexOf("://");
        int at = scheme < 0 ? -1 : text.indexOf('@', scheme);
        int slash = scheme < 0 ? -1 : text.indexOf('/', scheme + 3);
        int colon = scheme < 0 ? -1 : text.indexOf(':', scheme + 3);
        boolean hasPassword = at > 0 && colon > 0 && colon < at && (slash < 0 || at < slash);
        return hasPassword ? text.substring(0, colon + 1) + Secret.MASK + text.substring(at) : text;
    }
}
