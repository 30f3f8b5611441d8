package org.synchub.admin.security;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** What somebody may do. Each role may do what the one before it may. */
public enum Role {
    /** Sees keys, states and counts. */
    VIEWER,
    /** Lets targets be pushed, pulled, resynced and paused. */
    OPERATOR,
    /** Sees the values of records and settles conflicts. */
    ADMIN;

    /** As it is written in tokens, settings and documents. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The role of this name.
     *
     * @throws IllegalArgumentException naming the roles there are
     */
    public static Role of(String word) {
        return Arrays.stream(values())
                .filter(role -> role.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no role '" + word + "'; there is viewer, operator and admin"));
    }

    /** This role and those below it, as Spring Security knows them. */
    List<GrantedAuthority> authorities() {
        return Stream.of(values())
                .filter(role -> role.compareTo(this) <= 0)
                .<GrantedAuthority>map(role -> new SimpleGrantedAuthority(role.authority()))
                .toList();
    }

    String authority() {
        return "ROLE_" + name();
    }
}
