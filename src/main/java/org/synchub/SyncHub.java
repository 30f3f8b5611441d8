package org.synchub;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.synchub.cli.AttentionCommands;
import org.synchub.cli.AuditCommands;
import org.synchub.cli.CommandAudit;
import org.synchub.cli.CommandAudit.Deed;
import org.synchub.cli.Commands;
import org.synchub.cli.ConflictCommands;
import org.synchub.cli.EncryptionCommands;
import org.synchub.cli.EraseCommand;
import org.synchub.cli.ExitCode;
import org.synchub.cli.InspectCommand;
import org.synchub.cli.OperatorCommands;
import org.synchub.cli.PreviewCommands;
import org.synchub.cli.StatisticsCommand;
import org.synchub.cli.StoreCommands;
import org.synchub.cli.TokenCommands;
import org.synchub.cli.UserCommands;
import org.synchub.ledger.Targets.Restored;
import org.synchub.sync.Resync;
import org.synchub.sync.Statistics;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The hub's entry point: without a command it runs until it is stopped. */
@SpringBootApplication(exclude = UserDetailsServiceAutoConfiguration.class)
@Command(
        name = "sync-hub",
        mixinStandardHelpOptions = true,
        version = "Sync Hub 0.1.0",
        description = "Keeps external systems in agreement with an ID PASS DataCollect server, both ways.",
        footer = {
            "",
            "Settings are Spring's: --spring.datasource.url=… or SPRING_DATASOURCE_URL=… and so on; docs/settings.md lists them.",
            "Exit codes: 0 done, 2 some records need attention, 3 target or database unavailable, 4 configuration, 64 usage."
        })
public class SyncHub implements Callable<Integer> {

    /** Options that belong to Spring rather than to a command. */
    private static final List<String> SPRING =
            List.of("--spring.", "--synchub.", "--server.", "--camel.", "--logging.", "--management.", "--debug");

    /** Returned by {@code run}: the application context keeps the process alive. */
    public static final int RUNNING = -1;

    private static final List<String> CONFLICT_ACTIONS =
            List.of("list", "show", "resolve", "link", "alike", "resolve-alike");

    private final String[] springArguments;

    private SyncHub(String[] springArguments) {
        this.springArguments = springArguments;
    }

    public static void main(String[] args) {
        int code = execute(args);
        if (code != RUNNING) {
            System.exit(code);
        }
    }

    /**
     * Does what the command line says; what the user should know is printed.
     *
     * @return what a process exits with, see {@link ExitCode}, or {@link #RUNNING}
     */
    public static int execute(String... args) {
        List<String> spring = new ArrayList<>();
        List<String> own = new ArrayList<>();
        for (String arg : args) {
            (SPRING.stream().anyMatch(arg::startsWith) ? spring : own).add(arg);
        }
        SyncHub hub = new SyncHub(spring.toArray(String[]::new));
        return new CommandLine(hub)
                .setExecutionExceptionHandler((failure, line, parsed) -> StartFailure.explain(failure, System.err))
                .setParameterExceptionHandler((failure, unused) -> {
                    System.err.println(failure.getMessage());
                    failure.getCommandLine().usage(System.err);
                    return ExitCode.USAGE;
                })
                .execute(own.toArray(String[]::new));
    }

    /** {@code run}, the default: returns at once, the application context keeps the process alive. */
    @Override
    public Integer call() {
        start(true);
        return RUNNING;
    }

    @Command(
            name = "run",
            description = "Runs the hub until it is stopped (the default).",
            mixinStandardHelpOptions = true)
    int serve() {
        return call();
    }

    @Command(description = "Sends what a target is owed, then exits.", mixinStandardHelpOptions = true)
    int push(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target,
            @Option(names = "--confirm-deletes", description = "Let deletions go on that wait for a person's yes")
                    boolean confirmDeletes) {
        return did("push", target, Commands.class, commands -> commands.push(target, confirmDeletes));
    }

