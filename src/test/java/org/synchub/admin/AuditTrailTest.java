package org.synchub.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.cli.AuditCommands;
import org.synchub.cli.CommandAudit;
import org.synchub.cli.ExitCode;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditChain;
import org.synchub.ledger.AuditCheck.Finding;
import org.synchub.ledger.AuditCheck.Tampering;
import org.synchub.ledger.AuditCheck.Verdict;
import org.synchub.ledger.AuditKeys;
import org.synchub.testing.JavaProcess;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** The root of the trail outside the database, and what commands leave in the trail. */
class AuditTrailTest {

    private static final AuditKeys KEYS = new AuditKeys("a key of the tests' own");

    private static DataSource store;
    private static Audit audit;
    private static AuditChain chain;

    @TempDir
    private Path folder;

    private Path file;
    private Instant now = Instant.parse("2026-11-21T18:00:00Z");
    private AuditTrail trail;

    @BeforeAll
    static void schema() throws Exception {
        store = TestDatabase.dataCollect();
        TestStore.migrate(store);
        audit = new Audit(JdbcClient.create(store));
        chain = new AuditChain(
                JdbcClient.create(store), new TransactionTemplate(new DataSourceTransactionManager(store)));
    }

    @BeforeEach
    void start() {
        file = folder.resolve("roots");
        trail = trail(file);
    }

    private AuditTrail trail(Path roots) {
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
        return new AuditTrail(chain, roots, new ObjectMapper().findAndRegisterModules(), clock);
    }

    private static void note(String operation) {
        audit.note(new Audit.Entry(
                operation, "Ann's token", Audit.Via.HTTP, "127.0.0.1", "openspp", Audit.Outcome.DONE, null));
    }

    @Test
    void roots_are_published_when_there_is_something_new_and_not_too_often() throws Exception {
        note("one");
        trail.seal();
        String first = chain.root().toString();
        trail.seal();
        note("two");
        now = now.plus(Duration.ofMinutes(4));
        trail.seal();
        assertThat(Files.readAllLines(file)).containsExactly("2026-11-21T18:00:00Z " + first);
        now = now.plus(Duration.ofMinutes(1));
        trail.seal();
        now = now.plus(Duration.ofHours(1));
        trail.seal();

        assertThat(Files.readAllLines(file))
                .containsExactly("2026-11-21T18:00:00Z " + first, "2026-11-21T18:05:00Z " + chain.root());
        assertThat(trail.verify(null).published()).isEqualTo(2);
        assertThat(trail.verify(null).isUntouched()).isTrue();
    }

    @Test
    void a_tail_that_was_cut_off_with_the_head_is_known_from_the_file() throws Exception {
        note("one");
        trail.seal();
        note("two");
        now = now.plus(Duration.ofMinutes(5));
        trail.seal();
        long last = chain.root().seq();
        TestDatabase.run(
                store,
                "SET session_replication_role = replica;"
                        + " DELETE FROM hub.audit WHERE id = (SELECT audit_id FROM hub.audit_seal WHERE seq = " + last
                        + ");"
                        + " DELETE FROM hub.audit_seal WHERE seq = " + last + ";"
                        + " UPDATE hub.audit_head SET (seq, hash) = (SELECT seq, hash FROM hub.audit_seal WHERE seq = "
                        + (last - 1) + "); SET session_replication_role = DEFAULT");

        assertThat(trail(folder.resolve("none")).verify(null).isUntouched())
                .as("without what was published")
                .isTrue();
        assertThat(trail.verify(null).findings()).extracting(Finding::tampering).containsExactly(Tampering.CUT);
    }

    @Test
    void a_file_that_cannot_be_written_is_said_and_the_setting_is_named() {
        note("one");

        assertThatThrownBy(() -> trail(folder.resolve("missing/roots")).seal())
                .hasMessageContaining("missing/roots")
                .hasMessageContaining("synchub.audit.root-file");
    }

