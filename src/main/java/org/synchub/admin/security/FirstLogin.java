package org.synchub.admin.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * How somebody gets into a hub that nobody has configured: by a token that the terminal shows once and that ends with the
 * process. It is made only where the API can be reached from this machine alone.
 */
public final class FirstLogin {

    private final Tokens tokens;
    private final Users users;
    private final boolean jwts;
    private final String address;

    FirstLogin(Tokens tokens, Users users, boolean jwts, String address) {
        this.tokens = tokens;
        this.users = users;
        this.jwts = jwts;
        this.address = address;
    }

    /** Whether a token, a password or an issuer of JWTs lets anybody in. */
    public boolean isConfigured() {
        return jwts || tokens.anyValid() || users.anyEnabled();
    }

    /** The token to show, when nothing else lets anybody in and only this machine can ask. Each call makes another. */
    public Optional<String> oneTimeToken() {
        return isConfigured() || !loopback() ? Optional.empty() : Optional.of(tokens.issueOneTime());
    }

    /** An empty address means every one the machine has. */
    private boolean loopback() {
        try {
            return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