    @Command(
            description = "Reads what changed at a target and applies it, then exits.",
            mixinStandardHelpOptions = true)
    int pull(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target) {
        return did("pull", target, Commands.class, commands -> commands.pull(target));
    }

    @Command(description = "Pushes, then pulls, as one run, then exits.", mixinStandardHelpOptions = true)
    int sync(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target) {
        return did("sync", target, Commands.class, commands -> commands.sync(target));
    }

    @Command(description = "Lists, shows and settles conflicts.", mixinStandardHelpOptions = true)
    int conflicts(
            @Parameters(
                            paramLabel = "ACTION",
                            index = "0",
                            description = "list, show, resolve, link, alike or resolve-alike")
                    String action,
            @Parameters(
                            paramLabel = "ARGUMENT",
                            index = "1..*",
                            arity = "0..*",
                            description =
                                    "list [TARGET]; show ID; resolve ID internal|external|merged|ignore|approve; link ID GUID;"
                                            + " alike ID: shows those like it; resolve-alike ID CHOICE: settles what alike showed")
                    @Nullable
                    List<String> rest,
            @Option(names = "--field", description = "For merged: path=value, once for each open place") @Nullable
                    List<String> fields,
            @Option(names = "--fingerprint", description = "What was shown: refuses if the record moved on since")
                    @Nullable
                    String fingerprint) {
        List<String> arguments = rest == null ? List.of() : rest;
        boolean looks = List.of("list", "show", "alike").contains(action);
        // A choice may be a value; what is noted is the conflict.
        List<String> which = arguments.stream().limit(1).toList();
        return oneShot(
                looks ? null : new Deed("conflicts", null, CONFLICT_ACTIONS.contains(action) ? action : null, which),
                ConflictCommands.class,
                commands -> commands.conflicts(action, arguments, fields == null ? List.of() : fields, fingerprint));
    }

    /** What can be done about records that need attention. */
    public enum AttentionAction {
        list,
        show,
        retry,
        discard
    }

    @Command(
            description = "What a person has to look at: records that were rejected, tried too often, or came back and"
                    + " could not be applied, grouped by cause. 'show' tells what the hub asked and what the target answered."
                    + " 'retry' and 'discard' show what they would touch and do"
                    + " it with --yes.",
            mixinStandardHelpOptions = true)
    int attention(
            @Parameters(paramLabel = "ACTION", index = "0", description = "${COMPLETION-CANDIDATES}")
                    AttentionAction action,
            @Parameters(
                            paramLabel = "ARGUMENT",
                            index = "1",
                            arity = "0..1",
                            description = "list [TARGET]; show CAUSE or the KEY of a record; retry or discard CAUSE, as"
                                    + " 'attention list' names it")
                    @Nullable
                    String argument,
            @Option(names = "--yes", description = "Do it, instead of showing what it would touch") boolean yes,
            @Option(names = "--reason", description = "Why the records are given up, for discard; kept with each")
                    @Nullable
                    String reason,
            @Option(
                            names = "--values",
                            description =
                                    "Show people's values in what was exchanged, for show; secrets are never shown")
                    boolean values,
            @Option(names = "--json", description = "For programs") boolean json) {
        if (action != AttentionAction.list && argument == null) {
            throw new IllegalArgumentException("Name a cause, as 'attention list' shows it");
        }
        String cause = argument == null ? "" : argument;
        boolean noted = yes || (values && action == AttentionAction.show);
        Deed deed = noted ? new Deed("attention", null, action.name(), List.of(cause)) : null;
        return oneShot(deed, AttentionCommands.class, commands -> switch (action) {
            case list -> commands.list(argument, json);
            case show -> commands.show(cause, values, json);
            case retry -> commands.retry(cause, yes);
            case discard -> commands.discard(cause, reason == null ? "" : reason, yes);
        });
    }

