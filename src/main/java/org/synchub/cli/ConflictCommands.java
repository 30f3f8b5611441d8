package org.synchub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.conflict.Choice;
import org.synchub.ledger.ConflictQueue.Case;
import org.synchub.sync.AlikeConflicts;
import org.synchub.sync.Cause;
import org.synchub.sync.Conflicts;
import org.synchub.sync.Conflicts.Answered;
import org.synchub.sync.Pulls;
import org.synchub.sync.SweepRequest;

/** The commands by which people settle what the hub leaves to them. Each returns its exit code. */
public class ConflictCommands {

    private static final int MOST = 1_000;
    private static final String USER = "command";

    private final Console console;
    private final Conflicts conflicts;
    private final AlikeConflicts alike;
    private final Pulls pulls;
    private final ObjectMapper json;

    public ConflictCommands(
            PrintStream out, Conflicts conflicts, AlikeConflicts alike, Pulls pulls, ObjectMapper json) {
        this.alike = alike;
        this.console = new Console(out);
        this.conflicts = conflicts;
        this.pulls = pulls;
        this.json = json;
    }

    /**
     * {@code list [TARGET]}, {@code show ID}, {@code resolve ID CHOICE}, {@code link ID GUID}.
     *
     * @param fields values for the choice {@code merged}: {@code path=value}, the value JSON or plain text
     * @param fingerprint what was shown; null for what is in the queue
     */
    public int conflicts(String action, List<String> rest, List<String> fields, @Nullable String fingerprint) {
        return switch (action) {
            case "list" -> list(rest.isEmpty() ? null : rest.get(0));
            case "show" -> show(conflicts.show(id(rest)));
            case "resolve" ->
                answered(conflicts.resolve(
                        id(rest), Choice.of(second(rest, "a choice"), values(fields)), fingerprint, USER));
            case "link" -> answered(conflicts.link(id(rest), second(rest, "the entity's guid"), USER));
            case "alike" -> preview(alike.preview(id(rest)));
            case "resolve-alike" ->
                resolveAlike(id(rest), Choice.of(second(rest, "a choice"), values(fields)), fingerprint);
            default ->
                throw new IllegalArgumentException("conflicts has no '" + action
                        + "'; there is list, show, resolve, link, alike and resolve-alike");
        };
    }

    private int list(@Nullable String target) {
        List<Case> open = conflicts.list(target, MOST);
        open.forEach(c -> console.line(
                "%6d  %s  %s %s  %s: %s",
                c.id(),
                c.target(),
                c.what().kind(),
                c.what().guid() == null
                        ? "record " + c.what().externalId()
                        : c.what().guid(),
                c.what().conflictKind(),
                c.what().reason()));
        console.line("%,d open", open.size());
        return open.isEmpty() ? ExitCode.OK : ExitCode.ATTENTION;
    }

    private int preview(AlikeConflicts.Preview preview) {
        for (Case c : preview.cases()) {
            console.line(
                    "%6d  %s %s",
                    c.id(), c.what().kind(), String.valueOf(c.what().guid()));
            for (String path : c.what().paths()) {
                String field = path.split("[.\\[]", 2)[0];
                console.line(
                        "        %-28s base %-24s internal %-24s external %s",
                        path,
                        text(c.what().base(), field),
                        text(c.what().internal(), field),
                        text(c.what().external(), field));
            }
        }
        console.line(
                "%,d alike. Settle them with 'conflicts resolve-alike ID internal|external|ignore|approve --fingerprint %s'",
                preview.cases().size(), preview.code());
        return ExitCode.OK;
    }

    private int resolveAlike(long id, Choice choice, @Nullable String code) {
        if (code == null) {
            throw new IllegalArgumentException(
                    "Look at them first with 'conflicts alike " + id + "' and give the --fingerprint that it shows");
        }
        AlikeConflicts.Answered answered = alike.resolve(id, choice, code, USER);
        if (answered.now() != null) {
            console.line("They have changed since they were shown. Nothing was written");
            preview(answered.now());
            return ExitCode.ATTENTION;
        }
        answered.left().forEach((left, why) -> console.line("%6d  not settled: %s", left, why));
        console.line(
                "%,d settled, %,d left. The next push sends what the target lacks",
                answered.settled(), answered.left().size());
        return answered.left().isEmpty() ? ExitCode.OK : ExitCode.ATTENTION;
    }

