package org.synchub.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.cli.EncryptionCommands;
import org.synchub.cli.ExitCode;
import org.synchub.ledger.HubTables;
import org.synchub.ledger.KeysInUse;
import org.synchub.ledger.Links;
import org.synchub.ledger.Resealing;
import org.synchub.ledger.SealedTable;
import org.synchub.ledger.StoredLink;
import org.synchub.ledger.TestKeys;
import org.synchub.ledger.Vault;
import org.synchub.sync.Rotation.Rotated;
import org.synchub.testing.HubCommand;
import org.synchub.testing.MemoryAdapter;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** Everything that is kept of people gets the current key, whatever happens meanwhile. */
class RotationTest {

    private static final Vault OLD = TestKeys.vault("k1", "k1", "k2");
    private static final Vault NEW = TestKeys.vault("k2", "k1", "k2");
    private static final int MANY = 1_700;

    private final MemoryAdapter memory = new MemoryAdapter();
    private HikariDataSource store;
    private TestStore field;

    @BeforeEach
    void store() throws Exception {
        store = TestStore.withHub();
        field = new TestStore(store, "t");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private BareHub hub(Vault vault) {
        BareHub hub = BareHub.on(store)
                .mapping("openspp", TestHub.memoryMapping("openspp", "t"))
                .memory("openspp", memory)
                .vault(vault)
                .start();
        hub.capture.install();
        return hub;
    }

    private Rotation rotation(Vault vault) {
        JdbcClient db = JdbcClient.create(store);
        return new Rotation(
                new Resealing(db, new TransactionTemplate(new DataSourceTransactionManager(store)), vault),
                new KeysInUse(db, vault),
                vault);
    }

    /** A row of each table, in clear and with the old key, as a hub would have written it; many links. */
    private void fill() throws SQLException {
        TestDatabase.run(store, """
                INSERT INTO hub.link (target, guid, kind, external_id, base, mapping_hash, lane)
                SELECT 'openspp', 'g' || n, 'household', 'e' || n,
                       '\\x00'::bytea || convert_to('{"name":"Amina ' || n || '"}', 'UTF8'), 'h', 'l'
                FROM generate_series(1, %d) AS n;
                UPDATE hub.link SET previous_base = '\\x00'::bytea || convert_to('{"name":"Before"}', 'UTF8');
                INSERT INTO hub.sent (target, guid, token, record, sent_at)
                SELECT 'openspp', guid, gen_random_uuid(), base, now() FROM hub.link LIMIT 3;
                INSERT INTO hub.pulled_state (target, guid, revision, after, base, result)
                SELECT 'openspp', guid, n, 0, NULL, base FROM hub.link, generate_series(1, 2) AS n LIMIT 5;
                INSERT INTO hub.decision (target, guid, external_id, conflict_kind, path, rule, reason, standing, decided_by,
                                          base, internal, external, result)
                SELECT 'openspp', guid, external_id, 'k', 'p', 'r', 'r', 's', 'b', base, base, previous_base, base
                FROM hub.link LIMIT 4;
                INSERT INTO hub.conflict (target, external_id, guid, kind, conflict_kind, likeness, reason, base, internal,
                                          external, proposed, fingerprint, state)
                SELECT 'openspp', external_id, guid, 'k', 'c', 'l', 'r', base, base, previous_base, NULL, 'f', 'open'
                FROM hub.link LIMIT 2;
                INSERT INTO hub.exchange (target, direction, key, label, asked_at, records, masked, clear)
                SELECT 'openspp', 'push', guid, 'l', now(), 1, base, base FROM hub.link LIMIT 2;
                INSERT INTO hub.drift (tenant, guid, events, said, held)
                SELECT 't', guid, '{}', base, previous_base FROM hub.link LIMIT 2""".formatted(MANY));
    }

    @Test
    void everything_in_clear_or_with_another_key_gets_the_current_one_and_says_what_it_said() throws Exception {
        fill();
        Map<String, String> before = HubTables.opened(store, Vault.plain());
        new KeysInUse(JdbcClient.create(store), OLD).note();

        Rotated first = rotation(OLD).rotate((table, read, renewed) -> {});

        assertThat(first.renewed()).isEqualTo(MANY + 3 + 5 + 4 + 2 + 2 + 2);
        assertThat(HubTables.asTheyLie(store))
                .allSatisfy((table, rows) -> assertThat(rows).as(table).doesNotContain("Amina", "Before"));
        assertThat(rotation(OLD).count())
                .allSatisfy((table, byKey) ->
                        assertThat(byKey.keySet()).as(table.table()).containsExactly("k1"));
        TestHub.clock(store, "10 minutes");
        Rotated second = rotation(NEW).rotate((table, read, renewed) -> {});
        assertThat(second.forgotten()).containsExactly("k1");
        assertThat(HubTables.opened(store, TestKeys.vault("k2", "k2"))).isEqualTo(before);
        assertThat(rotation(NEW).rotate((table, read, renewed) -> {}).renewed())
                .as("again, it finds nothing to do")
                .isZero();

        rotation(TestKeys.vault(null, "k2")).rotate((table, read, renewed) -> {});
        assertThat(HubTables.opened(store, Vault.plain())).isEqualTo(before);
    }

    @Test
    void a_rotation_that_dies_in_the_middle_keeps_what_it_did_and_the_next_one_does_the_rest() throws Exception {
        fill();
        Map<String, String> before = HubTables.opened(store, Vault.plain());

        assertThatThrownBy(() -> rotation(OLD).rotate((table, read, renewed) -> {
                    if (table == SealedTable.LINK && renewed >= 1_000) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");

        Map<String, Long> half = rotation(OLD).count().get(SealedTable.LINK);
        assertThat(half).containsEntry("k1", 2_000L).containsEntry(Resealing.PLAIN, 2L * MANY - 2_000);
        assertThat(HubTables.opened(store, OLD)).as("all of it is readable").isEqualTo(before);
        assertThat(rotation(OLD).rotate((table, read, renewed) -> {}).renewed())
                .isEqualTo(MANY - 1_000 + 3 + 5 + 4 + 2 + 2 + 2);
        assertThat(HubTables.opened(store, OLD)).isEqualTo(before);
    }

    private HubCommand rotateInAProcess(Path folder) throws Exception {
        PGSimpleDataSource database = (PGSimpleDataSource) store.getDataSource();
        return HubCommand.start(
                folder,
                Map.of(
                        "SYNCHUB_ENCRYPTION_KEYS_K1",
                        TestKeys.text("k1"),
                        "SYNCHUB_ENCRYPTION_KEYS_K2",
                        TestKeys.text("k2")),
                "encryption",
                "rotate",
                "--spring.datasource.url=" + database.getUrl(),
                "--spring.datasource.username=" + database.getUser(),
                "--synchub.encryption.at-rest=k2",
                "--synchub.mappings=" + Files.createDirectories(folder.resolve("mappings")),
                "--synchub.routes=" + Path.of("routes").toAbsolutePath());
    }

    @Test
    void a_process_that_is_killed_amid_a_page_leaves_all_readable_and_the_next_one_ends_it(@TempDir Path folder)
            throws Exception {
        fill();
        Map<String, String> before = HubTables.opened(store, Vault.plain());
        rotation(OLD).rotate((table, read, renewed) -> {});
        new KeysInUse(JdbcClient.create(store), OLD).note();
        // Within the second page it comes to a row at which it must wait.
        TestDatabase.run(store, """
                CREATE FUNCTION public.wait_here() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_advisory_xact_lock(9); RETURN NEW; END $$;
                CREATE TRIGGER wait_here BEFORE UPDATE ON hub.link FOR EACH ROW WHEN (OLD.guid = '%s')
                EXECUTE FUNCTION public.wait_here()""".formatted(
                        TestDatabase.value(store, "SELECT guid FROM hub.link ORDER BY guid OFFSET 700 LIMIT 1")));
        String waiting = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database ="
                + " (SELECT oid FROM pg_database WHERE datname = current_database())";
        String backend;
        try (Connection holder = store.getConnection();
                HubCommand process = rotateInAProcess(folder)) {
            holder.createStatement().execute("SELECT pg_advisory_lock(9)");
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> !TestDatabase.rows(store, waiting).isEmpty());
            backend = TestDatabase.value(store, waiting);

            process.kill();

            assertThat(rotation(NEW).count().get(SealedTable.LINK))
                    .as("one page is done, the next under way")
                    .containsEntry("k2", 1_000L)
                    .containsEntry("k1", 2L * MANY - 1_000);
            assertThat(HubTables.opened(store, NEW)).isEqualTo(before);
            assertThat(HubTables.opened(store, OLD)).isEqualTo(before);
            holder.createStatement().execute("SELECT pg_advisory_unlock(9)");
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestDatabase.rows(store, "SELECT 1 FROM pg_stat_activity WHERE pid = " + backend)
                        .isEmpty());
        assertThat(rotation(NEW).count().get(SealedTable.LINK)).containsEntry("k2", 1_000L);
        assertThat(HubTables.opened(store, NEW)).isEqualTo(before);
        TestHub.clock(store, "10 minutes");

        try (HubCommand process = rotateInAProcess(folder)) {
            assertThat(process.awaitExit(Duration.ofMinutes(2)))
                    .as(process.said())
                    .isEqualTo(ExitCode.OK);
            assertThat(process.said()).contains("all is sealed with k2", "Nothing is sealed with k1 any more");
        }

        assertThat(command(NEW, EncryptionCommands::status).text())
                .contains("All of it is sealed with k2")
                .doesNotContain("k1 ");
        assertThat(rotation(NEW).count())
                .allSatisfy((table, byKey) ->
                        assertThat(byKey.keySet()).as(table.table()).containsExactly("k2"));
        assertThat(HubTables.opened(store, TestKeys.vault("k2", "k2"))).isEqualTo(before);
    }

    @Test
    void what_somebody_has_in_hand_is_passed_by_and_what_they_wrote_stays() throws Exception {
        fill();
        try (Connection other = store.getConnection()) {
            other.setAutoCommit(false);
            other.createStatement()
                    .execute("UPDATE hub.link SET base = '\\x00'::bytea || convert_to('{\"name\":\"Newest\"}', 'UTF8')"
                            + " WHERE guid = 'g7'");
            Resealing resealing = new Resealing(
                    JdbcClient.create(store), new TransactionTemplate(new DataSourceTransactionManager(store)), NEW);
            long left = 0;
            for (Resealing.Page page = resealing.page(SealedTable.LINK, null, 500);
                    page.last() != null;
                    page = resealing.page(SealedTable.LINK, page.last(), 500)) {
                left += page.left();
            }
            assertThat(left).isEqualTo(1);
            other.commit();
        }

        assertThat(rotation(NEW).rotate((table, read, renewed) -> {}).left()).isZero();
        assertThat(new Links(JdbcClient.create(store), NEW)
                        .byGuid("openspp", List.of("g7"))
                        .get("g7")
                        .base()
                        .get("name")
                        .asText())
                .isEqualTo("Newest");
    }

    @Test
    void a_hub_at_work_beside_it_loses_nothing() throws Exception {
        for (int i = 0; i < 60; i++) {
            field.household("h" + i, "House " + i);
        }
        try (BareHub hub = hub(OLD)) {
            hub.push("openspp");
        }
        AtomicBoolean done = new AtomicBoolean();
        try (BareHub hub = hub(NEW)) {
            CompletableFuture<Integer> rotating = CompletableFuture.supplyAsync(() -> {
                int rounds = 0;
                do {
                    // To and fro, so that there is something to write anew all the time.
                    rotation(rounds % 2 == 0 ? NEW : OLD).rotate((table, read, renewed) -> {});
                    rounds++;
                } while (!done.get());
                return rounds;
            });
            try {
                for (int round = 0; round < 8; round++) {
                    for (int i = 0; i < 60; i++) {
                        field.household("h" + i, "House " + i + " of round " + round);
                    }
                    hub.push("openspp");
                }
            } finally {
                done.set(true);
            }
            assertThat(rotating.get()).isGreaterThan(1);

            Map<String, StoredLink> links = hub.links.byGuid(
                    "openspp", IntStream.range(0, 60).mapToObj(i -> "h" + i).toList());
            assertThat(links)
                    .hasSize(60)
                    .allSatisfy(
                            (guid, link) -> assertThat(link.base().get("name").asText())
                                    .isEqualTo("House " + guid.substring(1) + " of round 7"));
            assertThat(hub.links.previousBases("openspp", links.keySet()))
                    .allSatisfy((guid, base) -> assertThat(base.get("name").asText())
                            .isEqualTo("House " + guid.substring(1) + " of round 6"));
        }
    }

    private record Said(int code, String text) {}

    private Said command(Vault vault, ToIntFunction<EncryptionCommands> what) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = what.applyAsInt(new EncryptionCommands(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                rotation(vault),
                new KeysInUse(JdbcClient.create(store), vault),
                Clock.systemUTC()));
        return new Said(code, out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void the_commands_say_what_is_sealed_how_and_what_cannot_be_opened() throws Exception {
        fill();
        rotation(TestKeys.vault("lost", "lost")).rotate((table, read, renewed) -> {});
        TestDatabase.run(
                store,
                "UPDATE hub.link SET base = '\\x00'::bytea || convert_to('{\"name\":\"Amina\"}', 'UTF8') WHERE guid <> 'g9'");

        assertThat(command(NEW, EncryptionCommands::status).text())
                .contains("is sealed with the key k2")
                .containsPattern("hub\\.link +\\(in clear\\) +1,699")
                .containsPattern("hub\\.drift +lost +4")
                .contains("are not sealed with k2; 'encryption rotate' seals them");
        Said rotated = command(NEW, commands -> commands.rotate(false));
        assertThat(rotated.code()).isEqualTo(ExitCode.ATTENTION);
        assertThat(rotated.text())
                .contains("What hub.link keeps of record g")
                .contains("was sealed with the key lost, which is not there")
                .contains("values that cannot be opened and stay as they are")
                .doesNotContain("Amina");
        assertThat(command(TestKeys.vault("k2", "k2", "lost"), commands -> commands.rotate(false))
                        .code())
                .isEqualTo(ExitCode.OK);
        assertThat(command(NEW, EncryptionCommands::status).text()).contains("All of it is sealed with k2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> command(TestKeys.vault(null, "k1"), commands -> commands.rotate(false)))
                .withMessageContaining("openssl rand -base64 32")
                .withMessageContaining("synchub.encryption.at-rest");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> command(NEW, commands -> commands.rotate(true)))
                .withMessageContaining("Take the setting away from all hubs first");
    }
}
