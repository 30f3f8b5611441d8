package org.synchub.admin.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.cli.UserCommands;
import org.synchub.ledger.ApiUsers;
import org.synchub.ledger.Audit;
import org.synchub.testing.TestDatabase;

/** What the commands about users print and refuse, and what becomes of passwords. */
class UserCommandsTest {

    private static final UserCommands.Source MADE = new UserCommands.Source(null, false);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Passwords passwords = new Passwords();
    private DataSource database;
    private ApiUsers rows;

    @BeforeEach
    void start() throws Exception {
        database = FirstLoginTest.migrated();
        rows = new ApiUsers(
                JdbcClient.create(database), new TransactionTemplate(new DataSourceTransactionManager(database)));
    }

    private UserCommands commands() {
        return commands(InputStream.nullInputStream());
    }

    private UserCommands commands(InputStream input) {
        Users users = new Users(rows, passwords, new Audit(JdbcClient.create(database)));
        return new UserCommands(new PrintStream(printed, true, StandardCharsets.UTF_8), input, users);
    }

    private String printed() {
        String text = printed.toString(StandardCharsets.UTF_8);
        printed.reset();
        return text;
    }

    private boolean fits(String name, String password) {
        return passwords.matches(password, rows.find(name).orElseThrow().hash());
    }

    @Test
    void a_password_that_is_made_is_shown_once_and_fits_and_all_is_audited() throws Exception {
        assertThat(commands().add("ann", "operator", MADE)).isZero();
        String password = printed().lines().findFirst().orElseThrow();
        assertThat(password).hasSize(24);
        assertThat(fits("ann", password)).isTrue();
        assertThat(fits("ann", password + "x")).isFalse();

        commands().list();
        assertThat(printed()).contains("operator", "enabled", "never", "ann").doesNotContain(password);
        commands().role("ann", "viewer");
        commands().disable("ann");
        commands().list();
        assertThat(printed()).contains("viewer", "disabled");
        commands().enable("ann");
        commands().password("ann", MADE);
        assertThat(fits("ann", password)).isFalse();
        commands().remove("ann");
        assertThat(rows.all()).isEmpty();

        assertThat(TestDatabase.rows(
                        database,
                        "SELECT operation, who, outcome, detail FROM hub.audit WHERE outcome <> 'begun' ORDER BY id"))
                .containsExactly(
                        "user-add|command|done|ann operator",
                        "user-role|command|done|ann viewer",
                        "user-disable|command|done|ann",
                        "user-enable|command|done|ann",
                        "user-password|command|done|ann",
                        "user-remove|command|done|ann");
    }

    @Test
    void a_password_is_read_from_a_file_or_the_input_and_is_not_printed(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "from a file, long\n");
        InputStream input = new ByteArrayInputStream("from the input, long\nmore".getBytes(StandardCharsets.UTF_8));

        commands().add("ann", "viewer", new UserCommands.Source(file, false));
        commands(input).add("bob", "viewer", new UserCommands.Source(null, true));

        assertThat(fits("ann", "from a file, long")).isTrue();
        assertThat(fits("bob", "from the input, long")).isTrue();
        assertThat(printed()).doesNotContain("from a file", "from the input");
    }

    @Test
    void what_is_missing_or_wrong_is_named_and_no_password_is_quoted(@TempDir Path folder) throws Exception {
        Path small = Files.writeString(folder.resolve("small"), "short Zq7x");
        Path two = Files.writeString(folder.resolve("two"), "one line\nand another");
        commands().add("ann", "viewer", MADE);

        assertThatThrownBy(() -> commands().add(null, "viewer", MADE)).hasMessage("Say the user's name");
        assertThatThrownBy(() -> commands().add("bob", null, MADE)).hasMessageContaining("--role viewer");
        assertThatThrownBy(() -> commands().add("bob", "root", MADE))
                .hasMessage("There is no role 'root'; there is viewer, operator and admin");
        assertThatThrownBy(() -> commands().add("Bob Smith", "viewer", MADE)).hasMessageContaining("a-z, 0-9");
        assertThatThrownBy(() -> commands().add("ann", "admin", MADE)).hasMessageContaining("already");
        assertThatThrownBy(() -> commands().add("bob", "viewer", new UserCommands.Source(small, false)))
                .hasMessage("A password has 12 characters at least and 1000 at most; this one has 10");
        assertThatThrownBy(() -> commands().add("bob", "viewer", new UserCommands.Source(two, false)))
                .hasMessageContaining("one line");
        assertThatThrownBy(() ->
                        commands().add("bob", "viewer", new UserCommands.Source(folder.resolve("nowhere"), false)))
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> commands().add("bob", "viewer", new UserCommands.Source(null, true)))
                .hasMessageContaining("one line");
        assertThatThrownBy(() -> new UserCommands.Source(small, true)).hasMessageContaining("not both");
        assertThatThrownBy(() -> commands().password("bob", MADE)).hasMessageContaining("no user bob");
        assertThatThrownBy(() -> commands().remove("bob")).hasMessageContaining("no user bob");
        assertThatThrownBy(() -> commands().enable("ann")).hasMessageContaining("that was disabled");
        assertThat(rows.find("bob")).isEmpty();
    }

    @Test
    void all_of_a_long_password_counts_and_how_an_accent_was_typed_does_not() {
        String common = "x".repeat(100);

        assertThat(passwords.matches(common + "b", passwords.hash(common + "a")))
                .isFalse();
        assertThat(passwords.matches(
                        "cafe\u0301 au lait, tout le jour", passwords.hash("caf\u00e9 au lait, tout le jour")))
                .isTrue();
    }

    @Test
    void it_is_the_same_work_to_compare_with_nobodys_password() {
        String hash = passwords.hash("correct horse battery");
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        work(threads, hash);

        long some = work(threads, hash);
        long none = work(threads, null);

        assertThat((double) none / some).isBetween(0.4, 2.5);
    }

    private long work(ThreadMXBean threads, String hash) {
        long before = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < 3; i++) {
            assertThat(passwords.matches("a wrong password", hash)).isFalse();
        }
        return threads.getCurrentThreadCpuTime() - before;
    }
}
