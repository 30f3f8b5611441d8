package org.synchub.admin.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Tokens;
import org.synchub.sync.NotNow;
import org.synchub.target.Outcome;
import org.synchub.target.TargetTrouble;
import org.synchub.testing.JavaProcess;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;
import org.synchub.testing.TestStore;

/** The hub by JMX, from another process, over a port that wants a login. */
class JmxTest {

    @Test
    void another_process_resyncs_hears_of_failures_and_may_do_no_more_than_its_token_says() throws Exception {
        DataSource store = TestDatabase.dataCollect();
        int port = freePort();
        try (TestHub hub = TestHub.on(store)
                .memoryTarget("memory", "t")
                .set("synchub.jmx.port", port)
                .start()) {
            hub.memory("memory")
                    .answer(write -> write.guid().equals("person-9")
                            ? new Outcome.Rejected("refused", "not taken", null)
                            : null);
            new TestStore(store, "t")
                    .household("house-1")
                    .person("person-1", "house-1")
                    .person("person-9", "house-1");
            hub.push("memory");

            List<String> seen = client(port, token(hub, Role.VIEWER), token(hub, Role.OPERATOR));

            String run = TestDatabase.value(store, "SELECT max(id) FROM hub.run WHERE direction = 'resync'");
            assertThat(seen)
                    .containsExactly(
                            "beans [org.synchub:type=Hub, org.synchub:type=Target,name=memory]",
                            "Camel's route push is Started and has 0 operations",
                            "it cannot be stopped",
                            "domains [JMImplementation, org.apache.camel, org.synchub]",
                            "without description []",
                            "targets [memory]",
                            "plan {create=1, update=0, delete=0, take here=0, conflict=0, unchanged=2, not sent=0}",
                            "plan of one {create=1, update=0, delete=0, take here=0, conflict=0, unchanged=1, not sent=0}",
                            "NextPush ",
                            "OldestOwed ",
                            "LastSuccess ",
                            "Lag SECONDS",
                            "InConflict 0",
                            "LastRun push partial (run 1): 2 delivered, 1 rejected, 0 in conflict, 0 pulled, 0 parked",
                            "refused java.lang.IllegalArgumentException: Target memory has no record kind 'nothing'; it has"
                                    + " household, individual",
                            "owed 3",
                            "heard org.synchub.run.rejected: resync of memory (run " + run
                                    + "): 1 records were rejected",
                            "rate 66.67%",
                            "viewer sees running",
                            "viewer pauses: refused",
                            "stranger: refused",
                            "nobody: refused");
            assertThat(TestDatabase.rows(
                            store,
                            "SELECT operation, who, address IS NOT NULL, target, outcome, records FROM hub.audit"
                                    + " WHERE via = 'jmx' ORDER BY id"))
                    .containsExactly(
                            "login|jmx operator|t|null|done|null",
                            "resync|jmx operator|t|memory|begun|null",
                            "resync|jmx operator|t|memory|refused|null",
                            "resync|jmx operator|t|memory|begun|null",
                            "resync|jmx operator|t|memory|done|3",
                            "login|jmx viewer|t|null|done|null",
                            "login|unknown|t|null|refused|null");
            assertThat(TestDatabase.rows(
                            store,
                            "SELECT operation, who, target, outcome, detail, records, errors, duration_ms IS NOT NULL"
                                    + " FROM hub.audit WHERE run = " + run))
                    .as("what the operator asked for is noted as a run too")
                    .containsExactly("resync|jmx operator|memory|partial|jmx|3|1|t");
        }
    }

    @Test
    void what_fails_reaches_the_client_in_words_and_as_a_class_that_it_knows() {
        assertThatThrownBy(() -> JmxActions.told(() -> {
                    throw new NotNow("Look first");
                }))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Look first")
                .hasNoCause();
        assertThatThrownBy(() -> JmxActions.told(() -> {
                    throw new TargetTrouble(TargetTrouble.Kind.UNREACHABLE, "refused");
                }))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("refused")
                .hasNoCause();
    }

    private static String token(TestHub hub, Role role) {
        return hub.bean(Tokens.class)
                .create("jmx " + role.word(), role, Duration.ofHours(1), "test")
                .text();
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static List<String> client(int port, String viewer, String operator) throws Exception {
        Process process = JavaProcess.start(JmxClient.class, String.valueOf(port), viewer, operator);
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            return printed.lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }
}