    @Command(description = "Looks which linked records a target no longer holds.", mixinStandardHelpOptions = true)
    int vanished(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target,
            @Option(names = "--confirm", description = "However many are missing: they are meant to be gone")
                    boolean confirm) {
        return did("vanished", target, ConflictCommands.class, commands -> commands.vanished(target, confirm));
    }

    @Command(
            description = "Pulls, then reads records back, compares them and puts them right.",
            mixinStandardHelpOptions = true)
    int resync(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target,
            @Option(names = "--kind", description = "Only this record kind; may be repeated") @Nullable
                    List<String> kinds,
            @Option(names = "--guid", description = "Only this entity; may be repeated") @Nullable List<String> guids,
            @Option(names = "--only-rejected", description = "Only what was rejected, is in conflict or was given up")
                    boolean onlyRejected,
            @Option(
                            names = "--only-differing",
                            description = "Compares first, and goes on with what is not the same on both sides")
                    boolean onlyDiffering,
            @Option(
                            names = "--since",
                            description = "Only what became owed or was settled then or later: 2026-11-21T18:00:00Z")
                    @Nullable
                    Instant since,
            @Option(names = "--dry-run", description = "Only say what would become of each record") boolean dryRun,
            @Option(names = "--confirm", description = "However much it takes away or empties: it is meant to go")
                    boolean confirm) {
        Resync.Scope scope = new Resync.Scope(
                kinds == null ? List.of() : kinds,
                guids == null ? List.of() : guids,
                onlyRejected,
                onlyDiffering,
                since);
        Deed deed = dryRun ? null : new Deed("resync", target, null);
        return oneShot(deed, Commands.class, commands -> commands.resync(target, scope, dryRun, confirm));
    }

    @Command(
            description =
                    "Says what a resync would do: how many records it would create, update, delete and so on, with examples"
                            + " field by field. Nothing is changed anywhere; the same as 'resync --dry-run'.",
            mixinStandardHelpOptions = true)
    int plan(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target,
            @Option(names = "--kind", description = "Only this record kind; may be repeated") @Nullable
                    List<String> kinds,
            @Option(names = "--guid", description = "Only this entity; may be repeated") @Nullable List<String> guids,
            @Option(names = "--only-rejected", description = "Only what was rejected, is in conflict or was given up")
                    boolean onlyRejected,
            @Option(
                            names = "--since",
                            description = "Only what became owed or was settled then or later: 2026-11-21T18:00:00Z")
                    @Nullable
                    Instant since) {
        return resync(target, kinds, guids, onlyRejected, false, since, true, false);
    }

    @Command(
            description =
                    "After schema hub, DataCollect's tables or the target were brought back from an older backup: reads"
                            + " the target, links its records again by key, owes it what it has lost, takes from it what DataCollect"
                            + " has lost, leaves to people what cannot be known, and lets the target go on. Doubles nothing; may be"
                            + " run again. The hub stops a target by itself when it notices a restore.",
            mixinStandardHelpOptions = true)
    int reconcile(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target,
            @Option(
                            names = "--restored",
                            description =
                                    "What was brought back, where the hub has not noticed: hub, store, database (both of"
                                            + " them) or target")
                    @Nullable
                    String restored,
            @Option(names = "--dry-run", description = "Only say what would be done") boolean dryRun) {
        Restored what = Restored.of(restored);
        Deed deed = dryRun ? null : new Deed("reconcile", target, what == null ? null : "--restored " + what.word());
        return oneShot(deed, OperatorCommands.class, commands -> commands.reconcile(target, what, dryRun));
    }

    @Command(description = "Stops speaking to a target until it is resumed.", mixinStandardHelpOptions = true)
    int pause(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target) {
        return did("pause", target, OperatorCommands.class, commands -> commands.pause(target, true));
    }

    @Command(
            description = "Goes on with a target after a pause, or after a stop that was mended.",
            mixinStandardHelpOptions = true)
    int resume(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target) {
        return did("resume", target, OperatorCommands.class, commands -> commands.pause(target, false));
    }

