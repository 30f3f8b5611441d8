package org.synchub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.synchub.sync.Inspection;
import org.synchub.sync.Inspection.Inspected;

/** {@code inspect}: the state of the synchronization in one look. */
public class InspectCommand {

    private final PrintStream out;
    private final Console console;
    private final Inspection inspection;
    private final ObjectMapper json;

    public InspectCommand(PrintStream out, Inspection inspection, ObjectMapper json) {
        this.out = out;
        this.console = new Console(out);
        this.inspection = inspection;
        this.json = json;
    }

    /**
     * Prints one target or all of them.
     *
     * @return {@link ExitCode#ATTENTION} when a person has something to do
     */
    public int inspect(@Nullable String target, boolean asJson) {
        List<Inspected> all = target == null ? inspection.all() : List.of(inspection.of(target));
        if (asJson) {
            out.println(Console.json(json, all));
        } else if (all.isEmpty()) {
            console.line("This hub has no target; a file in mappings/ describes one");
        } else {
            all.forEach(this::print);
        }
        return all.stream().anyMatch(Inspected::needsSomebody) ? ExitCode.ATTENTION : ExitCode.OK;
    }

    private void print(Inspected so) {
        console.line("");
        console.line("%s (tenant %s): %s%s", so.target(), so.tenant(), so.condition(), because(so));
        console.line(
                "%,9d unsynced%s",
                so.unsynced(),
                so.oldestUnsynced() == null ? "" : ", the oldest since " + Console.time(so.oldestUnsynced()));
        console.line(
                "%,9d synced; last sync %s",
                so.synced(), so.lastSync() == null ? "never" : Console.time(so.lastSync()));
        console.line("%,9d conflicts%s", so.conflicts(), hint(so.conflicts(), "conflicts list " + so.target()));
        console.line("%,9d failed%s", so.failed(), hint(so.failed(), "attention list " + so.target()));
        console.line(
                "%,9d came in and could not be applied%s",
                so.parked(), hint(so.parked(), "attention list " + so.target()));
        console.line(
                "%,9d do not hold what their events say%s",
                so.drifted(), hint(so.drifted(), "drift list " + so.tenant()));
        if (so.cursors().isEmpty()) {
            console.line("  Nothing of the target was read yet");
        }
        so.cursors()
                .forEach(cursor -> console.line(
                        "  Cursor '%s' moved %s to %s",
                        cursor.stream(), Console.time(cursor.movedAt()), cursor.position()));
    }

    private static String because(Inspected so) {
        return so.reason() == null ? "" : ": " + so.reason();
    }

    private static String hint(long n, String command) {
        return n == 0 ? "" : "; see '" + command + "'";
    }
}
