package org.synchub.target.openspp.odoo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.target.TargetHttp;
import org.synchub.target.TargetTrouble;
import org.synchub.target.TargetTrouble.Kind;

/**
 * Reads what Odoo answers. The status proves little: every error of a model comes under 200, and only the class of
 * error ({@code error.data.name}) tells them apart. The traceback beside it ({@code debug}) is never looked at.
 */
public final class OdooAnswers {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LONGEST_WORDS = 2000;
    private static final Set<String> CONTENDED = Set.of(
            "psycopg2.errors.SerializationFailure",
            "psycopg2.errors.DeadlockDetected",
            "psycopg2.errors.LockNotAvailable",
            "psycopg2.extensions.TransactionRollbackError");

    /** Of PostgreSQL's errors these are about the row, all others about the database. */
    private static final Set<String> ROW_ERRORS = Set.of(
            "psycopg2.IntegrityError",
            "psycopg2.DataError",
            "psycopg2.errors.UniqueViolation",
            "psycopg2.errors.NotNullViolation",
            "psycopg2.errors.CheckViolation",
            "psycopg2.errors.ForeignKeyViolation",
            "psycopg2.errors.ExclusionViolation",
            "psycopg2.errors.StringDataRightTruncation",
            "psycopg2.errors.NumericValueOutOfRange",
            "psycopg2.errors.InvalidTextRepresentation",
            "psycopg2.errors.InvalidDatetimeFormat",
            "psycopg2.errors.DatetimeFieldOverflow",
            "psycopg2.errors.UntranslatableCharacter",
            "psycopg2.errors.CharacterNotInRepertoire",
            "psycopg2.errors.RaiseException",
            "psycopg2.errors.ProgramLimitExceeded");

    private static final Set<String> MACHINE_ERRORS =
            Set.of("builtins.MemoryError", "builtins.OSError", "builtins.ConnectionError", "builtins.TimeoutError");

    private final String user;
    private final String where;

    /**
     * @param user the hub's login, for messages
     * @param where the place of the target's settings, for messages
     */
    public OdooAnswers(String user, String where) {
        this.user = user;
        this.where = where;
    }

    /** The result in a JSON-RPC answer; JSON null when the method returned none. */
    public JsonNode result(TargetHttp.Answer answer, String label, boolean write) {
        status(answer, label, write);
        JsonNode body = parse(answer.body());
        if (!body.isObject() || !body.has("jsonrpc")) {
            throw new TargetTrouble(
                    Kind.UNREACHABLE,
                    "the answer to " + label + " is not one of Odoo's JSON-RPC; " + check("url"),
                    write,
                    null);
        }
        JsonNode error = body.get("error");
        if (error != null && !error.isNull()) {
            throw fault(error, label, write);
        }
        JsonNode result = body.get("result");
        return result == null ? NullNode.instance : result;
    }

    private void status(TargetHttp.Answer answer, String label, boolean write) {
        int status = answer.status();
        if (status == 200) {
            return;
        }
        String said = "the server answered " + label + " with status " + status;
        if (status == 429) {
            throw new TargetTrouble(Kind.OVERLOADED, said, false, retryAfter(answer));
        }
        if (status == 413) {
            throw new OdooFault(
                    OdooFault.Kind.REFUSED, "http.413", "the request is larger than the server or its proxy accepts");
        }
        if (status >= 500 || status == 408 || status == 425) {
            throw new TargetTrouble(Kind.UNREACHABLE, said, write, retryAfter(answer));
        }
        throw new TargetTrouble(Kind.MISCONFIGURED, said + ", which Odoo does not; " + check("url"));
    }

    /** The server's clock when it answered, null when it did not say. */
    public static @Nullable Instant date(TargetHttp.Answer answer) {
        return httpDate(answer.header("Date"));
    }

