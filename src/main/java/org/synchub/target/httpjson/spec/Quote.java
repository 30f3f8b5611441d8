package org.synchub.target.httpjson.spec;

import org.synchub.mapping.Node;
import org.synchub.mapping.Settings;

/** What a message may show of a setting: what stands in the file, never what came from outside it. */
final class Quote {

    private static final String OUTSIDE = "${";

    private Quote() {}

    /** @param text the value as it was read, or one item of it */
    static String of(Settings settings, String key, String text) {
        return of(settings.node(key), text);
    }

    static String of(Node at, String text) {
        if (at.isScalar()) {
            return "'" + at.text() + "'";
        }
        boolean fromOutside = at.items().stream()
                .anyMatch(item -> item.isScalar() && item.text().contains(OUTSIDE));
        return fromOutside ? "an item" : "'" + text + "'";
    }
}
