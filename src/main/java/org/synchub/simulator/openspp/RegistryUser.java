package org.synchub.simulator.openspp;

import java.util.List;

/**
 * A login of the simulated registry.
 *
 * @param uid the user's id, answered by {@code common.authenticate}
 * @param login the login name
 * @param name the name shown in {@code write_uid}
 * @param password the password; an API key is accepted in its place
 * @param apiKeys further secrets accepted instead of the password
 * @param role what the user may do
 */
public record RegistryUser(int uid, String login, String name, String password, List<String> apiKeys, Role role) {

    public RegistryUser {
        if (uid <= 0) {
            throw new IllegalArgumentException("A user's uid must be positive, not " + uid);
        }
        apiKeys = List.copyOf(apiKeys);
    }

    boolean accepts(Object secret) {
        return secret instanceof String given && (given.equals(password) || apiKeys.contains(given));
    }

    /** Names the user without any secret. */
    @Override
    public String toString() {
        return "RegistryUser[uid=" + uid + ", role=" + role + "]";
    }
}
