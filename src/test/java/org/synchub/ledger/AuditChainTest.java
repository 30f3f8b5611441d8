package org.synchub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.AuditCheck.Finding;
import org.synchub.ledger.AuditCheck.Tampering;
import org.synchub.ledger.AuditCheck.Verdict;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** Whoever may do everything in the database cannot touch the audit trail without leaving a trace. */
class AuditChainTest {

    private static DataSource store;
    private static Audit audit;
    private AuditChain chain;

    @BeforeAll
    static void schema() throws Exception {
        store = TestDatabase.dataCollect();
        TestStore.migrate(store);
        audit = new Audit(JdbcClient.create(store));
    }

    @BeforeEach
    void tenRowsThatAreSealed() throws Exception {
        TestDatabase.run(
                store,
                "SET session_replication_role = replica; TRUNCATE hub.audit, hub.audit_seal, hub.audit_unsealed RESTART IDENTITY;"
                        + " ALTER TABLE hub.audit ALTER id SET GENERATED ALWAYS;"
                        + " UPDATE hub.audit_head SET seq = 0, hash = '\\x" + "00".repeat(32) + "';"
                        + " UPDATE hub.clock SET clock_offset = interval '0'; SET session_replication_role = DEFAULT");
        chain = chain();
        for (int i = 1; i <= 10; i++) {
            note("operation-" + i);
            if (i % 4 == 0) {
                chain.seal();
            }
        }
        chain.seal();
        assertThat(verify().isUntouched()).isTrue();
    }

    private AuditChain chain() {
        return new AuditChain(
                JdbcClient.create(store), new TransactionTemplate(new DataSourceTransactionManager(store)));
    }

    private void note(String operation) {
        audit.note(new Audit.Entry(
                operation, "Ann's token", Audit.Via.HTTP, "127.0.0.1", "openspp", Audit.Outcome.DONE, null));
    }

    private Verdict verify() {
        return chain.verify(Map.of());
    }

    /** What somebody does who owns the tables: neither triggers nor constraints are in the way. */
    private void tamper(String... statements) throws SQLException {
        try (Connection connection = store.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            for (String sql : statements) {
                assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
            }
        }
    }

    private static void assertFound(Verdict verdict, Tampering what, Long row, String message) {
        assertThat(verdict.isUntouched()).isFalse();
        assertThat(verdict.findings()).singleElement().satisfies(f -> {
            assertThat(f.tampering()).isEqualTo(what);
            assertThat(f.row()).isEqualTo(row);
            assertThat(f.message()).contains(message);
        });
    }

    @Test
    void nobody_else_can_change_or_delete_a_row_or_a_seal() {
        for (String table : List.of("audit", "audit_seal")) {
            assertThatThrownBy(() -> TestDatabase.run(store, "DELETE FROM hub." + table))
                    .hasMessageContaining("hub." + table + " is only ever appended to");
            assertThatThrownBy(() -> TestDatabase.run(store, "TRUNCATE hub." + table))
                    .hasMessageContaining("hub." + table + " is only ever appended to");
        }
        assertThatThrownBy(() -> TestDatabase.run(store, "UPDATE hub.audit SET who = 'Bob'"))
                .hasMessageContaining("only ever appended to");
    }

    @Test
    void a_row_that_was_changed_is_named_whichever_column_it_is() throws Exception {
        List<String> columns = TestDatabase.rows(
                store,
                "SELECT column_name || ' = ' || CASE data_type WHEN 'bigint' THEN 'coalesce(' || column_name || ', 0) + 1'"
                        + " WHEN 'text' THEN CASE column_name WHEN 'via' THEN '''jmx''' WHEN 'outcome' THEN '''failed'''"
                        + " ELSE 'concat(' || column_name || ', ''x'')' END"
                        + " ELSE column_name || ' + interval ''1 microsecond''' END"
                        + " FROM information_schema.columns WHERE table_schema = 'hub' AND table_name = 'audit'"
                        + " AND column_name <> 'id' ORDER BY 1");
        assertThat(columns).hasSize(13);
        for (String change : columns) {
            tamper("CREATE TABLE hub.kept AS TABLE hub.audit", "UPDATE hub.audit SET " + change + " WHERE id = 7");

            assertFound(verify(), Tampering.CHANGED, 7L, "Row 7 does not hold what was sealed");

            tamper("DELETE FROM hub.audit", "INSERT INTO hub.audit OVERRIDING SYSTEM VALUE TABLE hub.kept");
            TestDatabase.run(store, "DROP TABLE hub.kept");
        }
        assertThat(verify().isUntouched()).isTrue();
    }

