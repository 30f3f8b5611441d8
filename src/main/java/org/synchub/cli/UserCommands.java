package org.synchub.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Users;
import org.synchub.ledger.ApiUsers;

/** The commands about people who log in to the HTTP API by name and password. Each returns its exit code. */
public class UserCommands {

    private static final String USER = "command";

    private final Console console;
    private final InputStream input;
    private final Users users;

    public UserCommands(PrintStream out, InputStream input, Users users) {
        this.console = new Console(out);
        this.input = input;
        this.users = users;
    }

    /**
     * Where a password comes from; from nowhere, one is made. Never from an argument, which others of the machine see.
     *
     * @param file whose only line it is
     * @param fromInput the first line of the input is it
     */
    public record Source(@Nullable Path file, boolean fromInput) {

        public Source {
            if (file != null && fromInput) {
                throw new IllegalArgumentException(
                        "Give the password by --password-file or --password-stdin, not both");
            }
        }

        private boolean isMade() {
            return file == null && !fromInput;
        }
    }

    /** Every user, without passwords. */
    public int list() {
        List<ApiUsers.Row> all = users.list();
        console.line("%-9s %-9s %-6s %-20s %-20s %s", "role", "state", "logins", "password of", "last login", "name");
        all.forEach(row -> console.line(
                "%-9s %-9s %,6d %-20s %-20s %s",
                row.role(),
                row.isDisabled() ? "disabled" : "enabled",
                row.logins(),
                Console.time(row.passwordAt()),
                row.lastLoginAt() == null ? "never" : Console.time(row.lastLoginAt()),
                row.name()));
        return ExitCode.OK;
    }

    /**
     * Makes a user; shows a password that was made, this once.
     *
     * @param role null is refused, because nobody should get more than was asked for
     */
    public int add(@Nullable String name, @Nullable String role, Source source) {
        String user = required(name);
        Role may = role(role);
        String password = password(source);
        users.add(user, may, password, USER);
        show(source, password);
        console.line("User %s may log in as %s", user, may.word());
        return ExitCode.OK;
    }

    /** Gives another password; shows one that was made, this once. */
    public int password(@Nullable String name, Source source) {
        String user = required(name);
        String password = password(source);
        users.password(user, password, USER);
        show(source, password);
        console.line("User %s has another password, and has to log in again", user);
        return ExitCode.OK;
    }

    /** Gives another role. */
    public int role(@Nullable String name, @Nullable String role) {
        String user = required(name);
        Role may = role(role);
        users.role(user, may, USER);
        console.line("User %s is %s from now on", user, may.word());
        return ExitCode.OK;
    }

    /** Lets a user in no more. */
    public int disable(@Nullable String name) {
        users.disable(required(name), USER);
        console.line("Disabled; every login of the user is over");
        return ExitCode.OK;
    }

    /** Takes that back. */
    public int enable(@Nullable String name) {
        users.enable(required(name), USER);
        console.line("Enabled; the user may log in with the password there was");
        return ExitCode.OK;
    }

    /** Forgets a user. */
    public int remove(@Nullable String name) {
        users.remove(required(name), USER);
        console.line("Removed; every login of the user is over");
        return ExitCode.OK;
    }

    private void show(Source source, String password) {
        if (source.isMade()) {
            console.line("%s", password);
            console.line("This password is shown this once: let its user keep it where secrets are kept");
        }
    }

    private String password(Source source) {
        if (source.isMade()) {
            return Users.newPassword();
        }
        try {
            List<String> lines = source.file() != null
                    ? Files.readAllLines(source.file())
                    : new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8))
                            .lines()
                            .limit(1)
                            .toList();
            if (lines.size() != 1) {
                throw new IllegalArgumentException("The password is one line"
                        + (source.file() == null ? "" : " in " + source.file()) + "; there are " + lines.size());
            }
            return lines.get(0);
        } catch (IOException e) {
            throw new IllegalArgumentException("The password cannot be read from " + source.file() + ": "
                    + e.getClass().getSimpleName());
        }
    }

    private static Role role(@Nullable String role) {
        if (role == null) {
            throw new IllegalArgumentException("Say what the user may do: --role viewer, operator or admin");
        }
        return Role.of(role);
    }

    private static String required(@Nullable String name) {
        if (name == null) {
            throw new IllegalArgumentException("Say the user's name");
        }
        return name;
    }
}
