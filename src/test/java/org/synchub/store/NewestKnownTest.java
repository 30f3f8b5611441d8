package org.synchub.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.testing.TestStore;

/** What is remembered of a tenant's newest event, and what makes the hub look again. */
class NewestKnownTest {

    private static final Instant REMEMBERED = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant STORED = Instant.parse("2026-05-05T05:05:05Z");

    private final NewestKnown known = new NewestKnown();
    private HikariDataSource store;
    private TestStore field;
    private Capture capture;

    @BeforeEach
    void create() throws SQLException {
        store = TestStore.withHub();
        field = new TestStore(store, "t");
        capture =
                new Capture(JdbcClient.create(store), new TransactionTemplate(new DataSourceTransactionManager(store)));
        capture.install();
        insert("first", "t");
        remember();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void insert(String guid, String tenant) {
        field.run("INSERT INTO public.events (guid, tenant_id, entity_guid, timestamp) VALUES ('" + guid + "', '"
                + tenant + "', 'e', '" + STORED + "')");
    }

    /** As after a page: nothing of it is in the table here, so what comes back tells where it was looked up. */
    private void remember() throws SQLException {
        try (Connection connection = store.getConnection()) {
            known.wrote(connection, "t", REMEMBERED);
        }
    }

    private Instant newest() throws SQLException {
        try (Connection connection = store.getConnection()) {
            return known.newest(connection, "t");
        }
    }

    @Test
    void while_nobody_writes_the_events_are_not_read_again() throws SQLException {
        field.household("h", "an entity is no event");

        assertThat(newest()).isEqualTo(REMEMBERED);
        assertThat(new NewestKnown().newest(store.getConnection(), "t"))
                .as("a hub that has just started looks")
                .isEqualTo(STORED);
    }

    @Test
    void an_event_of_whatever_tenant_makes_it_look_again() throws SQLException {
        insert("second", "other");

        assertThat(newest()).isEqualTo(STORED);
    }

    @Test
    void so_does_one_that_was_rolled_back() throws SQLException {
        field.run("BEGIN; INSERT INTO public.events (guid, tenant_id) VALUES ('never', 't'); ROLLBACK");

        assertThat(newest()).isEqualTo(STORED);
    }

    @Test
    void so_does_an_event_whose_time_is_changed_by_hand() throws SQLException {
        field.run("UPDATE public.events SET timestamp = '2040-01-01Z'");

        assertThat(newest()).isEqualTo(Instant.parse("2040-01-01T00:00:00Z"));
    }

    @Test
    void so_does_a_trigger_that_was_off_meanwhile() throws SQLException {
        field.run("ALTER TABLE public.events DISABLE TRIGGER synchub_capture");
        insert("unnoticed", "t");
        field.run("ALTER TABLE public.events ENABLE TRIGGER synchub_capture");

        assertThat(newest()).isEqualTo(STORED);
    }

    @Test
    void so_does_a_trigger_that_was_taken_away_or_made_anew() throws SQLException {
        capture.remove();
        assertThat(newest()).isEqualTo(STORED);
        remember();
        assertThat(newest()).as("nothing counts what is written").isEqualTo(STORED);

        capture.install();
        assertThat(newest()).isEqualTo(STORED);
        remember();
        assertThat(newest()).isEqualTo(REMEMBERED);
    }

    @Test
    void so_does_an_event_that_the_trigger_could_not_note_for_the_push() throws SQLException {
        try (Connection locker = store.getConnection()) {
            locker.setAutoCommit(false);
            locker.createStatement().execute("LOCK TABLE hub.change");
            insert("left to the sweep", "t");
            locker.rollback();
        }
        assertThat(field.value("SELECT count(*) FROM hub.change WHERE event = 'left to the sweep'"))
                .isEqualTo("0");

        assertThat(newest()).isEqualTo(STORED);
    }
}
