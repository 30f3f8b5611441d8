package org.synchub.mapping;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** What a setting holds that is filled in from outside: what counts now, and what counted lately. */
final class Held {

    /** A token that is renewed every hour must not be remembered for years. */
    private static final int REMEMBERED = 50;

    private final Supplier<String> filled;
    private final Deque<String> texts = new ArrayDeque<>();

    Held(Supplier<String> filled) {
        this.filled = filled;
    }

    synchronized String now() {
        String now = filled.get();
        if (!now.equals(texts.peekFirst())) {
            texts.remove(now);
            texts.addFirst(now);
            if (texts.size() > REMEMBERED) {
                texts.removeLast();
            }
        }
        return now;
    }

    /** What counts now and what was handed out before it: answers to requests with it may still come. */
    synchronized List<String> lately() {
        now();
        return List.copyOf(texts);
    }
}
