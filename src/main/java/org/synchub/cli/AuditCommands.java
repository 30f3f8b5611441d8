package org.synchub.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.synchub.admin.AuditTrail;
import org.synchub.ledger.AuditCheck.Verdict;

/** {@code audit verify|root|export}. Each command returns its exit code. */
public class AuditCommands {

    private final PrintStream out;
    private final Console console;
    private final AuditTrail trail;

    public AuditCommands(PrintStream out, AuditTrail trail) {
        this.out = out;
        this.console = new Console(out);
        this.trail = trail;
    }

    /**
     * Says what was tampered with, and what was begun and never concluded.
     *
     * @param root one that was kept, as {@code SEQ:HASH}; null compares only those in the file of published roots
     */
    public int verify(@Nullable String root) {
        Verdict verdict = trail.verify(root);
        verdict.findings()
                .forEach(f ->
                        console.line("%-9s %s", f.tampering().name().toLowerCase(java.util.Locale.ROOT), f.message()));
        if (verdict.found() > verdict.findings().size()) {
            console.line("… and %,d more", verdict.found() - verdict.findings().size());
        }
        verdict.open()
                .forEach(row -> console.line(
                        "open      Row %d: %s%s was begun %s by %s (%s) and never concluded: the process died in between, or is"
                                + " still at it",
                        row.id(),
                        row.operation(),
                        row.target() == null ? "" : " of " + row.target(),
                        Console.time(row.at()),
                        row.who(),
                        row.via()));
        if (verdict.begun() > verdict.open().size()) {
            console.line("… and %,d more", verdict.begun() - verdict.open().size());
        }
        console.line(
                "%,d sealed rows, %,d published roots compared: %s. Root: %s",
                verdict.rows(),
                verdict.published(),
                verdict.isUntouched() ? "all is as it was written" : "the audit trail was tampered with",
                verdict.root());
        return verdict.isUntouched() ? ExitCode.OK : ExitCode.ATTENTION;
    }

    /** Prints the root, to be kept elsewhere. */
    public int root() {
        console.line("%s", trail.root());
        return ExitCode.OK;
    }

    /** Prints every row as a line of JSON. */
    public int export() {
        try {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            trail.export(writer);
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ExitCode.OK;
    }
}