    @Command(description = "Lists the newest runs.", mixinStandardHelpOptions = true)
    int runs(
            @Parameters(paramLabel = "TARGET", arity = "0..1", description = "Only this target") @Nullable
                    String target,
            @Option(names = "--limit", defaultValue = "20", description = "How many") int limit) {
        return oneShot(OperatorCommands.class, commands -> commands.runs(target, limit));
    }

    @Command(description = "Tells how one record stands with every target.", mixinStandardHelpOptions = true)
    int record(@Parameters(paramLabel = "GUID", description = "The entity's guid in DataCollect") String guid) {
        return oneShot(OperatorCommands.class, commands -> commands.record(guid));
    }

    @Command(
            description =
                    "Shows one record both ways: what the mapping makes of it, the first request with which a push"
                            + " would change something (later steps and repeats are not shown: they need its answer),"
                            + " what the target holds, and what taking that over would change here. Nothing is changed anywhere;"
                            + " the target is only read.",
            mixinStandardHelpOptions = true)
    int preview(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target,
            @Parameters(paramLabel = "GUID", description = "The entity's guid in DataCollect") String guid,
            @Option(names = "--values", description = "Show people's values; secrets are never shown") boolean values,
            @Option(names = "--json", description = "For programs") boolean json) {
        return oneShot(PreviewCommands.class, commands -> commands.preview(target, guid, values, json));
    }

    @Command(
            name = "try",
            description = "Sends one record for real, after a yes, as a push would: its link is kept. Prints what was"
                    + " asked and answered, and what became of it.",
            mixinStandardHelpOptions = true)
    int tryOut(
            @Parameters(paramLabel = "TARGET", description = "Name of a file in mappings/, without .yaml")
                    String target,
            @Parameters(paramLabel = "GUID", description = "The entity's guid in DataCollect") String guid,
            @Option(names = "--yes", description = "Do not ask") boolean yes,
            @Option(names = "--values", description = "Show people's values; secrets are never shown") boolean values) {
        return oneShot(
                new Deed("try", target, null, List.of(guid)),
                PreviewCommands.class,
                commands -> commands.tryOut(target, guid, values, yes));
    }

    /** What can be done about tokens of the API. */
    public enum TokenAction {
        create,
        list,
        revoke
    }

    @Command(
            description = "Makes, lists and revokes the tokens that let people and programs into the HTTP API.",
            mixinStandardHelpOptions = true)
    int token(
            @Parameters(paramLabel = "ACTION", index = "0", description = "${COMPLETION-CANDIDATES}")
                    TokenAction action,
            @Parameters(
                            paramLabel = "ARGUMENT",
                            index = "1",
                            arity = "0..1",
                            description = "create NAME (whose it is); revoke ID")
                    @Nullable
                    String argument,
            @Option(names = "--role", description = "For create: viewer, operator or admin") @Nullable String role,
            @Option(names = "--days", defaultValue = "90", description = "For create: valid so long, at most 366")
                    int days) {
        return oneShot(TokenCommands.class, commands -> switch (action) {
            case create -> commands.create(argument, role, days);
            case list -> commands.list();
            case revoke -> commands.revoke(argument);
        });
    }

    /** What can be done about users who log in by password. */
    public enum UserAction {
        list,
        add,
        password,
        role,
        disable,
        enable,
        remove
    }

