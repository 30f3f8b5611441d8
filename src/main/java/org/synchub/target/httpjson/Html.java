package org.synchub.target.httpjson;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes back what servers do to texts that they hold for HTML. */
final class Html {

    private static final Pattern ESCAPE = Pattern.compile("&(#\\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-z]{2,4});");
    private static final Map<String, String> NAMED =
            Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'");

    private Html() {}

    /** The text once unescaped; what is no known escape stays. */
    static String unescape(String text) {
        if (text.indexOf('&') < 0) {
            return text;
        }
        Matcher escapes = ESCAPE.matcher(text);
        StringBuilder plain = new StringBuilder(text.length());
        while (escapes.find()) {
            escapes.appendReplacement(plain, Matcher.quoteReplacement(meaning(escapes.group(1), escapes.group())));
        }
        return escapes.appendTail(plain).toString();
    }

    private static String meaning(String name, String written) {
        if (!name.startsWith("#")) {
            return NAMED.getOrDefault(name, written);
        }
        boolean hexadecimal = name.charAt(1) == 'x' || name.charAt(1) == 'X';
        int code = Integer.parseInt(name.substring(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
        return Character.isValidCodePoint(code) && code != 0 ? Character.toString(code) : written;
    }
}
