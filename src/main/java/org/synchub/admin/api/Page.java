package org.synchub.admin.api;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next what to send as {@code cursor} for the page that follows; null when this is the last
 */
record Page<T>(List<T> items, @Nullable String next) {

    private static final int MOST = 500;

    /** The page size that was asked for, within bounds. */
    static int size(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit is " + limit + "; it is between 1 and " + MOST);
        }
        return limit;
    }

    /** A page out of one row more than it takes. */
    static <T> Page<T> of(List<T> oneMore, int size, Function<T, String> cursor) {
        if (oneMore.size() <= size) {
            return new Page<>(oneMore, null);
        }
        List<T> items = oneMore.subList(0, size);
        return new Page<>(items, cursor.apply(items.get(size - 1)));
    }
}
