package org.synchub.admin.security;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.synchub.ledger.Audit;

/**
 * Finds out who sends a request: a token of the hub's, the access token of a login or, where an issuer is configured, a JWT of
 * that: by the issuer that a JWT names. Failures are audited and
 * slowed by address; a token that was accepted a moment ago is not slowed by what others at its address do.
 */
final class Logins implements AuthenticationManagerResolver<HttpServletRequest> {

    private final Tokens tokens;
    private final LocalLogins local;
    private final @Nullable AuthenticationManager jwts;
    private final LoginGuard guard;
    private final Refusals refusals;

    /** @param jwts checks JWTs of others; null when none are accepted */
    Logins(
            Tokens tokens,
            LocalLogins local,
            @Nullable AuthenticationManager jwts,
            LoginGuard guard,
            Refusals refusals) {
        this.tokens = tokens;
        this.local = local;
        this.jwts = jwts;
        this.guard = guard;
        this.refusals = refusals;
    }

    /** Somebody who failed often has to wait. */
    static final class TooManyFailures extends AuthenticationException {

        private final Duration wait;

        TooManyFailures(Duration wait) {
            super("Too many failed logins from this address");
            this.wait = wait;
        }

        Duration remaining() {
            return wait;
        }
    }

    /** What a login is checked with cannot be reached. */
    static final class Unavailable extends AuthenticationException {

        Unavailable(Throwable cause) {
            super("Logins cannot be checked now", cause);
        }
    }

    @Override
    public AuthenticationManager resolve(HttpServletRequest request) {
        String address = String.valueOf(request.getRemoteAddr());
        return asked -> {
            try {
                return check(((BearerTokenAuthenticationToken) asked).getToken(), asked, address);
            } catch (AuthenticationServiceException | DataAccessException e) {
                throw new Unavailable(e);
            }
        };
    }

    private Authentication check(String text, Authentication asked, String address) {
        boolean own = text.startsWith(Tokens.PREFIX);
        if (own && !tokens.isRecognised(text)) {
            refuseThoseWhoWait(address);
        }
        try {
            Authentication who = own ? byToken(text) : AccessTokens.isOwn(text) ? byLogin(text, address) : byJwt(asked);
            guard.succeeded(address);
            return who;
        } catch (LocalLogins.Over ended) {
            throw ended;
        } catch (InvalidBearerTokenException refused) {
            refuseThoseWhoWait(address);
            guard.failed(address);
            refusals.note(new Audit.Entry(
                    "login", "unknown", Audit.Via.HTTP, address, null, Audit.Outcome.REFUSED, own ? "token" : "JWT"));
            throw refused;
        }
    }

    private void refuseThoseWhoWait(String address) {
        Duration wait = guard.waits(address);
        if (!wait.isZero()) {
            throw new TooManyFailures(wait);
        }
    }

    private Authentication byToken(String text) {
        Tokens.Bearer bearer = tokens.bearer(text)
                .orElseThrow(() -> new InvalidBearerTokenException("The token is unknown, expired or revoked"));
        return known(bearer);
    }

    private Authentication byLogin(String text, String address) {
        return known(local.bearer(text, address));
    }

    private static Authentication known(Tokens.Bearer bearer) {
        return UsernamePasswordAuthenticationToken.authenticated(
                bearer.name(), null, bearer.role().authorities());
    }

    private Authentication byJwt(Authentication asked) {
        if (jwts == null) {
            throw new InvalidBearerTokenException("This hub accepts its own tokens only");
        }
        return jwts.authenticate(asked);
    }
}
