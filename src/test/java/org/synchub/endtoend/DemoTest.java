package org.synchub.endtoend;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.synchub.demo.ExpectedRejection;
import org.synchub.demo.ExpectedRejection.Fate;
import org.synchub.demo.FieldData;
import org.synchub.simulator.openspp.OpenSppSimulator;
import org.synchub.simulator.openspp.Registry;
import org.synchub.simulator.openspp.RegistryRecord;
import org.synchub.simulator.records.RecordServer;
import org.synchub.testing.ExpectedRegistry;
import org.synchub.testing.HubCommand;
import org.synchub.testing.OpenSppTarget;
import org.synchub.testing.OwnPostgres;
import org.synchub.testing.TestDatabase;

/** The first command, as a new user sees it: in an empty folder with the project's routes and mapping, and no setting. */
class DemoTest {

    private static final Duration SECONDS = Duration.ofSeconds(30);
    private static final int INTERRUPTED = 128 + 2;

    /** What the summary ends with. */
    private static final String SUMMARY = "Ctrl-C stops it. Look at:";

    /** What the hub may say of a record that OpenSPP does not get, by what is wrong with it: all of it is true. */
    private static final Map<String, String> TRUE_REASONS = Map.of(
            "the phone number has too few digits",
            "Impossible number ‹value›: not enough digits.",
            "the date of birth does not exist",
            "field 'birthdate': data.date_of_birth must be a date such as 2010-03-28, with or without a time after it",
            "the gender is not one of the known values",
            "field 'gender': data.gender is none of the known values (male, female)",
            "the first name is empty",
            "field 'given_name': required, but data.first_name is missing or blank",
            "the national id does not have the form that its type asks for",
            "The provided National ID ID '‹value›' is invalid.",
            "its household never arrives",
            "Refers to household ‹guid›, which is not in the store; it goes out by itself when that record arrives");

    /** The same of the partner, which takes any phone number and is not told ids. */
    private static final Map<String, String> TRUE_REASONS_AT_THE_PARTNER = Map.of(
            "the date of birth does not exist",
            "field 'bornOn': data.date_of_birth must be a date such as 2010-03-28, with or without a time after it",
            "the gender is not one of the known values",
            "field 'sex': data.gender is none of the known values (male, female)",
            "the first name is empty",
            "field 'givenName': required, but data.first_name is missing or blank",
            "its household never arrives",
            "Refers to household ‹guid›, which is not in the store; it goes out by itself when that record arrives");

    @TempDir
    private Path folder;

    private final FieldData data = new FieldData(Clock.systemUTC());

    private HubCommand firstCommand() throws IOException {
        return HubCommand.start(folder, "--server.port=0");
    }