    @Test
    void what_a_command_does_is_noted_with_what_became_of_it() throws Exception {
        CommandAudit commands = new CommandAudit(audit, KEYS);
        long before = trail.root().seq();

        commands.run(new CommandAudit.Deed("push", "memory", null), () -> ExitCode.ATTENTION);
        commands.run(new CommandAudit.Deed("pull", "memory", null), () -> ExitCode.UNAVAILABLE);
        assertThatThrownBy(() ->
                        commands.run(new CommandAudit.Deed("attention", null, "discard", List.of("0123456789")), () -> {
                            throw new IllegalArgumentException("no such cause");
                        }))
                .hasMessage("no such cause");

        List<String> rows = TestDatabase.rows(
                store,
                "SELECT operation, who, target, outcome, detail, duration_ms IS NOT NULL, begun IS NOT NULL FROM hub.audit WHERE via = 'command'"
                        + " AND id > " + before + " ORDER BY id");
        String me = System.getProperty("user.name");
        assertThat(rows)
                .containsExactly(
                        "push|" + me + "|memory|begun|null|f|f",
                        "push|" + me + "|memory|done|null|t|t",
                        "pull|" + me + "|memory|begun|null|f|f",
                        "pull|" + me + "|memory|failed|null|t|t",
                        "attention|" + me + "|null|begun|discard 0123456789|f|f",
                        "attention|" + me + "|null|refused|discard 0123456789|t|t");
    }

    @Test
    void what_somebody_types_where_a_key_belongs_is_kept_as_a_keyed_hash_only() throws Exception {
        long before = trail.root().seq();

        new CommandAudit(audit, KEYS)
                .run(
                        new CommandAudit.Deed("try", "Nuria Marked", null, List.of("784-1990-1234567-1")),
                        () -> ExitCode.USAGE);

        String hash = "hmac:[0-9a-f]{8}:[0-9a-f]{32}";
        assertThat(TestDatabase.rows(
                        store,
                        "SELECT target || ' ' || detail FROM hub.audit WHERE operation = 'try' AND id > " + before))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row).matches(hash + " " + hash));
    }

    /** What a command is in a process that dies while it does its deed. */
    static final class DiesInBetween {

        private DiesInBetween() {}

        public static void main(String[] args) {
            PGSimpleDataSource database = new PGSimpleDataSource();
            database.setUrl(args[0]);
            database.setUser(args[1]);
            new CommandAudit(new Audit(JdbcClient.create(database)), KEYS)
                    .run(new CommandAudit.Deed("resync", "dying", null), () -> {
                        Runtime.getRuntime().halt(9);
                        return ExitCode.OK;
                    });
        }
    }

    @Test
    void a_process_that_dies_in_between_leaves_what_it_had_begun_and_the_chain_holds() throws Exception {
        PGSimpleDataSource database = (PGSimpleDataSource) store;
        Process process = JavaProcess.start(
                DiesInBetween.class, String.valueOf(database.getUrl()), String.valueOf(database.getUser()));
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(9);

        assertThat(TestDatabase.rows(
                        store, "SELECT operation, outcome, begun FROM hub.audit WHERE target = 'dying' ORDER BY id"))
                .containsExactly("resync|begun|null");
        try {
            TestDatabase.run(store, "UPDATE hub.clock SET clock_offset = interval '6 s'");
            Verdict verdict = trail.verify(null);
            assertThat(verdict.isUntouched()).as(verdict.toString()).isTrue();
            assertThat(verdict.begun()).isEqualTo(1);
            assertThat(verdict.open()).singleElement().satisfies(row -> {
                assertThat(row.operation()).isEqualTo("resync");
                assertThat(row.isOpen()).isTrue();
            });
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            AuditCommands commands = new AuditCommands(new PrintStream(printed, true, StandardCharsets.UTF_8), trail);
            assertThat(commands.verify(null)).isEqualTo(ExitCode.OK);
            assertThat(printed.toString(StandardCharsets.UTF_8))
                    .contains("resync of dying was begun")
                    .contains("never concluded")
                    .contains("all is as it was written");
            StringWriter exported = new StringWriter();
            trail.export(exported);
            assertThat(exported.toString().lines().filter(line -> line.contains("dying")))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("\"outcome\":\"begun\"", "\"concludedBy\":null"));
        } finally {
            TestDatabase.run(store, "UPDATE hub.clock SET clock_offset = interval '0'");
        }
    }
}
