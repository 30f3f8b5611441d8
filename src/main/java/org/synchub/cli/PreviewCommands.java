package org.synchub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.RecordSearch.Row;
import org.synchub.sync.Preview;
import org.synchub.sync.Previews;
import org.synchub.sync.Trials;
import org.synchub.target.ConfigurationProblem;
import org.synchub.target.TargetTrouble;

/** The integrator's loop after {@code validate}: look at one record, then send it. Each command returns its exit code. */
public class PreviewCommands {

    private static final String USER = "command";

    private final PrintStream out;
    private final InputStream in;
    private final Console console;
    private final Previews previews;
    private final Trials trials;
    private final ObjectMapper json;

    public PreviewCommands(PrintStream out, InputStream in, Previews previews, Trials trials, ObjectMapper json) {
        this.out = out;
        this.in = in;
        this.console = new Console(out);
        this.previews = previews;
        this.trials = trials;
        this.json = json;
    }

    /** Shows what would become of a record, both ways. */
    public int preview(String target, String guid, boolean values, boolean asJson) {
        return guarded(target, () -> {
            Preview preview = previews.of(target, guid, values);
            if (asJson) {
                out.println(text(preview));
            } else {
                print(preview);
                console.line("");
                console.line(
                        "Nothing was changed anywhere.%s",
                        values ? "" : " --values shows people's values instead of ‹text› and ‹number›.");
            }
            return isFine(preview) ? ExitCode.OK : ExitCode.ATTENTION;
        });
    }

    private static boolean isFine(Preview preview) {
        return preview.problems().isEmpty()
                && !preview.outcome().startsWith("conflict")
                && !preview.outcome().startsWith("rejected");
    }

    /** Sends one record, after a yes. */
    public int tryOut(String target, String guid, boolean values, boolean yes) {
        return guarded(target, () -> {
            trials.owe(target, guid, USER);
            print(previews.of(target, guid, values));
            console.line("");
            if (!yes && !confirmed()) {
                console.line("Not sent. Answer 'yes', or say --yes.");
                return ExitCode.ATTENTION;
            }
            Trials.Trial trial = trials.send(target, guid, values, USER);
            trial.exchanged().forEach(this::print);
            return conclude(trial.row());
        });
    }

    private int conclude(Row row) {
        String state = row.state().column().replace('_', ' ');
        console.line(
                "%s: %s%s%s",
                row.target(),
                state,
                row.externalId() == null ? "" : ", linked to its record " + row.externalId(),
                row.reason() == null ? "" : ": " + row.reason() + (row.at() == null ? "" : " (" + row.at() + ")"));
        return switch (row.state()) {
            case DELIVERED -> ExitCode.OK;
            default -> ExitCode.ATTENTION;
        };
    }

    private boolean confirmed() {
        out.print("Send it? ");
        out.flush();
        try {
            String answer = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
            return answer != null
                    && (answer.strip().equalsIgnoreCase("yes") || answer.strip().equalsIgnoreCase("y"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Something that ends with an exit code. */
    @FunctionalInterface
    private interface Work {
        int run();
    }

    private int guarded(String target, Work work) {
        try {
            return work.run();
        } catch (TargetTrouble trouble) {
            console.line("%s: %s", target, String.valueOf(trouble.getMessage()));
            return ExitCode.of(trouble);
        } catch (ConfigurationProblem problem) {
            console.line("%s: the server cannot take this mapping:", target);
            problem.problems().forEach(line -> console.line("  %s", line));
            return ExitCode.CONFIGURATION;
        }
    }

    private void print(Preview preview) {
        console.line(
                "%s %s (%s) for %s: %s",
                preview.kind() == null ? "Entity" : preview.kind(),
                preview.guid(),
                preview.level() == null ? "not noticed yet" : preview.level(),
                preview.target(),
                preview.externalId() == null ? "not linked" : "linked to its record " + preview.externalId());
        preview.problems().forEach(problem -> console.line("  %s", problem));
        if (preview.record() != null) {
            block("The mapping makes of it", preview.record());
        }
        console.line("");
        if (preview.request() == null) {
            console.line("A push: %s", preview.outcome());
        } else {
            console.line("A push would send, after what it reads, first:");
            print(preview.request());
        }
        if (preview.remote() == null) {
            return;
        }
        block("The target holds", preview.remote());
        console.line("");
        if (preview.changesHere().isEmpty()) {
            console.line("Taken over, it would change nothing here");
        } else {
            console.line("Taken over, it would change here, unless both sides changed it:");
            preview.changesHere()
                    .forEach(change ->
                            console.line("  %s: %s -> %s", change.path(), brief(change.now()), brief(change.then())));
        }
        preview.problemsHere().forEach(problem -> console.line("  %s", problem));
    }

    private static String brief(@Nullable JsonNode value) {
        return value == null ? "nothing" : value.toString();
    }

    private void block(String title, JsonNode body) {
        console.line("");
        console.line("%s:", title);
        console.line("%s", text(body).indent(2).stripTrailing());
    }

    private void print(Preview.Asked request) {
        console.line("  %s %s", request.method(), request.path());
        request.headers().forEach((name, value) -> console.line("  %s: %s", name, value));
        if (request.body() != null) {
            console.line("%s", text(request.body()).indent(2).stripTrailing());
        }
    }

    private void print(Trials.Exchanged exchanged) {
        console.line("Request '%s':", exchanged.label());
        print(exchanged.request());
        console.line("  answered %s", exchanged.status() == null ? "nothing" : "HTTP " + exchanged.status());
        if (exchanged.answer() != null) {
            console.line("%s", text(exchanged.answer()).indent(2).stripTrailing());
        }
        console.line("");
    }

    private String text(Object value) {
        return Console.json(json, value);
    }
}
