package org.synchub.admin.security;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/**
 * Reads the hub's roles from a JWT whose signature, issuer and times are checked already. A role is written
 * {@code synchub-viewer}, {@code synchub-operator} or {@code synchub-admin}, so that an issuer's admin of something else
 * is not the hub's. A JWT without one logs in and may do nothing.
 */
final class JwtRoles implements Converter<Jwt, AbstractAuthenticationToken> {

    private static final String PREFIX = "synchub-";

    private final List<String> path;

    /** @param claim where the roles stand, dots between the steps: {@code realm_access.roles} */
    JwtRoles(String claim) {
        this.path = List.of(claim.split("\\.", -1));
    }

    @Override
    public AbstractAuthenticationToken convert(Jwt jwt) {
        Set<String> words = words(at(jwt.getClaims()));
        List<GrantedAuthority> authorities = Arrays.stream(Role.values())
                .filter(role -> words.contains(PREFIX + role.word()))
                .max(Comparator.naturalOrder())
                .map(Role::authorities)
                .orElse(List.of());
        return new JwtAuthenticationToken(jwt, authorities);
    }

    private @Nullable Object at(Map<String, Object> claims) {
        Object here = claims;
        for (String step : path) {
            here = here instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return here;
    }

    /** A list of words, or as in {@code scope} one text with spaces. */
    private static Set<String> words(@Nullable Object claim) {
        if (claim instanceof Collection<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.toSet());
        }
        return claim instanceof String text
                ? Set.copyOf(Arrays.asList(text.strip().split("\\s+", -1)))
                : Set.of();
    }
}
