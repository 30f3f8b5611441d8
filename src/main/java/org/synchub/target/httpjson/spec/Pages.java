package org.synchub.target.httpjson.spec;

import org.jspecify.annotations.Nullable;
import org.synchub.mapping.Settings;

/**
 * How a long answer goes on.
 *
 * @param first the number of the first page
 * @param size how many records a whole page holds; a shorter one is the last
 * @param next where the answer says what comes next: a cursor, or an address
 * @param last where the answer says the number of the last page
 * @param more where the answer says whether there is more
 * @param total where the answer says how many records there are on all pages together
 */
public record Pages(
        By by,
        int first,
        int size,
        @Nullable Place next,
        @Nullable Place last,
        @Nullable Place more,
        @Nullable Place total) {

    static final String[] KEYS = {"by", "first", "size", "next", "last", "more", "total"};

    /** What tells one page from another. */
    public enum By {
        /** There is only one. */
        NONE,
        /** {@code {page}} counts up. */
        NUMBER,
        /** {@code {offset}} counts the records before. */
        OFFSET,
        /** {@code {next}} is what the page before said. */
        CURSOR,
        /** The page before gives the whole address of the next. */
        LINK
    }

    static final Pages ONE = new Pages(By.NONE, 1, 0, null, null, null, null);

    static Pages read(Settings request) {
        if (!request.has("pages")) {
            return ONE;
        }
        Settings pages = request.child("pages");
        pages.onlyKnown(KEYS);
        pages.text("by");
        By by = pages.choice("by", By.class, By.NONE);
        boolean told = by == By.CURSOR || by == By.LINK;
        if (told && !pages.has("next")) {
            throw pages.failure(
                    "by", "'pages' must say where the next one is told", "write next: and its place in the answer");
        }
        if ((by == By.NUMBER || by == By.OFFSET) && !pages.has("size")) {
            throw pages.failure(
                    "by", "'pages' must say how many records a whole page holds", "write size: 100, and send {size}");
        }
        return new Pages(
                by,
                pages.integer("first", 1, 0, 1),
                pages.has("size") ? pages.integer("size", 100, 1, 10_000) : 0,
                Place.read(pages, "next"),
                Place.read(pages, "last"),
                Place.read(pages, "more"),
                Place.read(pages, "total"));
    }
}
