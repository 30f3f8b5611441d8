package org.synchub.ledger;

import org.jspecify.annotations.Nullable;

/** Text from outside, made fit to be stored. */
final class Text {

    private Text() {}

    /** What PostgreSQL's text cannot hold is replaced, so that a server's odd answer never stops the hub's own notes. */
    static @Nullable String clean(@Nullable String text) {
        return text == null ? null : text.replace('\u0000', '\uFFFD');
    }
}