    @Test
    void a_conclusion_that_was_given_to_another_deed_is_named() throws Exception {
        long one = audit.begin(new Audit.Intent("resync", "Ann's token", Audit.Via.HTTP, null, "openspp", null));
        long two = audit.begin(new Audit.Intent("resync", "Ann's token", Audit.Via.HTTP, null, "openspp", null));
        audit.conclude(two, Audit.Outcome.DONE, null, 3L, Duration.ofSeconds(1));
        chain.seal();
        assertThat(verify().isUntouched()).isTrue();

        tamper("UPDATE hub.audit SET begun = " + one + " WHERE begun = " + two);

        assertFound(verify(), Tampering.CHANGED, two + 1, "does not hold what was sealed");
    }

    @Test
    void what_is_begun_is_concluded_once_by_a_row_that_names_it() {
        long begun = audit.begin(new Audit.Intent("resync", "Ann", Audit.Via.JMX, "10.0.0.1", "openspp", "keys"));
        assertThat(page().get(0).isOpen()).isTrue();

        audit.conclude(begun, Audit.Outcome.FAILED, null, 3L, Duration.ofSeconds(2));

        assertThat(page().get(1).isOpen()).isFalse();
        assertThat(page().get(1).concludedBy()).isEqualTo(begun + 1);
        AuditRow row = page().get(0);
        assertThat(row.begun()).isEqualTo(begun);
        assertThat(List.of(row.operation(), row.who(), row.via(), row.outcome()))
                .containsExactly("resync", "Ann", "jmx", "failed");
        assertThat(row.address()).isEqualTo("10.0.0.1");
        assertThat(row.target()).isEqualTo("openspp");
        assertThat(row.detail()).isEqualTo("keys");
        assertThat(row.records()).isEqualTo(3);
        assertThat(row.durationMs()).isEqualTo(2_000);
        assertThatThrownBy(() -> audit.conclude(begun, Audit.Outcome.DONE, null, null, Duration.ZERO))
                .isInstanceOf(DuplicateKeyException.class);
    }

    private List<AuditRow> page() {
        return chain.page(null, false, null, 2);
    }

    /** Sealed by the documented formula, in SQL, as it was before rows could name what they conclude. */
    @Test
    void what_was_sealed_before_conclusions_were_kept_still_verifies_and_the_chain_goes_on() throws Exception {
        DataSource old = TestDatabase.dataCollect();
        Flyway.configure()
                .dataSource(old)
                .schemas("hub")
                .defaultSchema("hub")
                .target("25")
                .load()
                .migrate();
        TestDatabase.run(
                old,
                "INSERT INTO hub.audit (operation, who, via, address, target, outcome, detail, run, records, errors, duration_ms)"
                        + " VALUES ('push', 'Ann', 'http', '10.0.0.1', 'openspp', 'done', 'POST', NULL, NULL, NULL, 12),"
                        + " ('both', 'hub', 'hub', NULL, 'openspp', 'partial', 'schedule: Núria', 7, 100, 3, 4500),"
                        + " ('login', 'unknown', 'jmx', NULL, NULL, 'refused', NULL, NULL, NULL, NULL, NULL)");
        TestDatabase.run(old, """
                DO $$ DECLARE r record; h bytea := decode(repeat('00', 32), 'hex'); n bigint := 0; c bytea; BEGIN
                  FOR r IN SELECT * FROM hub.audit ORDER BY id LOOP
                    n := n + 1;
                    SELECT sha256(string_agg(CASE WHEN v IS NULL THEN '\\x00'::bytea ELSE '\\x01'::bytea
                                  || int4send(octet_length(convert_to(v, 'UTF8'))) || convert_to(v, 'UTF8') END, ''::bytea ORDER BY o))
                    INTO c FROM unnest(ARRAY[(extract(epoch FROM r.at) * 1000000)::bigint::text, r.operation, r.who, r.via,
                        r.address, r.target, r.outcome, r.detail, r.run::text, r.records::text, r.errors::text,
                        r.duration_ms::text]) WITH ORDINALITY AS x (v, o);
                    h := sha256(h || int8send(n) || int8send(r.id) || c);
                    INSERT INTO hub.audit_seal (seq, audit_id, content, hash) VALUES (n, r.id, c, h);
                  END LOOP;
                  DELETE FROM hub.audit_unsealed;
                  UPDATE hub.audit_head SET seq = n, hash = h;
                END $$""");
        AuditChain chainOfOld =
                new AuditChain(JdbcClient.create(old), new TransactionTemplate(new DataSourceTransactionManager(old)));
        AuditChain.Root kept = chainOfOld.root();

        TestStore.migrate(old);
        Verdict migrated = chainOfOld.verify(Map.of(kept.seq(), kept.hash()));
        Audit auditOfOld = new Audit(JdbcClient.create(old));
        auditOfOld.conclude(
                auditOfOld.begin(new Audit.Intent("pull", "Ann", Audit.Via.COMMAND, null, "openspp", null)),
                Audit.Outcome.DONE,
                null,
                null,
                Duration.ZERO);
        chainOfOld.seal();
        Verdict later = chainOfOld.verify(Map.of(kept.seq(), kept.hash()));

        assertThat(migrated.findings()).isEmpty();
        assertThat(migrated.rows()).isEqualTo(3);
        assertThat(migrated.published()).isEqualTo(1);
        assertThat(later.findings()).isEmpty();
        assertThat(later.rows()).isEqualTo(5);
    }

