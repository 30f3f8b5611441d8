package org.synchub.cli;

import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;
import org.synchub.sync.Correlation;

/** Notes what somebody does by command, before it is done and after: under the name of the user of the process. */
public class CommandAudit {

    private final Audit audit;
    private final AuditKeys keys;

    public CommandAudit(Audit audit, AuditKeys keys) {
        this.audit = audit;
        this.keys = keys;
    }

    /**
     * What a command is about to do.
     *
     * @param target null when it concerns none or all
     * @param detail words of the hub's own; null when the operation says it all
     * @param typed keys as somebody typed them; of what is none, a keyed hash is noted at most
     */
    public record Deed(
            String operation,
            @Nullable String target,
            @Nullable String detail,
            List<String> typed) {

        public Deed(String operation, @Nullable String target, @Nullable String detail) {
            this(operation, target, detail, List.of());
        }
    }

    /**
     * Notes it, does it, and notes what became of it. All that it leads to is known by one name, {@link Correlation}.
     *
     * @return the command's exit code
     */
    public int run(Deed deed, IntSupplier command) {
        return audit.during(
                new Audit.Intent(
                        deed.operation(),
                        System.getProperty("user.name", "command"),
                        Audit.Via.COMMAND,
                        null,
                        keys.target(deed.target()),
                        detail(deed)),
                () -> Correlation.during(Correlation.currentOrNew(), command::getAsInt),
                code -> new Audit.Became(outcome(code), null, null));
    }

    private @Nullable String detail(Deed deed) {
        String detail = Stream.concat(
                        Stream.ofNullable(deed.detail()), deed.typed().stream().map(keys::of))
                .collect(Collectors.joining(" "));
        return detail.isEmpty() ? null : detail;
    }

    private static Audit.Outcome outcome(int code) {
        return switch (code) {
            case ExitCode.OK, ExitCode.ATTENTION -> Audit.Outcome.DONE;
            case ExitCode.UNAVAILABLE -> Audit.Outcome.FAILED;
            default -> Audit.Outcome.REFUSED;
        };
    }
}
