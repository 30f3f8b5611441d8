package org.synchub.cli;

import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synchub.sync.Erasures;
import org.synchub.sync.Erasures.Found;

/** {@code erase GUID}. Returns its exit code. */
public class EraseCommand {

    private final Console console;
    private final Erasures erasures;

    public EraseCommand(PrintStream out, Erasures erasures) {
        this.console = new Console(out);
        this.erasures = erasures;
    }

    /** Shows what the hub keeps of an entity and what speaks against erasing it; changes nothing. */
    public int preview(String guid, @Nullable String target) {
        Found found = erasures.preview(guid, target);
        if (found.rows().isEmpty()) {
            console.line("Schema hub keeps nothing of %s that could be erased", guid);
        } else {
            rows(found.rows());
            console.line("Nothing is erased yet; the same with --yes erases it");
        }
        found.against().forEach(why -> console.line("%s", why));
        found.remains().forEach(where -> console.line("%s", where));
        return found.against().isEmpty() ? ExitCode.OK : ExitCode.ATTENTION;
    }

    /** Erases it. */
    public int erase(String guid, @Nullable String target, boolean anyway) {
        Found found = erasures.erase(guid, target, anyway);
        rows(found.rows());
        console.line("Erased from schema hub: keys stay (link, numbers, runs, audit trail)");
        found.remains().forEach(where -> console.line("%s", where));
        return ExitCode.OK;
    }

    private void rows(Map<String, Integer> rows) {
        rows.forEach((table, n) -> console.line("  %-18s %,6d rows", "hub." + table, n));
    }
}