    private void copy(String part) throws IOException {
        Path to = Files.createDirectory(folder.resolve(part));
        try (Stream<Path> files = Files.list(Path.of(part))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Its PostgreSQL, which tells its process id and its port in its data folder while it runs. */
    private List<String> serverFile() throws IOException {
        return Files.readAllLines(folder.resolve("data/pgdata/postmaster.pid"));
    }

    private DataSource store() throws IOException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:" + serverFile().get(3).strip() + "/postgres");
        source.setUser("postgres");
        return source;
    }

    private void interrupt(HubCommand hub) throws Exception {
        long server = Long.parseLong(serverFile().get(0).strip());

        hub.interrupt();

        assertThat(hub.awaitExit(SECONDS)).isEqualTo(INTERRUPTED);
        await("its PostgreSQL is gone")
                .atMost(SECONDS)
                .until(() ->
                        ProcessHandle.of(server).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(folder.resolve("data/pgdata/postmaster.pid")).doesNotExist();
        assertThat(hub.said()).doesNotContain("\tat ").doesNotContain(" ERROR ");
    }

    /** Each record with its state and the reason, a guid in it replaced. */
    private static Map<String, String> fates(DataSource store, String target) throws SQLException {
        return TestDatabase.rows(
                        store,
                        "SELECT guid, state, CASE WHEN state = 'excluded' THEN reason_code ELSE regexp_replace(reason,"
                                + " '[0-9a-f]{8}-[0-9a-f-]{27}', '‹guid›') END"
                                + " FROM hub.delivery WHERE target = '" + target + "'")
                .stream()
                .map(row -> row.split("\\|", 2))
                .collect(toMap(row -> row[0], row -> row[1]));
    }

    private void assertEachRecordIsDeliveredOrRejectedForATrueReason(DataSource store) throws SQLException {
        assertFates(fates(store, "openspp"), TRUE_REASONS);
        assertFates(fates(store, "partner"), TRUE_REASONS_AT_THE_PARTNER);
    }

    private void assertFates(Map<String, String> fates, Map<String, String> reasons) {
        int undelivered = 0;
        for (ExpectedRejection rejection : data.expectedRejections()) {
            String reason = reasons.get(rejection.why());
            if (reason == null && rejection.fate() == Fate.REFUSED) {
                // This target takes it.
                continue;
            }
            undelivered++;
            assertThat(fates.remove(rejection.entityGuid()))
                    .as("%s: %s", rejection.entityGuid(), rejection.why())
                    .isEqualTo(
                            switch (rejection.fate()) {
                                case REFUSED, WAITS_FOR_HOUSEHOLD -> "rejected|" + reason;
                                case NOT_MAPPED -> "excluded|no-kind";
                                case NOT_SYNCED -> "excluded|local";
                            });
        }
        assertThat(fates)
                .hasSize(data.counts().entities() + data.counts().lateHouseholds() - undelivered)
                .allSatisfy((guid, fate) -> assertThat(fate).as(guid).isEqualTo("delivered|null"));
    }

    private ExpectedRegistry expected(DataSource store) throws SQLException {
        ExpectedRegistry expected = ExpectedRegistry.of(store, FieldData.TENANT);
        data.expectedRejections().forEach(rejection -> expected.delete(rejection.entityGuid()));
        return expected;
    }

    /** What the partner has kept, by guid, read while nobody else has it. */
    private Map<String, ObjectNode> partner() {
        try (RecordServer server = RecordServer.builder()
                .file(folder.resolve("data/partner-simulator.records"))
                .start()) {
            Map<String, ObjectNode> all = new TreeMap<>(server.records("households"));
            all.putAll(server.records("people"));
            return all;
        }
    }

    /** What the demo's registry has kept, read while nobody else has it. */
    private List<String> registry(ExpectedRegistry expected) {
        try (OpenSppSimulator simulator = OpenSppTarget.registry()
                .journal(folder.resolve("data/openspp-simulator.journal"))
                .start()) {
            Registry registry = simulator.registry();
            assertThat(expected.differences(registry)).isEmpty();
            List<String> rows = new ArrayList<>();
            for (String model : List.of("res.partner", "g2p.reg.id", "g2p.phone.number", "g2p.group.membership")) {
                for (RegistryRecord row : registry.all(model)) {
                    rows.add(model + " " + row.id() + " " + row.writeDate());
                }
            }
            return rows;
        }
    }

    @Test
    void every_record_ends_delivered_or_rejected_and_stopping_it_at_any_time_loses_nothing() throws Exception {
        copy("routes");
        copy("mappings");
        copy("mappings/demo");
        OwnPostgres.shareBinaries(Files.createDirectory(folder.resolve("data")));

        try (HubCommand hub = firstCommand()) {
            hub.awaitSaid(" delivered, ");
            interrupt(hub);
            assertThat(hub.said())
                    .contains("Filled the embedded DataCollect store")
                    .doesNotContain(SUMMARY);
        }

        ExpectedRegistry expected;
        String newestPush;
        List<String> edited;
        try (HubCommand hub = firstCommand()) {
            hub.awaitSaid(SUMMARY);
            assertEachRecordIsDeliveredOrRejectedForATrueReason(store());
            assertSummary(hub.said());
            expected = expected(store());
            edited = edited(store());
            assertThat(edited).as("people whom the registrar edited").hasSize(3);
            assertThat(hub.said())
                    .contains(
                            "From target to target: a registrar changed 3 records at openspp; 3 changes were taken over")
                    .contains("and sent on to partner, where 3 records were updated");
            newestPush = newestPush();
            interrupt(hub);
        }
        List<String> delivered = registry(expected);
        Map<String, ObjectNode> atThePartner = partner();
        assertThat(edited)
                .allSatisfy(guid -> assertThat(
                                atThePartner.get(guid).path("occupation").asText())
                        .isEqualTo("village health volunteer"));

        try (HubCommand hub = firstCommand()) {
            hub.awaitSaid(SUMMARY);
            assertSummary(hub.said());
            assertEachRecordIsDeliveredOrRejectedForATrueReason(store());
            assertThat(newestPush()).as("nothing was owed").isEqualTo(newestPush);
            interrupt(hub);
        }
        assertThat(registry(expected)).as("nothing was written").isEqualTo(delivered);
        assertThat(partner()).as("nothing was written").isEqualTo(atThePartner);
    }

    @Test
    void the_readme_says_how_much_there_is() throws IOException {
        FieldData.Counts counts = data.counts();

        assertThat(Files.readString(Path.of("README.md")))
                .contains("%d households, %,d people".formatted(counts.households(), counts.people()));
    }

    /** People whose form came from the registrar. */
    private static List<String> edited(DataSource store) throws SQLException {
        return TestDatabase.rows(
                store,
                "SELECT guid FROM public.entities p WHERE modified->'data'->>'profession' = 'village health volunteer'"
                        + " AND EXISTS (SELECT FROM public.events e WHERE e.entity_guid = p.guid AND e.sync_level = 2)");
    }

    private String newestPush() throws Exception {
        return TestDatabase.value(store(), "SELECT max(id) FROM hub.run WHERE direction = 'push'");
    }

    /** Counts by kind, each reason with its mapping line, and what to open next. */
    private void assertSummary(String said) {
        FieldData.Counts counts = data.counts();
        long refused = data.expectedRejections().stream()
                .filter(r -> r.fate() == Fate.REFUSED || r.fate() == Fate.WAITS_FOR_HOUSEHOLD)
                .count();
        long unsynced = data.expectedRejections().stream()
                .filter(r -> r.fate() == Fate.NOT_SYNCED)
                .count();
        long easier = data.expectedRejections().stream()
                .filter(r -> r.fate() == Fate.REFUSED && !TRUE_REASONS_AT_THE_PARTNER.containsKey(r.why()))
                .count();
        int households = counts.households() + counts.lateHouseholds() + counts.libraryGroups();
        long people = counts.people() + counts.libraryMembers() - refused - unsynced;
        assertThat(said)
                .containsPattern("household +" + households + " +0 +0 +0 +0 +0\n")
                .containsPattern("individual +%,d +0 +0 +%d +0 +0\n".formatted(people, refused))
                .contains("2 individual rejected: field 'given_name': required, but data.first_name is missing or blank"
                        + " (mappings/openspp.yaml:")
                .contains("2 individual rejected: Refers to household, which is not in the store")
                .containsPattern("http://127\\.0\\.0\\.1:\\d+/api/v1/targets")
                .containsPattern("individual +%,d +0 +0 +%d +0 +0\n".formatted(people + easier, refused - easier))
                .contains("2 individual rejected: field 'givenName': required, but data.first_name is missing or blank"
                        + " (mappings/demo/partner.yaml:")
                .contains("mappings/ and docs/mapping.md");
    }
}
