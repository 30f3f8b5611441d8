package org.synchub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Attention.Cause;
import org.synchub.ledger.Attention.Item;
import org.synchub.sync.NeedsAttention;
import org.synchub.sync.NeedsAttention.Shown;

/** What needs attention, at the terminal. Each command returns its exit code. */
public class AttentionCommands {

    private static final int MOST_CAUSES = 200;
    private static final int EXAMPLES = 20;
    private static final String USER = "command";

    private final PrintStream out;
    private final Console console;
    private final NeedsAttention attention;
    private final ObjectMapper json;

    public AttentionCommands(PrintStream out, NeedsAttention attention, ObjectMapper json) {
        this.out = out;
        this.console = new Console(out);
        this.attention = attention;
        this.json = json;
    }

    /** Prints the causes, those of most records first. */
    public int list(@Nullable String target, boolean asJson) {
        List<Cause> causes = attention.causes(target, MOST_CAUSES);
        if (asJson) {
            print(causes);
        } else if (causes.isEmpty()) {
            console.line("Nothing needs attention");
        } else {
            causes.forEach(this::cause);
            console.line("");
            console.line("'attention show CAUSE' lists records; 'attention retry CAUSE' shows what it would try again");
        }
        return causes.isEmpty() ? ExitCode.OK : ExitCode.ATTENTION;
    }

    /** Prints a cause and its first records. */
    public int show(String cause, boolean asJson) {
        Shown shown = attention.show(cause, EXAMPLES);
        if (asJson) {
            print(shown);
        } else {
            shown(shown);
        }
        return ExitCode.OK;
    }

    /**
     * Tries the records of a cause again.
     *
     * @param confirmed without it nothing is done but shown
     */
    public int retry(String cause, boolean confirmed) {
        if (!confirmed) {
            return preview(cause, "would be tried again");
        }
        console.line("%,d records are tried again", attention.retry(cause, USER));
        return ExitCode.OK;
    }

    /**
     * Gives the records of a cause up.
     *
     * @param reason why
     * @param confirmed without it nothing is done but shown
     */
    public int discard(String cause, String reason, boolean confirmed) {
        if (!confirmed) {
            return preview(cause, "would be given up");
        }
        console.line("%,d records are given up", attention.discard(cause, reason, USER));
        return ExitCode.OK;
    }

    private int preview(String cause, String what) {
        Shown shown = attention.show(cause, EXAMPLES);
        shown(shown);
        console.line("");
        console.line(
                "%,d records %s. Nothing has been done; add --yes to do it",
                shown.cause().records(), what);
        return ExitCode.ATTENTION;
    }

    private void shown(Shown shown) {
        cause(shown.cause());
        for (Item item : shown.examples()) {
            console.line(
                    "    %s%s  %d attempts, first %s, last %s",
                    item.key(),
                    item.guid() == null || item.guid().equals(item.key()) ? "" : " (entity " + item.guid() + ")",
                    item.attempts(),
                    Console.time(item.firstSeen()),
                    Console.time(item.lastSeen()));
        }
        long more = shown.cause().records() - shown.examples().size();
        if (more > 0) {
            console.line("    and %,d more", more);
        }
    }

    private void cause(Cause cause) {
        console.line(
                "%s  %,6d  %s %s %s  %s%s",
                cause.id(),
                cause.records(),
                cause.target(),
                cause.direction().name().toLowerCase(Locale.ROOT),
                cause.kind().isEmpty() ? "record" : cause.kind(),
                cause.reason().isEmpty() ? cause.code() : cause.reason(),
                cause.at() == null ? "" : " (" + cause.at() + ")");
        console.line(
                "            first %s, last %s, up to %d attempts",
                Console.time(cause.firstSeen()), Console.time(cause.lastSeen()), cause.attempts());
    }

    private void print(Object value) {
        try {
            out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The list could not be written as JSON", e);
        }
    }
}
