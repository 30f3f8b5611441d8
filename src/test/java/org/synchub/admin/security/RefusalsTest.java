package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.ledger.Audit;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestStore;

/** Refusals in the audit trail: the first at once, the others as a count. */
class RefusalsTest {

    private static DataSource store;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
    private Refusals refusals;
    private long before;

    @BeforeAll
    static void schema() throws Exception {
        store = TestDatabase.dataCollect();
        TestStore.migrate(store);
    }

    @BeforeEach
    void start() throws Exception {
        refusals = new Refusals(new Audit(JdbcClient.create(store)), now::get);
        before = Long.parseLong(TestDatabase.value(store, "SELECT coalesce(max(id), 0) FROM hub.audit"));
    }

    private void refuse(String who, String operation) {
        refusals.note(new Audit.Entry(
                operation,
                who,
                Audit.Via.HTTP,
                "10.0.0.1",
                null,
                Audit.Outcome.REFUSED,
                "POST /" + operation + " 403"));
    }

    private List<String> noted() throws Exception {
        return TestDatabase.rows(
                store, "SELECT who || ': ' || detail FROM hub.audit WHERE id > " + before + " ORDER BY id");
    }

    @Test
    void the_first_is_noted_at_once_and_what_follows_within_a_minute_is_counted() throws Exception {
        for (int i = 0; i < 500; i++) {
            refuse("Ann", "pause");
        }
        assertThat(noted()).containsExactly("Ann: POST /pause 403");

        now.updateAndGet(t -> t.plus(Duration.ofSeconds(61)));
        refusals.settle();
        refusals.settle();

        assertThat(noted()).containsExactly("Ann: POST /pause 403", "Ann: POST /pause 403, 499 more within a minute");
    }

    @Test
    void callers_and_endpoints_are_told_apart_and_the_next_minute_begins_anew() throws Exception {
        refuse("Ann", "pause");
        refuse("Bob", "pause");
        refuse("Ann", "push");
        refuse("Ann", "pause");
        now.updateAndGet(t -> t.plus(Duration.ofSeconds(61)));

        refuse("Ann", "pause");

        assertThat(noted())
                .containsExactly(
                        "Ann: POST /pause 403",
                        "Bob: POST /pause 403",
                        "Ann: POST /push 403",
                        "Ann: POST /pause 403, 1 more within a minute",
                        "Ann: POST /pause 403");
    }

    @Test
    void a_hub_that_stops_notes_what_it_has_counted() throws Exception {
        refuse("Ann", "pause");
        refuse("Ann", "pause");

        refusals.close();

        assertThat(noted()).containsExactly("Ann: POST /pause 403", "Ann: POST /pause 403, 1 more within a minute");
    }

    @Test
    void of_more_callers_than_it_remembers_none_is_lost() throws Exception {
        refusals = new Refusals(new Audit(JdbcClient.create(store)), now::get, 2);
        refuse("Ann", "pause");
        refuse("Ann", "pause");
        refuse("Bob", "pause");
        refuse("Cid", "pause");

        refuse("Dan", "pause");

        assertThat(noted())
                .containsExactly(
                        "Ann: POST /pause 403",
                        "Bob: POST /pause 403",
                        "Cid: POST /pause 403",
                        "Ann: POST /pause 403, 1 more within a minute",
                        "Dan: POST /pause 403");
    }
}