    @Command(
            description =
                    "Makes, lists, changes and removes the users who log in to the HTTP API by name and password. A new"
                            + " password is made and printed once, unless one is given. Another password, 'disable' and"
                            + " 'remove' end the user's logins at once.",
            mixinStandardHelpOptions = true)
    int users(
            @Parameters(paramLabel = "ACTION", index = "0", description = "${COMPLETION-CANDIDATES}") UserAction action,
            @Parameters(
                            paramLabel = "NAME",
                            index = "1",
                            arity = "0..1",
                            description = "Whom; up to 63 of a-z, 0-9 and . _ @ -")
                    @Nullable
                    String name,
            @Option(names = "--role", description = "For add and role: viewer, operator or admin") @Nullable
                    String role,
            @Option(
                            names = "--password-file",
                            paramLabel = "FILE",
                            description = "For add and password: the password is what this file says")
                    @Nullable
                    Path passwordFile,
            @Option(
                            names = "--password-stdin",
                            description = "For add and password: the password is the first line of the input")
                    boolean passwordFromInput) {
        UserCommands.Source source = new UserCommands.Source(passwordFile, passwordFromInput);
        return oneShot(UserCommands.class, commands -> switch (action) {
            case list -> commands.list();
            case add -> commands.add(name, role, source);
            case password -> commands.password(name, source);
            case role -> commands.role(name, role);
            case disable -> commands.disable(name);
            case enable -> commands.enable(name);
            case remove -> commands.remove(name);
        });
    }

    /** What can be asked of the audit trail. */
    public enum AuditAction {
        verify,
        root,
        export
    }

    @Command(
            description =
                    "The audit trail: 'verify' names rows that were changed, removed, put in or swapped, and a tail"
                            + " that was cut off (exit code 2); 'root' prints what proves it, to be kept elsewhere; 'export'"
                            + " prints all of it as JSON lines.",
            mixinStandardHelpOptions = true)
    int audit(
            @Parameters(paramLabel = "ACTION", description = "${COMPLETION-CANDIDATES}") AuditAction action,
            @Option(names = "--root", description = "For verify: a root that was kept, as SEQ:HASH") @Nullable
                    String root) {
        return oneShot(AuditCommands.class, commands -> switch (action) {
            case verify -> commands.verify(root);
            case root -> commands.root();
            case export -> commands.export();
        });
    }

    @Command(
            description =
                    "Takes what the hub keeps of one entity out of its own tables: what was agreed on, sent, pulled, decided"
                            + " and exchanged; keys stay. Shows it first; --yes erases it. Refused while the entity is in the store or"
                            + " a target is owed something of it.",
            mixinStandardHelpOptions = true)
    int erase(
            @Parameters(paramLabel = "GUID", description = "The entity's guid") String guid,
            @Option(names = "--target", paramLabel = "TARGET", description = "Only what is kept for this target")
                    @Nullable
                    String target,
            @Option(names = "--yes", description = "Erases it; without, nothing is changed") boolean yes,
            @Option(names = "--anyway", description = "Although something speaks against it") boolean anyway) {
        Deed deed = yes ? new Deed("erase", target, anyway ? "anyway" : null, List.of(guid)) : null;
        return oneShot(
                deed,
                EraseCommand.class,
                command -> yes ? command.erase(guid, target, anyway) : command.preview(guid, target));
    }

    /** What can be done about sealed data. */
    public enum EncryptionAction {
        status,
        rotate
    }

    @Command(
            description =
                    "People's data that the hub keeps: 'status' counts per table what is in clear and with which key the"
                            + " rest is sealed; 'rotate' seals everything with the key that synchub.encryption.at-rest names,"
                            + " beside running hubs, and may be stopped and run again (exit code 2 if something could not be).",
            mixinStandardHelpOptions = true)
    int encryption(
            @Parameters(paramLabel = "ACTION", description = "${COMPLETION-CANDIDATES}") EncryptionAction action,
            @Option(names = "--to-plain", description = "For rotate, where no key is named: writes everything in clear")
                    boolean toPlain) {
        Deed deed = action == EncryptionAction.status
                ? null
                : new Deed("encryption", null, toPlain ? "rotate to plain" : "rotate");
        return oneShot(deed, EncryptionCommands.class, commands -> switch (action) {
            case status -> commands.status();
            case rotate -> commands.rotate(toPlain);
        });
    }

