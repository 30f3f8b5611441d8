package org.synchub.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.cli.CommandAudit;
import org.synchub.cli.ExitCode;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditChain;
import org.synchub.ledger.AuditCheck.Finding;
import org.synchub.ledger.AuditCheck.Tampering;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** The root of the trail outside the database, and what commands leave in the trail. */
class AuditTrailTest {

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
        CommandAudit commands = new CommandAudit(audit);
        long before = trail.root().seq();

        commands.run(new CommandAudit.Deed("push", "memory", null), () -> ExitCode.ATTENTION);
        commands.run(new CommandAudit.Deed("pull", "memory", null), () -> ExitCode.UNAVAILABLE);
        assertThatThrownBy(() -> commands.run(new CommandAudit.Deed("attention", null, "discard 1"), () -> {
                    throw new IllegalArgumentException("no such cause");
                }))
                .hasMessage("no such cause");

        List<String> rows = TestDatabase.rows(
                store,
                "SELECT operation, who, target, outcome, detail, duration_ms IS NOT NULL FROM hub.audit WHERE via = 'command'"
                        + " AND id > " + before + " ORDER BY id");
        String me = System.getProperty("user.name");
        assertThat(rows)
                .containsExactly(
                        "push|" + me + "|memory|done|null|t",
                        "pull|" + me + "|memory|failed|null|t",
                        "attention|" + me + "|null|refused|discard 1|t");
    }
}
