package org.synchub.sync;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * By which name the work of this thread can be found again: in the log lines that it writes (key {@value #KEY} of the logging
 * context), in its run, in the answer to whoever asked for it and in the requests that a target gets. Made by chance, or what
 * a caller of the API sent; says nothing of any record.
 */
public final class Correlation {

    /** Key in the logging context. */
    public static final String KEY = "correlation";

    /** The header that bears it, inwards and outwards. */
    public static final String HEADER = "X-Request-ID";

    private static final Pattern FIT = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final AtomicLong REQUESTS = new AtomicLong();

    private Correlation() {}

    /** What is done now is known by this; null when nothing is. */
    public static @Nullable String current() {
        return MDC.get(KEY);
    }

    /** The current one, or a new one that is nobody's yet. */
    public static String currentOrNew() {
        String current = current();
        return current == null ? fresh() : current;
    }

    /** What somebody else gave, if it is letters, digits, dots, dashes and underscores, 64 at most; else a new one. */
    public static String given(@Nullable String header) {
        return header != null && FIT.matcher(header).matches() ? header : fresh();
    }

    private static String fresh() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** The name of one request to a target: the work's, and a number that this process gives but once. */
    static String ofRequest() {
        return currentOrNew() + "-" + REQUESTS.incrementAndGet();
    }

    /** Does something by this name; afterwards the thread has the one it had before. */
    public static <T extends @Nullable Object> T during(String correlation, Supplier<T> work) {
        String before = current();
        MDC.put(KEY, correlation);
        try {
            return work.get();
        } finally {
            if (before == null) {
                MDC.remove(KEY);
            } else {
                MDC.put(KEY, before);
            }
        }
    }

    /** As {@link #during(String, Supplier)}. */
    public static void during(String correlation, Runnable work) {
        Correlation.<@Nullable Void>during(correlation, () -> {
            work.run();
            return null;
        });
    }
}