    @Command(description = "Prints what is owed, stuck or rejected.", mixinStandardHelpOptions = true)
    int status(
            @Parameters(paramLabel = "TARGET", arity = "0..1", description = "Only this target") @Nullable
                    String target,
            @Option(names = "--json", description = "For programs") boolean json) {
        return oneShot(Commands.class, commands -> commands.status(target, json));
    }

    @Command(
            description =
                    "Shows what is not in agreement yet: how many records are unsynced and since when, the last sync,"
                            + " open conflicts, what failed or could not be applied, and how far each target was read. Exit code 2"
                            + " when somebody has to look at something.",
            mixinStandardHelpOptions = true)
    int inspect(
            @Parameters(paramLabel = "TARGET", arity = "0..1", description = "Only this target") @Nullable
                    String target,
            @Option(names = "--json", description = "For programs") boolean json) {
        return oneShot(InspectCommand.class, command -> command.inspect(target, json));
    }

    @Command(
            description = "Shows how the runs of some time went, by hour, day, week or month: how many, the shares of"
                    + " them and of their records that went through (runs ok, rec. ok), the share of records in conflict"
                    + " (rec. con), how long they took and what was transferred; then what was decided, and the slowest. A run counts where it"
                    + " ended.",
            mixinStandardHelpOptions = true)
    int statistics(
            @Parameters(paramLabel = "TARGET", arity = "0..1", description = "Only this target") @Nullable
                    String target,
            @Option(
                            names = "--direction",
                            paramLabel = "DIRECTION",
                            description = "Only push, pull, sync, resync or reconcile")
                    @Nullable
                    String direction,
            @Option(
                            names = "--from",
                            paramLabel = "TIME",
                            description =
                                    "From then on: 2026-11-01, or 2026-11-01T06:00:00Z; otherwise 24 hours, 30 days,"
                                            + " 13 weeks or 12 months before the end")
                    @Nullable
                    String from,
            @Option(
                            names = "--to",
                            paramLabel = "TIME",
                            description = "Until before then; otherwise with the period that goes on now")
                    @Nullable
                    String to,
            @Option(names = "--by", paramLabel = "PERIOD", description = "hour, day (the default), week or month")
                    @Nullable
                    String by,
            @Option(
                            names = "--zone",
                            paramLabel = "ZONE",
                            description = "Whose days are meant, such as Asia/Manila; UTC by default")
                    @Nullable
                    String zone,
            @Option(names = "--json", description = "For programs") boolean json) {
        Statistics.Question question = new Statistics.Question(target, direction, from, to, by, zone);
        return oneShot(StatisticsCommand.class, command -> command.print(question, json));
    }