    @Test
    void a_row_that_was_changed_together_with_its_seal_is_named_by_the_seal_after_it() throws Exception {
        tamper("UPDATE hub.audit SET who = 'Bob' WHERE id = 5");
        byte[] content = JdbcClient.create(store)
                .sql("SELECT " + AuditRow.COLUMNS + "FROM hub.audit a WHERE id = 5")
                .query(AuditRow::read)
                .single()
                .content();
        byte[] before = hash(4);
        tamper("UPDATE hub.audit_seal SET content = '" + hex(content) + "' WHERE seq = 5");

        assertFound(verify(), Tampering.CHANGED, 5L, "Seal 5 of row 5 does not follow from seal 4");

        tamper("UPDATE hub.audit_seal SET hash = '" + hex(AuditChain.hash(before, 5, 5, content)) + "' WHERE seq = 5");

        assertFound(verify(), Tampering.CHANGED, 6L, "Seal 6 of row 6 does not follow from seal 5");
    }

    private byte[] hash(long seq) {
        return JdbcClient.create(store)
                .sql("SELECT hash FROM hub.audit_seal WHERE seq = :seq")
                .param("seq", seq)
                .query((row, n) -> row.getBytes(1))
                .single();
    }

    private static String hex(byte[] bytes) {
        return "\\x" + java.util.HexFormat.of().formatHex(bytes);
    }

    @Test
    void a_row_that_was_removed_is_named() throws Exception {
        tamper("DELETE FROM hub.audit WHERE id = 3");

        assertFound(verify(), Tampering.REMOVED, 3L, "Row 3 (seal 3) is gone");
    }

    @Test
    void rows_that_were_removed_with_their_seals_leave_a_gap() throws Exception {
        tamper("DELETE FROM hub.audit WHERE id IN (3, 4)", "DELETE FROM hub.audit_seal WHERE seq IN (3, 4)");

        assertFound(verify(), Tampering.REMOVED, null, "Between the seals 2 and 5 there were 2 more");
    }

    @Test
    void a_row_that_waited_for_its_seal_and_was_removed_is_named() throws Exception {
        note("operation-11");
        tamper("DELETE FROM hub.audit WHERE id = 11");

        assertFound(verify(), Tampering.REMOVED, 11L, "not sealed yet");
        assertThat(chain.seal()).isZero();
    }

    @Test
    void a_row_that_was_put_in_behind_the_trigger_is_named() throws Exception {
        tamper("INSERT INTO hub.audit (operation, who, via, outcome) VALUES ('login', 'Ann', 'http', 'done')");
        chain.seal();

        assertFound(verify(), Tampering.INSERTED, 11L, "Row 11 has no seal and waits for none");
    }

    @Test
    void a_row_that_was_put_in_where_a_number_was_left_free_is_named_although_it_was_sealed() throws Exception {
        TestDatabase.run(store, "SELECT nextval('hub.audit_id_seq')");
        note("operation-12");
        chain.seal();
        TestDatabase.run(store, "UPDATE hub.clock SET clock_offset = interval '1 h'");
        TestDatabase.run(
                store,
                "INSERT INTO hub.audit (id, operation, who, via, outcome) OVERRIDING SYSTEM VALUE"
                        + " VALUES (11, 'login', 'Ann', 'http', 'done')");
        chain.seal();

        assertFound(verify(), Tampering.INSERTED, 11L, "after row 12, which was numbered later");
    }

    @Test
    void a_row_of_today_that_says_it_is_of_yesterday_is_named() throws Exception {
        TestDatabase.run(
                store,
                "INSERT INTO hub.audit (at, operation, who, via, outcome)"
                        + " VALUES (hub.now() - interval '1 day', 'login', 'Ann', 'http', 'done')");
        chain.seal();

        assertFound(verify(), Tampering.INSERTED, 11L, "stands after rows of");
    }

    @Test
    void two_rows_that_were_swapped_are_named_as_two_that_were_swapped() throws Exception {
        tamper("UPDATE hub.audit a SET operation = b.operation, at = b.at FROM hub.audit b"
                + " WHERE a.id IN (2, 9) AND b.id = 11 - a.id");

        assertFound(verify(), Tampering.SWAPPED, 2L, "Rows 2 and 9 were swapped");
    }

