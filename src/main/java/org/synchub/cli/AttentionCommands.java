package org.synchub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Attention.Cause;
import org.synchub.ledger.Attention.Item;
import org.synchub.ledger.Attention.Waiting;
import org.synchub.ledger.Exchanges;
import org.synchub.sync.NeedsAttention;
import org.synchub.sync.NeedsAttention.Shown;
import org.synchub.sync.NeedsAttention.Told;
import org.synchub.sync.NoSuchThing;

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
            console.line(
                    "'attention show CAUSE' lists records and shows what was exchanged; 'attention retry CAUSE' shows what it would try again");
        }
        return causes.isEmpty() ? ExitCode.OK : ExitCode.ATTENTION;
    }

    /**
     * Prints a cause, its first records and what was exchanged over the first of them; or all that of one record.
     *
     * @param what a cause, or the key of a record
     * @param values whether people's values are shown; secrets never are
     */
    public int show(String what, boolean values, boolean asJson) {
        if (attention.isCause(what)) {
            Shown shown = attention.show(what, EXAMPLES);
            Told first = attention.told(what, null, values);
            if (asJson) {
                print(new ShownCause(shown.cause(), shown.examples(), first));
            } else {
                shown(shown);
                console.line("");
                exchange(first, values);
            }
            return ExitCode.OK;
        }
        List<Told> told = attention.told(what, values);
        if (told.isEmpty()) {
            throw new NoSuchThing("Nothing waits for cause '" + what
                    + "', and no record with this key waits (any more);" + " 'attention list' shows what does");
        }
        if (asJson) {
            print(told);
        } else {
            told.forEach(one -> {
                Waiting waiting = one.waiting();
                console.line(
                        "%s  %s %s %s  %s%s",
                        waiting.cause(),
                        waiting.target(),
                        waiting.direction().name().toLowerCase(Locale.ROOT),
                        waiting.kind().isEmpty() ? "record" : waiting.kind(),
                        waiting.record().reason().isEmpty()
                                ? waiting.code()
                                : waiting.record().reason(),
                        waiting.at() == null ? "" : " (" + waiting.at() + ")");
                item(waiting.record());
                exchange(one, values);
            });
        }
        return ExitCode.OK;
    }

    /** As {@link Shown}, with what was exchanged over the first record. */
    private record ShownCause(Cause cause, List<Item> examples, Told first) {}

    private void exchange(Told told, boolean values) {
        String key = told.waiting().record().key();
        Exchanges.ShownExchange exchange = told.exchange();
        if (exchange == null) {
            console.line(
                    "Of %s nothing is kept that was exchanged: the hub refused it before it asked the target, or it is longer"
                            + " ago than synchub.exchanges.retention",
                    key);
            return;
        }
        if (exchange.method() == null) {
            console.line("As it was read from the target, %s:", Console.time(exchange.at()));
        } else {
            console.line(
                    "Exchanged over %s, %s%s%s:",
                    key,
                    Console.time(exchange.at()),
                    exchange.tookMs() == null ? "" : " in " + exchange.tookMs() + " ms",
                    exchange.requestId() == null ? "" : ", X-Request-ID " + exchange.requestId());
            console.line(
                    "  asked    %s %s  (%s)", exchange.method(), String.valueOf(exchange.path()), exchange.label());
            if (exchange.records() > 1) {
                console.line("           one of %,d records in the request; its own part:", exchange.records());
            }
            body(exchange.request());
            console.line("  answered %s", String.valueOf(exchange.status()));
        }
        body(exchange.answer());
        if (!values) {
            console.line("--values shows people's values instead of ‹text› and ‹number›.");
        }
    }

    private void body(@Nullable JsonNode body) {
        if (body != null && !body.isNull()) {
            String text = body.isTextual() ? body.textValue() : body.toPrettyString();
            text.lines().forEach(line -> console.line("    %s", line));
        }
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
        shown.examples().forEach(this::item);
        long more = shown.cause().records() - shown.examples().size();
        if (more > 0) {
            console.line("    and %,d more", more);
        }
    }

    private void item(Item item) {
        console.line(
                "    %s%s  %d attempts, first %s, last %s",
                item.key(),
                item.guid() == null || item.guid().equals(item.key()) ? "" : " (entity " + item.guid() + ")",
                item.attempts(),
                Console.time(item.firstSeen()),
                Console.time(item.lastSeen()));
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
        out.println(Console.json(json, value));
    }
}
