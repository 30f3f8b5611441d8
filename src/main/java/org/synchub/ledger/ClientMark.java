package org.synchub.ledger;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which client the work of this thread is done for: the {@code X-Client-ID} of an HTTP request. It comes back in the events
 * that the work causes, so that a client can tell its own from those of others. Means nothing to the hub itself.
 */
public final class ClientMark {

    private static final int LONGEST = 100;
    private static final ThreadLocal<String> CURRENT = new ThreadLocal<>();

    private ClientMark() {}

    /**
     * Marks what this thread does from now on.
     *
     * @throws IllegalArgumentException for a text that is too long or holds anything but printable ASCII
     */
    public static void set(String client) {
        if (client.length() > LONGEST || !client.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException(
                    "X-Client-ID has to be printable ASCII of " + LONGEST + " characters at most");
        }
        CURRENT.set(client);
    }

    /** Ends the mark. */
    public static void clear() {
        CURRENT.remove();
    }

    /** The client; null when there is none. */
    public static @Nullable String current() {
        return CURRENT.get();
    }

    /** Tells the database within the caller's transaction. */
    static void tell(JdbcClient db) {
        String client = current();
        if (client != null) {
            db.sql("SELECT set_config('hub.client', :client, true)")
                    .param("client", client)
                    .query(String.class)
                    .single();
        }
    }
}
