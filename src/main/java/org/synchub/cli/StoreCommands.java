package org.synchub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.DriftLedger.Drift;
import org.synchub.store.EventsIndex;
import org.synchub.sync.Drifts;

/** The commands about DataCollect's own tables. Each returns its exit code. */
public class StoreCommands {

    private static final int MOST = 1_000;

    private final Console console;
    private final Drifts drifts;
    private final EventsIndex index;

    public StoreCommands(PrintStream out, Drifts drifts, EventsIndex index) {
        this.console = new Console(out);
        this.drifts = drifts;
        this.index = index;
    }

    /** {@code list [TENANT]}, {@code show TENANT GUID} or {@code dismiss TENANT GUID}. */
    public int drift(String action, List<String> rest) {
        return switch (action) {
            case "list" -> list(rest.isEmpty() ? null : rest.get(0));
            case "show" -> show(of(rest));
            case "dismiss" -> {
                Drift drift = of(rest);
                drifts.dismiss(drift.tenant(), drift.guid());
                console.line("Dismissed until another event of %s is dropped", drift.guid());
                yield ExitCode.OK;
            }
            default ->
                throw new IllegalArgumentException("drift has no '" + action + "'; there is list, show and dismiss");
        };
    }

    private int list(@Nullable String tenant) {
        List<Drift> found = drifts.list(tenant, MOST);
        found.forEach(d -> console.line(
                "%s  %s  version %d  %s", d.tenant(), d.guid(), d.version(), d.deleted() ? "deleted" : fields(d)));
        console.line("%,d entities do not hold what their events say", found.size());
        return found.isEmpty() ? ExitCode.OK : ExitCode.ATTENTION;
    }

    private static String fields(Drift drift) {
        TreeSet<String> names = new TreeSet<>();
        ObjectNode said = drift.said();
        if (said != null) {
            said.fieldNames().forEachRemaining(names::add);
        }
        return String.join(", ", names);
    }

    private int show(Drift drift) {
        console.line(
                "Entity %s of tenant %s, version %d, noticed %s",
                drift.guid(), drift.tenant(), drift.version(), drift.noticedAt());
        if (drift.deleted()) {
            console.line("Its last event deletes it; it is still there");
        }
        console.line("  %-30s %-28s %-28s", "field", "entity", "events");
        ObjectNode said = drift.said();
        if (said != null) {
            said.properties()
                    .forEach(field -> console.line(
                            "  %-30s %-28s %-28s",
                            field.getKey(),
                            text(drift.held() == null ? null : drift.held().get(field.getKey())),
                            text(field.getValue())));
        }
        console.line("Events: %s", String.join(", ", drift.events()));
        return ExitCode.OK;
    }

    private static String text(@Nullable JsonNode value) {
        return value == null ? "-" : value.isTextual() ? value.asText() : value.toString();
    }

    private Drift of(List<String> rest) {
        if (rest.size() < 2) {
            throw new IllegalArgumentException("Give the tenant and the entity's guid, as 'drift list' shows them");
        }
        return drifts.of(rest.get(0), rest.get(1));
    }

    /** {@code install}, {@code remove} or {@code status} of the hub's own index on DataCollect's events. */
    public int index(String action) {
        switch (action) {
            case "install" ->
                console.line(
                        index.install()
                                ? "The index is there: a pull locks DataCollect's events for well under a millisecond"
                                : "Another hub is building the index just now");
            case "remove" -> {
                index.remove();
                console.line("The index is gone: each page of a pull reads all events of its tenant under the lock");
            }
            default -> console.line("Index on DataCollect's events: %s", index.installed() ? "installed" : "none");
        }
        return ExitCode.OK;
    }
}
