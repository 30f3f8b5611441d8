package org.synchub.admin.security;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code synchub.security.*}. Issuer and keys of JWTs are Spring's own settings,
 * {@code spring.security.oauth2.resourceserver.jwt.*}.
 *
 * @param rolesClaim where a JWT says what its bearer may do, dots between the steps
 * @param allowedOrigins web pages of these origins may call the API; none by default
 */
@ConfigurationProperties("synchub.security")
record SecurityProperties(
        @DefaultValue("roles") String rolesClaim,
        @DefaultValue List<String> allowedOrigins) {

    SecurityProperties {
        if (rolesClaim.isBlank()) {
            throw new IllegalArgumentException("synchub.security.roles-claim is empty; name the claim, as in 'roles'");
        }
        if (allowedOrigins.contains("*")) {
            throw new IllegalArgumentException(
                    "synchub.security.allowed-origins is '*', which would open the API to every"
                            + " web page; list the origins, as in https://console.example.org");
        }
    }
}
