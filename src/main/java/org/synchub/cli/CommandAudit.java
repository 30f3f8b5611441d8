package org.synchub.cli;

import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.synchub.ledger.Audit;
import org.synchub.sync.Correlation;

/** Notes what somebody did by command, after it was done or failed: under the name of the user of the process. */
public class CommandAudit {

    private final Audit audit;

    public CommandAudit(Audit audit) {
        this.audit = audit;
    }

    /**
     * What a command is about to do.
     *
     * @param target null when it concerns none or all
     * @param detail keys; null when the operation says it all
     */
    public record Deed(
            String operation,
            @Nullable String target,
            @Nullable String detail) {}

    /**
     * Does it and notes it. All that it leads to is known by one name, {@link Correlation}.
     *
     * @return the command's exit code
     */
    public int run(Deed deed, IntSupplier command) {
        long began = System.nanoTime();
        try {
            int code = Correlation.during(Correlation.currentOrNew(), command::getAsInt);
            note(deed, outcome(code), began);
            return code;
        } catch (RuntimeException e) {
            note(deed, Audit.Outcome.of(e), began);
            throw e;
        }
    }

    private static Audit.Outcome outcome(int code) {
        return switch (code) {
            case ExitCode.OK, ExitCode.ATTENTION -> Audit.Outcome.DONE;
            case ExitCode.UNAVAILABLE -> Audit.Outcome.FAILED;
            default -> Audit.Outcome.REFUSED;
        };
    }

    private void note(Deed deed, Audit.Outcome outcome, long began) {
        audit.note(new Audit.Entry(
                deed.operation(),
                System.getProperty("user.name", "command"),
                Audit.Via.COMMAND,
                null,
                deed.target(),
                outcome,
                deed.detail(),
                null,
                Duration.ofNanos(System.nanoTime() - began)));
    }
}
