package org.synchub.admin.security;

import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.synchub.ledger.ApiUsers;
import org.synchub.ledger.Audit;

/** People who log in by name and password, as an administrator makes and changes them. All of it is in the audit trail. */
public class Users {

    /** Lower case, so that nobody is two users; what is typed at a login is lowered. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,62}");

    private final ApiUsers rows;
    private final Passwords passwords;
    private final Audit audit;

    Users(ApiUsers rows, Passwords passwords, Audit audit) {
        this.rows = rows;
        this.passwords = passwords;
        this.audit = audit;
    }

    /** A password of the hub's own making, hard to guess. */
    public static String newPassword() {
        return Passwords.generate();
    }

    /**
     * Makes a user.
     *
     * @throws IllegalArgumentException when the name is none or taken, or the password is too short
     */
    public void add(String name, Role role, String password, String by) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A user's name has 63 characters at most, of a-z, 0-9 and . _ @ -, and begins with a letter or digit");
        }
        String hash = passwords.hash(password);
        did(
                "user-add",
                name,
                name + " " + role.word(),
                by,
                () -> rows.add(name, role.word(), hash, by),
                "There is a user " + name + " already; 'users password " + name + "' gives another password");
    }

    /** Every user, by name. */
    public List<ApiUsers.Row> list() {
        return rows.all();
    }

    /** Whether anybody could log in. */
    boolean anyEnabled() {
        return rows.anyEnabled();
    }

    /**
     * Gives another role. Access tokens that name the role before are refused from then on; the user's refresh tokens are
     * good, and give access tokens with the new one.
     *
     * @throws IllegalArgumentException when there is no such user
     */
    public void role(String name, Role role, String by) {
        did(
                "user-role",
                name,
                name + " " + role.word(),
                by,
                () -> rows.setRole(name, role.word()),
                unknown(name, "; list them first"));
    }

    /**
     * Gives another password and ends all logins of the user.
     *
     * @throws IllegalArgumentException when there is no such user, or the password is too short
     */
    public void password(String name, String password, String by) {
        String hash = passwords.hash(password);
        did("user-password", name, name, by, () -> rows.setPassword(name, hash), unknown(name, "; list them first"));
    }

    /**
     * Lets a user in no more, and ends all logins.
     *
     * @throws IllegalArgumentException when there is no such user, or it was disabled before
     */
    public void disable(String name, String by) {
        did("user-disable", name, name, by, () -> rows.disable(name), unknown(name, " that could be disabled"));
    }

    /**
     * Lets a disabled user in again, with the password there was.
     *
     * @throws IllegalArgumentException when there is no such user, or it was not disabled
     */
    public void enable(String name, String by) {
        did("user-enable", name, name, by, () -> rows.enable(name), unknown(name, " that was disabled"));
    }

    /**
     * Forgets a user and ends all logins.
     *
     * @throws IllegalArgumentException when there is no such user
     */
    public void remove(String name, String by) {
        did("user-remove", name, name, by, () -> rows.remove(name), unknown(name, "; list them first"));
    }

    /** A user's name as it is kept, whatever case it was typed in. */
    static String lowered(String typed) {
        return typed.strip().toLowerCase(Locale.ROOT);
    }

    /** Whether there can be a user of this name at all. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private static String unknown(String name, String more) {
        return "There is no user " + name + more;
    }

    private void did(String operation, String name, String what, String by, BooleanSupplier deed, String refusal) {
        String noted = isName(name) ? what : "(no name)";
        boolean done = audit.during(
                new Audit.Intent(operation, by, Audit.Via.COMMAND, null, null, noted),
                deed::getAsBoolean,
                did -> new Audit.Became(did ? Audit.Outcome.DONE : Audit.Outcome.REFUSED, null, null));
        if (!done) {
            throw new IllegalArgumentException(refusal);
        }
    }
}
