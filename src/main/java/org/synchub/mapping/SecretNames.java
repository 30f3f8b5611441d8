package org.synchub.mapping;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final Pattern PARAMETER = Pattern.compile("([?&;]([^?&;=]+)=)([^&;]*)");

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

    /**
     * An address fit to be shown: the password in {@code scheme://user:password@host} and the values of secret parameters
     * behind a question mark are replaced.
     */
    public static String maskUrl(String text) {
        int scheme = text.indexOf("://");
        if (scheme < 0) {
            return text;
        }
        int at = text.indexOf('@', scheme);
        int slash = text.indexOf('/', scheme + 3);
        int colon = text.indexOf(':', scheme + 3);
        boolean hasPassword = at > 0 && colon > 0 && colon < at && (slash < 0 || at < slash);
        String masked = hasPassword ? text.substring(0, colon + 1) + Secret.MASK + text.substring(at) : text;
        return PARAMETER
                .matcher(masked)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1) + (isSecret(found.group(2)) ? Secret.MASK : found.group(3))));
    }
}