    @Test
    void rows_whose_numbers_were_swapped_are_named_too() throws Exception {
        TestDatabase.run(store, "ALTER TABLE hub.audit ALTER id SET GENERATED BY DEFAULT");
        tamper(
                "UPDATE hub.audit SET id = 1000 WHERE id = 2",
                "UPDATE hub.audit SET id = 2 WHERE id = 9",
                "UPDATE hub.audit SET id = 9 WHERE id = 1000");

        assertFound(verify(), Tampering.SWAPPED, 2L, "Rows 2 and 9 were swapped");
    }

    @Test
    void seals_that_were_swapped_are_named() throws Exception {
        tamper(
                "UPDATE hub.audit_seal SET seq = 1000 WHERE seq = 2",
                "UPDATE hub.audit_seal SET seq = 2 WHERE seq = 9",
                "UPDATE hub.audit_seal SET seq = 9 WHERE seq = 1000");

        assertThat(verify().findings()).extracting(Finding::row).contains(2L, 9L);
    }

    @Test
    void a_tail_that_was_cut_off_is_known_to_the_head() throws Exception {
        tamper("DELETE FROM hub.audit WHERE id > 8", "DELETE FROM hub.audit_seal WHERE seq > 8");

        assertFound(verify(), Tampering.CUT, null, "The trail ends at seal 8; it went on to 10");
    }

    @Test
    void a_tail_that_was_cut_off_head_and_all_is_known_to_who_kept_a_root() throws Exception {
        AuditChain.Root kept = chain.root();
        tamper(
                "DELETE FROM hub.audit WHERE id > 8",
                "DELETE FROM hub.audit_seal WHERE seq > 8",
                "UPDATE hub.audit_head SET seq = 8, hash = (SELECT hash FROM hub.audit_seal WHERE seq = 8)");
        assertThat(verify().isUntouched())
                .as("nothing in the database tells of it")
                .isTrue();

        assertFound(published(kept), Tampering.CUT, null, "The trail ends at seal 8; seal 10 was published");

        note("operation-a");
        note("operation-b");
        note("operation-c");
        chain.seal();

        assertFound(published(kept), Tampering.REWRITTEN, null, "Seal 10 was published as " + kept.hash());
    }

    @Test
    void a_trail_that_was_made_anew_from_the_beginning_is_known_to_who_kept_a_root() throws Exception {
        AuditChain.Root kept = chain.root();
        tamper(
                "UPDATE hub.audit SET who = 'Bob' WHERE id = 1",
                "DELETE FROM hub.audit_seal",
                "UPDATE hub.audit_head SET seq = 0, hash = '\\x" + "00".repeat(32) + "'",
                "INSERT INTO hub.audit_unsealed SELECT id FROM hub.audit");
        chain.seal();
        assertThat(verify().isUntouched()).isTrue();

        assertFound(published(kept), Tampering.REWRITTEN, null, "Seal 10 was published as");
    }

    private Verdict published(AuditChain.Root kept) {
        return chain.verify(Map.of(kept.seq(), kept.hash()));
    }

    @Test
    void several_sealers_at_once_beside_writers_seal_each_row_once_and_in_one_chain() throws Exception {
        ExecutorService hubs = Executors.newFixedThreadPool(6);
        try {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String writer = "writer-" + i;
                work.add(() -> {
                    for (int n = 0; n < 100; n++) {
                        note(writer);
                    }
                    return 0;
                });
                work.add(() -> {
                    AuditChain own = chain();
                    int sealed = 0;
                    for (int n = 0; n < 30; n++) {
                        sealed += own.seal();
                    }
                    return sealed;
                });
            }
            for (Future<Integer> done : hubs.invokeAll(work)) {
                done.get();
            }
        } finally {
            hubs.shutdownNow();
        }
        chain.seal();

        Verdict verdict = verify();
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.rows()).isEqualTo(310);
        assertThat(verdict.root().seq()).isEqualTo(310);
    }

    @Test
    void a_row_that_commits_late_is_sealed_late_and_is_no_intruder() throws Exception {
        try (Connection slow = store.getConnection();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.execute(
                    "INSERT INTO hub.audit (operation, who, via, outcome) VALUES ('x', 'Ann', 'http', 'done')");
            note("operation-12");
            assertThat(chain.seal()).isEqualTo(1);
            slow.commit();
        }

        assertThat(chain.seal()).isEqualTo(1);
        assertThat(verify().findings()).isEmpty();
    }

    @Test
    void an_export_holds_every_row_with_the_root_of_its_time() {
        Set<Long> ids = new HashSet<>();
        List<AuditChain.Root> roots = new ArrayList<>();

        chain.export((row, root) -> {
            ids.add(row.id());
            roots.add(root);
        });

        assertThat(ids).hasSize(10);
        assertThat(roots.get(9)).isEqualTo(chain.root());
        assertThat(chain.verify(Map.of(roots.get(4).seq(), roots.get(4).hash())).published())
                .isEqualTo(1);
    }
}
