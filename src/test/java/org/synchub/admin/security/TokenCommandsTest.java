package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.synchub.cli.TokenCommands;
import org.synchub.ledger.ApiTokens;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;

/** What the commands about tokens print and refuse. */
class TokenCommandsTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Tokens tokens;
    private TokenCommands commands;

    @BeforeEach
    void start() throws Exception {
        JdbcClient db = JdbcClient.create(FirstLoginTest.migrated());
        tokens = new Tokens(new ApiTokens(db), new Audit(db), new AuditKeys(null));
        commands = new TokenCommands(new PrintStream(printed, true, StandardCharsets.UTF_8), tokens);
    }

    private String printed() {
        String text = printed.toString(StandardCharsets.UTF_8);
        printed.reset();
        return text;
    }

    @Test
    void a_token_is_shown_once_works_is_listed_without_its_secret_and_ends_when_it_is_revoked() {
        assertThat(commands.create("grafana", "viewer", 30)).isZero();
        String token = printed().lines().findFirst().orElseThrow();
        assertThat(tokens.bearer(token)).contains(new Tokens.Bearer("grafana", Role.VIEWER));
        String id = token.split("_", -1)[1];

        commands.list();
        assertThat(printed()).contains(id, "viewer", "valid", "grafana").doesNotContain(token.substring(20));

        assertThat(commands.revoke(id)).isZero();
        assertThat(tokens.bearer(token)).isEmpty();
        commands.list();
        assertThat(printed()).contains("revoked");
    }

    @Test
    void what_is_missing_or_wrong_is_named() {
        assertThatThrownBy(() -> commands.create("grafana", null, 30)).hasMessageContaining("--role viewer");
        assertThatThrownBy(() -> commands.create("grafana", "root", 30))
                .hasMessage("There is no role 'root'; there is viewer, operator and admin");
        assertThatThrownBy(() -> commands.create(null, "viewer", 30)).hasMessage("Say whose token it is");
        assertThatThrownBy(() -> commands.revoke("0123456789"))
                .hasMessage("There is no token 0123456789 that could be revoked; list them first");
    }
}
