package org.synchub.admin.security;

import java.util.Optional;
import org.synchub.ledger.Audit;

/** Logins by token that do not come by HTTP: slowed and audited in the same way. */
public final class TokenLogins {

    private final Tokens tokens;
    private final LoginGuard guard;
    private final Audit audit;
    private final Refusals refusals;

    TokenLogins(Tokens tokens, LoginGuard guard, Audit audit, Refusals refusals) {
        this.tokens = tokens;
        this.guard = guard;
        this.audit = audit;
        this.refusals = refusals;
    }

    /**
     * Whose token this is.
     *
     * @param address of the client
     * @return empty when it is none, or when the address has to wait after failures
     */
    public Optional<Tokens.Bearer> check(String token, Audit.Via via, String address) {
        if (!tokens.isRecognised(token) && !guard.waits(address).isZero()) {
            return Optional.empty();
        }
        Optional<Tokens.Bearer> bearer = token.startsWith(Tokens.PREFIX) ? tokens.bearer(token) : Optional.empty();
        Audit.Entry login = new Audit.Entry(
                "login",
                bearer.map(Tokens.Bearer::name).orElse("unknown"),
                via,
                address,
                null,
                bearer.isPresent() ? Audit.Outcome.DONE : Audit.Outcome.REFUSED,
                "token");
        if (bearer.isPresent()) {
            guard.succeeded(address);
            audit.note(login);
        } else {
            guard.failed(address);
            refusals.note(login);
        }
        return bearer;
    }
}
