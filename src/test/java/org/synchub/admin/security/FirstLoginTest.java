package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.ledger.ApiTokens;
import org.synchub.ledger.ApiUsers;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;
import org.synchub.testing.TestDatabase;

/** How somebody gets into a hub that nobody has configured. */
class FirstLoginTest {

    private DataSource database;

    @BeforeEach
    void migrate() throws Exception {
        database = migrated();
    }

    static DataSource migrated() throws Exception {
        DataSource database = TestDatabase.dataCollect();
        Flyway.configure()
                .dataSource(database)
                .schemas("hub")
                .defaultSchema("hub")
                .load()
                .migrate();
        return database;
    }

    /** Those of a process of its own. */
    private Tokens tokens() {
        JdbcClient db = JdbcClient.create(database);
        return new Tokens(new ApiTokens(db), new Audit(db), new AuditKeys(null));
    }

    private Users users() {
        JdbcClient db = JdbcClient.create(database);
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(database));
        return new Users(new ApiUsers(db, transaction), new Passwords(), new Audit(db));
    }

    @Test
    void a_hub_on_loopback_lets_its_admin_in_by_a_token_that_no_table_holds_and_that_ends_with_it() throws Exception {
        Tokens tokens = tokens();

        String token = new FirstLogin(tokens, users(), false, "127.0.0.1")
                .oneTimeToken()
                .orElseThrow();

        assertThat(tokens.bearer(token)).contains(new Tokens.Bearer("one-time token", Role.ADMIN));
        assertThat(tokens.bearer(token + "x")).isEmpty();
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM hub.api_token"))
                .isEqualTo("0");
        assertThat(tokens().bearer(token)).as("after a restart").isEmpty();
    }

    @Test
    void a_hub_that_others_can_reach_makes_none() {
        assertThat(new FirstLogin(tokens(), users(), false, "0.0.0.0").oneTimeToken())
                .isEmpty();
        assertThat(new FirstLogin(tokens(), users(), false, "").oneTimeToken()).isEmpty();
    }

    @Test
    void a_hub_with_a_valid_token_makes_none_until_it_is_revoked() {
        Tokens tokens = tokens();
        Tokens.Issued made = tokens.create("ci", Role.VIEWER, Duration.ofDays(1), "test");
        FirstLogin first = new FirstLogin(tokens, users(), false, "localhost");
        assertThat(first.oneTimeToken()).isEmpty();

        tokens.revoke(made.id(), "test");

        assertThat(first.oneTimeToken()).isPresent();
    }

    @Test
    void a_hub_with_a_user_makes_none_until_nobody_can_log_in() {
        Users users = users();
        users.add("ann", Role.ADMIN, "correct horse battery", "test");
        FirstLogin first = new FirstLogin(tokens(), users, false, "localhost");
        assertThat(first.oneTimeToken()).isEmpty();

        users.disable("ann", "test");

        assertThat(first.oneTimeToken()).isPresent();
    }
}