    private static @Nullable Instant httpDate(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeParseException notADate) {
            return null;
        }
    }

    private static @Nullable Duration retryAfter(TargetHttp.Answer answer) {
        String text = answer.header("Retry-After");
        if (text == null) {
            return null;
        }
        String trimmed = text.trim();
        if (!trimmed.isEmpty() && trimmed.length() < 9 && trimmed.chars().allMatch(Character::isDigit)) {
            return Duration.ofSeconds(Long.parseLong(trimmed));
        }
        Instant until = httpDate(trimmed);
        Instant now = date(answer);
        if (until == null || now == null) {
            return null;
        }
        Duration wait = Duration.between(now, until);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static JsonNode parse(byte[] body) {
        try {
            return MAPPER.readTree(body);
        } catch (JsonProcessingException notJson) {
            return MissingNode.getInstance();
        } catch (IOException impossible) {
            throw new IllegalStateException("reading bytes in memory failed", impossible);
        }
    }

    private RuntimeException fault(JsonNode error, String label, boolean write) {
        String name = error.path("data").path("name").asText("");
        String words = clean(
                error.path("data").path("message").asText(error.path("message").asText("")));
        if (name.equals("odoo.exceptions.AccessDenied") || name.equals("odoo.http.SessionExpiredException")) {
            return loginRefused(null);
        }
        if (name.equals("odoo.exceptions.AccessError")) {
            return accessError(label, name, words);
        }
        if (name.equals("odoo.exceptions.MissingError")) {
            return new OdooFault(OdooFault.Kind.MISSING, name, words);
        }
        if (CONTENDED.contains(name)) {
            return new OdooFault(OdooFault.Kind.CONTENDED, name, words);
        }
        if (name.startsWith("psycopg2.") && !ROW_ERRORS.contains(name)) {
            return databaseTrouble(label, write, name, words);
        }
        if (MACHINE_ERRORS.contains(name)) {
            return new TargetTrouble(Kind.UNREACHABLE, "the server failed during " + label + ": " + name, write, null);
        }
        if (isWrongCall(name, words)) {
            return new TargetTrouble(
                    Kind.MISCONFIGURED,
                    "the server does not take " + label + ": " + firstLine(words) + "; is this OpenSPP 1.3 on Odoo 17? "
                            + check("url"));
        }
        boolean meant =
                name.startsWith("odoo.exceptions.") || name.equals("builtins.ValueError") || ROW_ERRORS.contains(name);
        return new OdooFault(
                meant ? OdooFault.Kind.REFUSED : OdooFault.Kind.BROKEN, name.isEmpty() ? "odoo" : name, words);
    }

    private TargetTrouble databaseTrouble(String label, boolean write, String name, String words) {
        if (words.contains("database \"") && words.contains("does not exist")) {
            return new TargetTrouble(
                    Kind.MISCONFIGURED, "the server says: " + firstLine(words) + "; " + check("database"));
        }
        if (name.equals("psycopg2.pool.PoolError")) {
            return new TargetTrouble(Kind.OVERLOADED, "the server has no database connection free for " + label);
        }
        return new TargetTrouble(
                Kind.UNREACHABLE,
                "the server's database failed during " + label + ": " + name + ": " + firstLine(words),
                write,
                null);
    }

    public TargetTrouble loginRefused(@Nullable String database) {
        return new TargetTrouble(
                Kind.LOGIN_REFUSED,
                "the server refuses user '" + user + "'"
                        + (database == null ? "" : " in database '" + database + "'")
                        + "; check username and password (password or API key) in " + where);
    }

    /**
     * A missing right concerns every record, a record rule only some. The names of the records that Odoo lists under a
     * rule are people's, so only the first line is kept.
     */
    private RuntimeException accessError(String label, String name, String words) {
        String line = firstLine(words);
        if (line.startsWith("Uh-oh!") || line.startsWith("Due to security restrictions")) {
            return new OdooFault(
                    OdooFault.Kind.REFUSED,
                    name,
                    "a record rule keeps the hub's user '" + user + "' from " + label + ": " + line);
        }
        return new TargetTrouble(
                Kind.MISCONFIGURED,
                "user '" + user + "' lacks a right for " + label + ": " + line
                        + " Give the user the Registrar role, or check username in " + where);
    }

    private static boolean isWrongCall(String name, String words) {
        return switch (name) {
            case "builtins.AttributeError" -> words.contains("does not exist on the model");
            case "builtins.TypeError" -> words.contains("argument");
            case "odoo.exceptions.UserError" -> words.startsWith("Object ") && words.contains("doesn't exist");
            default -> false;
        };
    }

    private String check(String setting) {
        return "check " + setting + " in " + where;
    }

    public static String firstLine(String words) {
        String trimmed = words.strip();
        int end = trimmed.indexOf('\n');
        return end < 0 ? trimmed : trimmed.substring(0, end).strip();
    }

    /** PostgreSQL's jsonb refuses the null character, so nothing from outside may carry it into the ledger. */
    public static String clean(String words) {
        String plain = words.replace("\u0000", "").strip();
        return plain.length() <= LONGEST_WORDS ? plain : plain.substring(0, LONGEST_WORDS) + "…";
    }
}
