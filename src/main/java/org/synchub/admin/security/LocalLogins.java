package org.synchub.admin.security;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.synchub.ledger.ApiLogins;
import org.synchub.ledger.ApiUsers;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;

/** Logins by name and password: each gives a short access token and a refresh token that is replaced whenever it is used. */
public class LocalLogins {

    private static final int MOST_KNOWN = 10_000;
    private static final Duration BUSY = Duration.ofSeconds(2);

    private final ApiUsers users;
    private final ApiLogins logins;
    private final Passwords passwords;
    private final AccessTokens tokens;
    private final Terms terms;
    private final LoginGuard guard;
    private final Refusals refusals;
    private final AuditKeys keys;

    /** Checking passwords is made to be work: no more of it at a time than leaves the hub its own. */
    private final Semaphore checks = new Semaphore(Runtime.getRuntime().availableProcessors());

    /** Users with an address from which they logged in: somebody else's guesses do not keep them out. */
    private final Recognised known = new Recognised(MOST_KNOWN);

    LocalLogins(
            ApiUsers users,
            ApiLogins logins,
            Passwords passwords,
            AccessTokens tokens,
            Terms terms,
            LoginGuard guard,
            Refusals refusals,
            AuditKeys keys) {
        this.users = users;
        this.logins = logins;
        this.passwords = passwords;
        this.tokens = tokens;
        this.terms = terms;
        this.guard = guard;
        this.refusals = refusals;
        this.keys = keys;
    }

    /** @param access how long an access token is good */
    record Terms(Duration access, ApiLogins.Terms login) {}

    /**
     * What a login or a refresh gives.
     *
     * @param expiresIn seconds
     * @param refreshExpiresIn seconds, unless it is used before
     */
    public record Pair(
            String accessToken, String tokenType, long expiresIn, String refreshToken, long refreshExpiresIn) {

        /** Without the tokens. */
        @Override
        public String toString() {
            return "Pair[" + expiresIn + " s, " + refreshExpiresIn + " s]";
        }
    }

    /**
     * Lets a user in.
     *
     * @throws LoginRefused when there is no such user, it is disabled, or the password is another
     * @throws LoginSlowed when logins from the address, or to this user, failed too often
     */
    public Pair login(String typed, String password, String address) {
        String name = Users.lowered(typed);
        String pair = name + "\n" + address;
        // A keyed hash: the guard holds no names, and takes none for an address.
        String account = known.digest(known.knows(pair) ? pair : name);
        RefreshToken token = RefreshToken.ofNewLogin();
        Optional<ApiLogins.Login> begun;
        boolean exists;
        take(checks);
        try {
            refuseThoseWhoWait(address);
            refuseThoseWhoWait(account);
            Optional<ApiUsers.Row> row = Users.isName(name) ? users.find(name) : Optional.empty();
            exists = row.isPresent();
            String hash = row.map(ApiUsers.Row::hash).orElse(null);
            begun = passwords.matches(password, hash) && hash != null
                    ? logins.begin(token.row(), token.hash(), name, hash, terms.login(), address)
                    : Optional.empty();
            if (begun.isEmpty()) {
                guard.failed(address);
                guard.failed(account);
            }
        } finally {
            checks.release();
        }
        if (begun.isEmpty()) {
            refuse("login", exists ? name : keys.hashed(name), address, "password");
            throw new LoginRefused("There is no such user with this password");
        }
        guard.succeeded(address);
        guard.succeeded(account);
        known.keep(pair);
        return pair(token, begun.get());
    }

    /**
     * Replaces a refresh token.
     *
     * @throws LoginRefused when it is unknown, expired, of a login that was ended, or was used before, which ends it
     * @throws LoginSlowed when others of its address failed too often
     */
    public Pair refresh(String refreshToken, String address) {
        RefreshToken sent = RefreshToken.read(refreshToken).orElseThrow(() -> unknown(address));
        RefreshToken next = sent.next();
        ApiLogins.Renewal renewal = logins.renew(sent.row(), sent.hash(), next.hash(), terms.login(), address);
        if (renewal instanceof ApiLogins.Renewal.Renewed renewed) {
            return pair(next, renewed.login());
        }
        if (renewal instanceof ApiLogins.Renewal.Unknown) {
            throw unknown(address);
        }
        if (renewal instanceof ApiLogins.Renewal.Over over) {
            refuse("refresh", over.user(), address, "the login is over");
        }
        // The ledger has noted a token that was used before, with what that ended.
        throw new LoginRefused("The refresh token is not good any more: log in again");
    }

    /**
     * Ends a login: its access tokens too are refused from then on. That it is over already is no failure.
     *
     * @param refreshToken any of the login's
     * @throws LoginRefused when it is of no login
     * @throws LoginSlowed when others of its address failed too often
     */
    public void logout(String refreshToken, String address) {
        RefreshToken sent = RefreshToken.read(refreshToken).orElseThrow(() -> unknown(address));
        if (!logins.logout(sent.row(), address)) {
            throw unknown(address);
        }
    }

    /**
     * Whose access token this is.
     *
     * @throws InvalidBearerTokenException when it is forged
     * @throws Over when it was good once
     */
    Tokens.Bearer bearer(String accessToken, String address) {
        AccessTokens.Claims claims = tokens.read(accessToken);
        ApiLogins.Access access =
                logins.access(RefreshToken.row(claims.login()), claims.user(), claims.role(), claims.expiresAt());
        if (access == ApiLogins.Access.OVER) {
            refuse("login", claims.user(), address, "access token of a login that is over");
        }
        if (access != ApiLogins.Access.GOOD) {
            throw new Over();
        }
        return new Tokens.Bearer(claims.user(), Role.of(claims.role()));
    }

    /** An access token that the hub did issue has expired, or its login was ended: nobody guesses. */
    static final class Over extends InvalidBearerTokenException {

        private static final long serialVersionUID = 1L;

        Over() {
            super("The access token has expired, or its login is over");
        }
    }

    private Pair pair(RefreshToken token, ApiLogins.Login login) {
        Instant until = login.at().plus(terms.access());
        Instant expiresAt = until.isAfter(login.expiresAt()) ? login.expiresAt() : until;
        return new Pair(
                tokens.issue(login.user(), login.role(), token.login(), login.at(), expiresAt),
                "Bearer",
                Duration.between(login.at(), expiresAt).toSeconds(),
                token.text(),
                Duration.between(login.at(), login.expiresAt()).toSeconds());
    }

    private LoginRefused unknown(String address) {
        refuseThoseWhoWait(address);
        guard.failed(address);
        refuse("refresh", "unknown", address, "refresh token");
        return new LoginRefused("This is no refresh token of the hub's");
    }

    private void refuse(String operation, String who, String address, String why) {
        refusals.note(new Audit.Entry(operation, who, Audit.Via.HTTP, address, null, Audit.Outcome.REFUSED, why));
    }

    private void refuseThoseWhoWait(String whom) {
        Duration wait = guard.waits(whom);
        if (!wait.isZero()) {
            throw new LoginSlowed("Logins have failed too often", wait);
        }
    }

    private static void take(Semaphore checks) {
        try {
            if (!checks.tryAcquire(BUSY.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LoginSlowed("Too many logins at a time", BUSY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoginSlowed("The hub stops", BUSY);
        }
    }
}
