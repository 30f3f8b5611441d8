package org.synchub.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Tokens;
import org.synchub.ledger.ApiTokens;

/** The commands by which people are let into the HTTP API. Each returns its exit code. */
public class TokenCommands {

    private static final String USER = "command";

    private final Console console;
    private final Tokens tokens;

    public TokenCommands(PrintStream out, Tokens tokens) {
        this.console = new Console(out);
        this.tokens = tokens;
    }

    /**
     * Makes a token and shows it, this once.
     *
     * @param owner whose token it is
     * @param role null is refused, because nobody should get more than was asked for
     */
    public int create(@Nullable String owner, @Nullable String role, int days) {
        String name = required(owner, "whose token it is");
        if (role == null) {
            throw new IllegalArgumentException("Say what the token allows: --role viewer, operator or admin");
        }
        Tokens.Issued issued = tokens.create(name, Role.of(role), Duration.ofDays(days), USER);
        console.line("%s", issued.text());
        console.line(
                "Token %s for %s, %s, until %s. It is shown this once: keep it where secrets are kept",
                issued.id(), name, role, Console.time(issued.expiresAt()));
        return ExitCode.OK;
    }

    /** Every token there ever was, without secrets. */
    public int list() {
        List<ApiTokens.Row> all = tokens.list();
        console.line("%-12s %-9s %-8s %-20s %-20s %s", "id", "role", "state", "until", "last used", "name");
        all.forEach(row -> console.line(
                "%-12s %-9s %-8s %-20s %-20s %s",
                row.id(),
                row.role(),
                row.state(),
                Console.time(row.expiresAt()),
                row.lastUsedAt() == null ? "never" : Console.time(row.lastUsedAt()),
                row.name()));
        return ExitCode.OK;
    }

    /** Ends a token at once. */
    public int revoke(@Nullable String id) {
        tokens.revoke(required(id, "the token's id, as 'token list' shows it"), USER);
        console.line("Revoked; it is refused from now on");
        return ExitCode.OK;
    }

    private static String required(@Nullable String argument, String what) {
        if (argument == null) {
            throw new IllegalArgumentException("Say " + what);
        }
        return argument;
    }
}