    private int show(Case c) {
        console.line(
                "Conflict %d (%s) of %s at %s, record %s: %s",
                c.id(),
                c.state(),
                String.valueOf(c.what().guid()),
                c.target(),
                c.what().externalId(),
                c.what().reason());
        if (!c.what().candidates().isEmpty()) {
            console.line("Candidates: %s", String.join(", ", c.what().candidates()));
        }
        Set<String> fields = new TreeSet<>();
        names(c.what().base(), fields);
        names(c.what().internal(), fields);
        names(c.what().external(), fields);
        console.line("  %-30s %-28s %-28s %-28s", "field", "base", "internal", "external");
        for (String field : fields) {
            boolean waits = c.what().paths().stream().anyMatch(p -> p.equals("*") || p.startsWith(field));
            console.line(
                    "%s %-30s %-28s %-28s %-28s",
                    waits ? "*" : " ",
                    field,
                    text(c.what().base(), field),
                    text(c.what().internal(), field),
                    text(c.what().external(), field));
        }
        console.line("Waiting: %s", String.join(", ", c.what().paths()));
        console.line("Fingerprint: %s", c.what().fingerprint());
        return ExitCode.OK;
    }

    private int answered(Answered answered) {
        return switch (answered.effect()) {
            case SETTLED -> {
                console.line("Settled. The next push sends what the target lacks");
                yield ExitCode.OK;
            }
            case MOVED_ON -> {
                console.line("The record has moved on since it was shown. Nothing was written");
                if (answered.now() == null) {
                    console.line(
                            "There is nothing left to settle: the two sides do not contradict each other any more");
                } else {
                    show(answered.now());
                }
                yield ExitCode.ATTENTION;
            }
            case BUSY -> {
                console.line("Others are at work on the record. Nothing was written; answer again");
                yield ExitCode.ATTENTION;
            }
        };
    }

    /** Looks which linked records a target no longer holds. */
    public int vanished(String target, boolean confirm) {
        pulls.sweep(new SweepRequest(target, Cause.COMMAND, USER, confirm)).ifPresent(console::run);
        return ExitCode.OK;
    }

    private static void names(@Nullable ObjectNode record, Set<String> into) {
        if (record != null) {
            record.fieldNames().forEachRemaining(into::add);
        }
    }

    private static String text(@Nullable ObjectNode record, String field) {
        JsonNode value = record == null ? null : record.get(field);
        return value == null ? "-" : value.isTextual() ? value.asText() : value.toString();
    }

    private static long id(List<String> rest) {
        try {
            return Long.parseLong(rest.isEmpty() ? "" : rest.get(0));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Give the conflict's number, as 'conflicts list' shows it", e);
        }
    }

    private static String second(List<String> rest, String what) {
        if (rest.size() < 2) {
            throw new IllegalArgumentException("Give " + what + " after the conflict's number");
        }
        return rest.get(1);
    }

    private Map<String, @Nullable JsonNode> values(List<String> fields) {
        Map<String, @Nullable JsonNode> values = new LinkedHashMap<>();
        for (String field : fields) {
            int equals = field.lastIndexOf("]=") >= 0 ? field.lastIndexOf("]=") + 1 : field.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("--field wants path=value");
            }
            values.put(field.substring(0, equals), value(field.substring(equals + 1)));
        }
        return values;
    }

    private JsonNode value(String text) {
        try {
            JsonNode read = json.readTree(text);
            return read == null || read.isMissingNode() ? TextNode.valueOf(text) : read;
        } catch (JsonProcessingException plainText) {
            return TextNode.valueOf(text);
        }
    }
}