    @Command(
            description =
                    "Shows how the records stand that each user recorded, or that came from each device: of record kinds whose"
                            + " mapping names the place (recordedBy). Each record counts once, as it stands now. Noted in the"
                            + " audit trail, since it shows values of records.",
            mixinStandardHelpOptions = true)
    int recorders(
            @Parameters(paramLabel = "TARGET", description = "Of whose records") String target,
            @Option(
                            names = "--by",
                            paramLabel = "WHO",
                            defaultValue = "user",
                            description = "user (the default) or device")
                    String by,
            @Option(
                            names = "--from",
                            paramLabel = "TIME",
                            description = "Only records settled then or later, or pending since: 2026-11-01, or"
                                    + " 2026-11-01T06:00:00Z")
                    @Nullable
                    String from,
            @Option(names = "--to", paramLabel = "TIME", description = "Only those before then") @Nullable String to,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "How many at most, those with most records first; 100 by default, up to 1000")
                    int limit,
            @Option(names = "--json", description = "For programs") boolean json) {
        return oneShot(
                new Deed("recorders", target, by),
                StatisticsCommand.class,
                command -> command.recorders(target, by, from, to, limit, json));
    }

    @Command(
            description = "Checks the mappings, the routes, and whether each server can take its mapping.",
            mixinStandardHelpOptions = true)
    int validate(
            @Parameters(paramLabel = "TARGET", arity = "0..1", description = "Only this target") @Nullable
                    String target) {
        return oneShot(Commands.class, commands -> commands.validate(target));
    }

    /** How changes in DataCollect's tables are noticed. */
    public enum CaptureAction {
        install,
        remove,
        status
    }

    @Command(
            description = "Installs or removes the triggers that notice changes at once, or says what is there.",
            mixinStandardHelpOptions = true)
    int capture(@Parameters(description = "${COMPLETION-CANDIDATES}") CaptureAction action) {
        Deed deed = action == CaptureAction.status ? null : new Deed("capture", null, action.name());
        return oneShot(deed, Commands.class, commands -> commands.capture(action.name()));
    }

    /** What happens to the hub's own index on DataCollect's events. */
    public enum IndexAction {
        install,
        remove,
        status
    }

    @Command(
            description =
                    "Installs or removes the hub's optional index on DataCollect's events, which keeps the lock of a"
                            + " pull short in a tenant with very many events, or says whether it is there.",
            mixinStandardHelpOptions = true)
    int index(@Parameters(description = "${COMPLETION-CANDIDATES}") IndexAction action) {
        Deed deed = action == IndexAction.status ? null : new Deed("index", null, action.name());
        return oneShot(deed, StoreCommands.class, commands -> commands.index(action.name()));
    }

    @Command(
            description = "Lists and shows entities that do not hold what their events say, because DataCollect stored"
                    + " some events without applying them.",
            mixinStandardHelpOptions = true)
    int drift(
            @Parameters(paramLabel = "ACTION", index = "0", description = "list, show or dismiss") String action,
            @Parameters(
                            paramLabel = "ARGUMENT",
                            index = "1..*",
                            arity = "0..*",
                            description = "list [TENANT]; show TENANT GUID; dismiss TENANT GUID")
                    @Nullable
                    List<String> rest) {
        List<String> arguments = rest == null ? List.of() : rest;
        Deed deed = action.equals("dismiss") ? new Deed("drift", null, "dismiss", arguments) : null;
        return oneShot(deed, StoreCommands.class, commands -> commands.drift(action, arguments));
    }

    /** A command that does something to a target. */
    private <C> int did(String operation, String target, Class<C> commands, ToIntFunction<C> command) {
        return oneShot(new Deed(operation, target, null), commands, command);
    }

    /** A command that only looks, or notes itself what it does. */
    private <C> int oneShot(Class<C> commands, ToIntFunction<C> command) {
        return oneShot(null, commands, command);
    }

    /** @param deed what the audit trail says of it; null for one that only looks */
    private <C> int oneShot(@Nullable Deed deed, Class<C> commands, ToIntFunction<C> command) {
        try (ConfigurableApplicationContext context = start(false)) {
            C bean = context.getBean(commands);
            return deed == null
                    ? command.applyAsInt(bean)
                    : context.getBean(CommandAudit.class).run(deed, () -> command.applyAsInt(bean));
        }
    }

    private ConfigurableApplicationContext start(boolean serves) {
        SpringApplication application = new SpringApplication(SyncHub.class);
        application.addInitializers(new Environments(), new DatabaseWait());
        if (serves) {
            application.setDefaultProperties(Map.of(DatabaseWait.SETTING, "30s"));
        } else {
            application.addInitializers(new CommandLogs());
            application.setWebApplicationType(WebApplicationType.NONE);
            application.setDefaultProperties(Map.of("synchub.schedules", "false"));
        }
        String[] arguments = serves
                ? springArguments
                : concat(springArguments, "--synchub.schedules=false", "--spring.main.web-application-type=none");
        return application.run(arguments);
    }

    private static String[] concat(String[] first, String... more) {
        String[] both = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, both, first.length, more.length);
        return both;
    }
}
