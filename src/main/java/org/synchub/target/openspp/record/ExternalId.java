package org.synchub.target.openspp.record;

import org.jspecify.annotations.Nullable;

/** The id of a partner, which the ledger keeps as text. */
public final class ExternalId {

    private ExternalId() {}

    /** Null if the text is no id of Odoo's. */
    public static @Nullable Long parse(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 18) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
        }
        long id = Long.parseLong(text);
        return id > 0 ? id : null;
    }
}
