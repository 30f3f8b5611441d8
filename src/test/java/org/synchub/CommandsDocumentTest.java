package org.synchub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** README lists the commands that there are, and what each takes is said by the command itself. */
class CommandsDocumentTest {

    private static final CommandLine HUB = new CommandLine(SyncHub.class);

    private static Set<String> inReadme() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        String table = readme.substring(readme.indexOf("## Commands"), readme.indexOf("## Routes"));
        return table.lines()
                .filter(line -> line.startsWith("| `"))
                .flatMap(line -> Pattern.compile("`([a-z]+)[^`]*`")
                        .matcher(line.split(" \\| ", 2)[0])
                        .results())
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void the_readme_names_every_command_and_no_other() throws Exception {
        assertThat(inReadme()).isEqualTo(new TreeSet<>(HUB.getSubcommands().keySet()));
    }

    @Test
    void what_operators_are_promised_is_there_under_its_name() {
        assertThat(HUB.getSubcommands()).containsKeys("resync", "plan", "pause", "resume", "runs", "record", "inspect");
    }

    @Test
    void every_command_option_and_parameter_says_what_it_is() {
        assertThat(HUB.getSubcommands().values()).allSatisfy(command -> {
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(command.getCommandName())
                    .isNotEmpty();
            assertThat(command.getCommandSpec().args())
                    .allSatisfy(arg -> assertThat(arg.description())
                            .as(command.getCommandName() + " " + arg.paramLabel())
                            .isNotEmpty());
        });
    }
}
