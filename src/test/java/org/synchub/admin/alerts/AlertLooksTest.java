package org.synchub.admin.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.web.server.Ssl;
import org.springframework.util.unit.DataSize;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Tokens;
import org.synchub.ledger.AlertLedger;
import org.synchub.ledger.ApiTokens;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.sync.StatusReport;
import org.synchub.testing.Certificates;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** Every rule on a real database and with a clock of the test's: told once, and once more when it is over. */
class AlertLooksTest {

    /** A Saturday evening. */
    private static final Instant NOW = Instant.parse("2026-11-21T18:20:00Z");

    @TempDir
    private static Path folder;

    private static DataSource store;
    private static TestHub hub;
    private Instant now = NOW;
    private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
    private final ServerProperties server = new ServerProperties();
    private DataSize room = DataSize.ofGigabytes(100);

    @BeforeAll
    static void start() throws Exception {
        store = TestDatabase.dataCollect();
        hub = TestHub.on(store).memoryTarget("memory", "t").start();
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @BeforeEach
    void nothing() throws Exception {
        TestDatabase.run(store, "TRUNCATE hub.run, hub.alert, hub.api_token, hub.drift");
        TestHub.clock(store, "0");
    }

    private List<String> look() {
        AlertRules rules = new AlertRules(
                3,
                10,
                10,
                10,
                100,
                Duration.ofHours(1),
                Duration.ofMinutes(10),
                1,
                5,
                100,
                room,
                DataSize.ofBytes(1),
                Duration.ofDays(7));
        Alerts alerts = new Alerts(
                rules,
                hub.bean(AlertLedger.class),
                hub.bean(StatusReport.class),
                hub.bean(Runs.class),
                hub.bean(Targets.class),
                hub.bean(ApiTokens.class),
                OwnCertificates.of(bundles, server),
                folder,
                () -> now);
        List<Alert> untold = alerts.look();
        untold.forEach(alerts::told);
        return untold.stream()
                .map(alert -> alert.rule() + " " + alert.target() + " " + alert.state())
                .toList();
    }

    /** A run that ended so long ago, with what it had to do. */
    private void ran(Duration ago, String status, int updated, int rejected, int conflicts) throws SQLException {
        Instant ended = now.minus(ago);
        TestDatabase.run(
                store,
                "INSERT INTO hub.run (target, direction, cause, started_by, started_at, ended_at, status, updated, rejected, conflicts)"
                        + " VALUES ('memory', 'push', 'schedule', 'hub', '" + ended + "', '" + ended + "', '" + status
                        + "', " + updated + ", " + rejected + ", " + conflicts + ")");
    }

    @Test
    void runs_that_fail_one_after_the_other_are_one_incident_until_one_goes_through() throws Exception {
        ran(Duration.ofMinutes(9), "failed", 0, 0, 0);
        ran(Duration.ofMinutes(8), "failed", 0, 0, 0);
        assertThat(look()).isEmpty();
        ran(Duration.ofMinutes(7), "failed", 0, 0, 0);
        assertThat(look()).containsExactly("failed-runs memory open");
        ran(Duration.ofMinutes(6), "failed", 0, 0, 0);
        assertThat(look()).isEmpty();

        ran(Duration.ofMinutes(5), "success", 1, 0, 0);

        assertThat(look()).containsExactly("failed-runs memory clear");
        assertThat(look()).isEmpty();
    }

    @Test
    void a_run_with_many_errors_is_told_although_a_good_one_followed_before_anybody_looked() throws Exception {
        ran(Duration.ofMinutes(2), "partial", 1_000, 11, 0);
        ran(Duration.ofMinutes(1), "success", 1, 0, 0);
        assertThat(look()).containsExactly("errors-in-run memory open");
        assertThat(look()).isEmpty();

        now = now.plus(Duration.ofMinutes(11));

        assertThat(look()).containsExactly("errors-in-run memory clear");
    }

    @Test
    void rates_are_those_of_all_runs_of_the_last_hour_however_many_they_were() throws Exception {
        for (int i = 0; i < 60; i++) {
            ran(Duration.ofSeconds(30L * i), "success", 1, 0, 0);
        }
        ran(Duration.ofMinutes(50), "partial", 0, 9, 9);
        assertThat(look())
                .as("9 of 78 records, which the newest runs by themselves would not show")
                .containsExactly("conflict-rate memory open", "failure-rate memory open");
        assertThat(look()).isEmpty();

        now = now.plus(Duration.ofMinutes(11));

        assertThat(look()).containsExactlyInAnyOrder("conflict-rate memory clear", "failure-rate memory clear");
    }

    @Test
    void many_more_records_than_the_busiest_hour_of_four_weeks_had_are_unusual_until_the_hour_is_over()
            throws Exception {
        everyEvening(400);
        ran(Duration.ofMinutes(5), "success", 2_000, 0, 0);
        assertThat(look()).isEmpty();
        ran(Duration.ofMinutes(4), "success", 1, 0, 0);
        assertThat(look()).containsExactly("unusual-volume memory open");
        assertThat(look()).isEmpty();

        now = now.plus(Duration.ofHours(1));

        assertThat(look()).containsExactly("unusual-volume memory clear");
    }

    @Test
    void records_at_an_hour_at_which_there_never_were_any_are_unusual() throws Exception {
        everyEvening(400);
        now = Instant.parse("2026-11-22T03:10:00Z");
        ran(Duration.ofMinutes(5), "success", 100, 0, 0);
        assertThat(look()).isEmpty();
        ran(Duration.ofMinutes(4), "success", 1, 0, 0);
        assertThat(look()).containsExactly("unusual-hour memory open");

        now = Instant.parse("2026-11-22T18:10:00Z");

        assertThat(look()).containsExactly("unusual-hour memory clear");
    }

    private void everyEvening(int records) throws SQLException {
        for (int day = 1; day <= 20; day++) {
            ran(Duration.ofDays(day), "success", records, 0, 0);
        }
    }

    @Test
    void what_is_usual_is_not_known_in_the_first_two_weeks() throws Exception {
        for (int day = 1; day <= 13; day++) {
            ran(Duration.ofDays(day), "success", 1, 0, 0);
        }
        ran(Duration.ofMinutes(5), "success", 900_000, 0, 0);

        assertThat(look()).isEmpty();
    }

    @Test
    void entities_that_do_not_hold_what_their_events_say_are_told() throws Exception {
        drift("house-1");
        assertThat(look()).isEmpty();
        drift("house-2");
        assertThat(look()).containsExactly("inconsistency memory open");
        assertThat(look()).isEmpty();

        TestDatabase.run(store, "TRUNCATE hub.drift");

        assertThat(look()).containsExactly("inconsistency memory clear");
    }

    private static void drift(String guid) throws SQLException {
        TestDatabase.run(
                store,
                "INSERT INTO hub.drift (tenant, guid, events, state) VALUES ('t', '" + guid + "', '{one}', 'found')");
    }

    @Test
    void a_database_that_has_grown_too_large_is_told_and_is_no_target() {
        assertThat(look()).isEmpty();
        room = DataSize.ofKilobytes(100);
        assertThat(look()).containsExactly("storage (database) open");
        assertThat(look()).isEmpty();
        room = DataSize.ofGigabytes(100);
        assertThat(look()).containsExactly("storage (database) clear");
    }

    @Test
    void a_token_in_use_that_ends_soon_is_told_until_another_takes_its_place() throws Exception {
        String grafana = token("grafana", 30);
        String other = token("backup", 30);
        token("never used", 30);
        token("for a day", 1);
        TestDatabase.run(store, "UPDATE hub.api_token SET last_used_at = hub.now() WHERE name <> 'never used'");
        assertThat(look()).isEmpty();
        TestHub.clock(store, "23 days 1 hour");
        assertThat(look())
                .containsExactlyInAnyOrder(
                        "expiring-credentials (token " + grafana + ") open",
                        "expiring-credentials (token " + other + ") open");
        TestHub.clock(store, "31 days");
        assertThat(look())
                .as("it has ended, and whoever used it does not get in")
                .isEmpty();

        token("grafana", 30);
        hub.bean(Tokens.class).revoke(other, "test");

        assertThat(look())
                .containsExactlyInAnyOrder(
                        "expiring-credentials (token " + grafana + ") clear",
                        "expiring-credentials (token " + other + ") clear");
    }

    private static String token(String name, int days) {
        return hub.bean(Tokens.class)
                .create(name, Role.VIEWER, Duration.ofDays(days), "test")
                .id();
    }

    @Test
    void a_certificate_that_the_api_has_without_a_bundle_is_looked_at_too() {
        Ssl ssl = new Ssl();
        ssl.setKeyStore("file:" + new Certificates(folder).keyStore("api", 3));
        ssl.setKeyStorePassword(Certificates.PASSWORD);
        ssl.setKeyStoreType("PKCS12");
        server.setSsl(ssl);
        now = Instant.now();

        assertThat(look()).containsExactly("expiring-credentials (certificate server.ssl/api) open");

        ssl.setEnabled(false);
        assertThat(look()).containsExactly("expiring-credentials (certificate server.ssl/api) clear");
    }

    private static SslBundle bundle(Path keyStore) {
        JksSslStoreDetails details = new JksSslStoreDetails("PKCS12", null, "file:" + keyStore, Certificates.PASSWORD);
        return SslBundle.of(new JksSslStoreBundle(details, null));
    }

    @Test
    void a_certificate_of_the_hubs_own_that_ends_soon_is_told_until_it_is_renewed() {
        Certificates certificates = new Certificates(folder);
        bundles.registerBundle("clinic", bundle(certificates.keyStore("hub", 30)));
        bundles.registerBundle("trusting", bundle(certificates.trustStore("hub")));
        now = Instant.now().plus(Duration.ofDays(22));
        assertThat(look()).isEmpty();

        now = now.plus(Duration.ofDays(2));
        assertThat(look()).containsExactly("expiring-credentials (certificate clinic/hub) open");
        assertThat(look()).isEmpty();
        now = now.plus(Duration.ofDays(30));
        assertThat(look()).as("it has ended, which is the same incident").isEmpty();

        bundles.updateBundle("clinic", bundle(certificates.keyStore("renewed", 400)));
        assertThat(look()).containsExactly("expiring-credentials (certificate clinic/hub) clear");
        assertThat(look()).isEmpty();
    }
}
