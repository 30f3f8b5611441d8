package org.synchub;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Clock;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who may know what: docs/architecture.md draws it, this test keeps it so. */
class ArchitectureTest {

    private static final String[] SQL = {"java.sql..", "javax.sql..", "org.springframework.jdbc..", "org.postgresql.."};
    private static final String[] HTTP = {
        "java.net.http..", "org.apache.hc..", "com.sun.net.httpserver..", "org.springframework.http.."
    };

    private static JavaClasses hub;
    private static JavaClasses tests;

    @BeforeAll
    static void readTheClasses() {
        hub = classesBeside(SyncHub.class);
        tests = classesBeside(ArchitectureTest.class);
    }

    private static JavaClasses classesBeside(Class<?> one) {
        return new ClassFileImporter()
                .importUrl(one.getProtectionDomain().getCodeSource().getLocation());
    }

    @Test
    void mapping_and_conflict_are_pure() {
        noClasses()
                .that()
                .resideInAnyPackage("org.synchub.mapping..", "org.synchub.conflict..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(SQL)
                        .or(resideInAnyPackage(HTTP))
                        .or(resideInAnyPackage("org.apache.camel..", "org.springframework..", "java.net..")))
                .because("what a record becomes must follow from the record and the mapping alone")
                .check(hub);
    }

    @Test
    void adapters_know_no_sql_and_reach_their_target_through_its_route_only() {
        noClasses()
                .that()
                .resideInAPackage("org.synchub.target..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(SQL).or(resideInAnyPackage(HTTP)).or(resideInAPackage("org.apache.camel..")))
                .because("the target's route owns time-outs, redelivery and limits")
                .check(hub);
    }

    @Test
    void nothing_but_spring_knows_a_particular_adapter() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.synchub.target.openspp..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.synchub.target.openspp..")
                .because("an adapter of a third party can do whatever one of ours can")
                .check(hub);
    }

    @Test
    void only_store_and_ledger_speak_sql() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "org.synchub", "org.synchub.store..", "org.synchub.ledger..", "org.synchub.demo..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SQL)
                .because("SQL on DataCollect's tables belongs to store, SQL on schema hub to ledger;"
                        + " the demo writes what devices would")
                .check(hub);
    }

    @Test
    void the_root_package_hands_the_database_on_and_asks_it_nothing() {
        noClasses()
                .that()
                .resideInAPackage("org.synchub")
                .should()
                .dependOnClassesThat(nameMatching("java\\.sql\\.(Connection|\\w*Statement|ResultSet)"))
                .orShould()
                .callMethod(JdbcClient.class, "sql", String.class)
                .check(hub);
    }

    @Test
    void camel_stays_where_routes_meet_java() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.synchub", "org.synchub.sync..", "org.synchub.admin..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.camel..")
                .check(hub);
    }

    @Test
    void packages_do_not_depend_on_each_other_in_circles() {
        slices().matching("org.synchub.(*)..").should().beFreeOfCycles().check(hub);
    }

    @Test
    void no_package_depends_on_the_one_that_wires_them() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.synchub")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.synchub")
                .check(hub);
    }

    @Test
    void the_simulator_is_for_the_demo() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.synchub.demo..", "org.synchub.simulator..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.synchub.simulator..")
                .because("a hub on a real system must not need it")
                .check(hub);
    }

    @Test
    void beans_get_what_they_need_by_their_constructor() {
        noFields()
                .should()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .orShould()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
                .orShould()
                .beAnnotatedWith("jakarta.annotation.Resource")
                .orShould()
                .beAnnotatedWith("jakarta.inject.Inject")
                .check(hub);
    }

    @Test
    void every_package_is_null_marked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass each : hub) {
            if (!each.getPackage().isAnnotatedWith(NullMarked.class)) {
                unmarked.add(each.getPackageName());
            }
        }
        assertThat(unmarked)
                .as("packages without a package-info.java that says @NullMarked")
                .isEmpty();
    }

    @Test
    void only_the_command_line_writes_to_the_terminal() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.synchub", "org.synchub.cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("everything else logs")
                .check(hub);
    }

    /**
     * Who waits by the clock on the wall: the terminal's progress, the start until its database is there, and the simulator
     * where it plays a slow server.
     */
    @Test
    void only_the_terminal_the_start_and_the_simulated_server_sleep() {
        noClasses()
                .that(describe(
                        "are neither the terminal's nor the start's nor the simulator's",
                        c -> !Set.of("org.synchub.Runner", "org.synchub.cli.Commands", "org.synchub.DatabaseWait")
                                        .contains(outermost(c).getName())
                                && !c.getPackageName().startsWith("org.synchub.simulator")))
                .should()
                .callMethodWhere(sleeps())
                .check(hub);
    }

    @Test
    void no_test_sleeps() {
        noClasses().should().callMethodWhere(sleeps()).check(tests);
    }

    @Test
    void no_test_mocks() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.mockito..")
                .because("a mock agrees with whatever the test believes")
                .check(tests);
    }

    @Test
    void time_comes_from_an_injected_clock_or_from_the_database() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.synchub.mapping..",
                        "org.synchub.conflict..",
                        "org.synchub.target..",
                        "org.synchub.store..",
                        "org.synchub.ledger..",
                        "org.synchub.sync..")
                .should()
                .callMethodWhere(describe(
                        "reads the machine's clock",
                        call -> call.getTarget().getName().equals("now")
                                && call.getTargetOwner().getPackageName().equals("java.time")
                                && call.getTarget().getRawParameterTypes().stream()
                                        .noneMatch(type -> type.isEquivalentTo(Clock.class))))
                .check(hub);
    }

    @Test
    void http_is_served_by_admin_alone() {
        classes()
                .that()
                .areAnnotatedWith("org.springframework.web.bind.annotation.RestController")
                .should()
                .resideInAPackage("org.synchub.admin..")
                .check(hub);
    }

    private static DescribedPredicate<JavaAccess<?>> sleeps() {
        return describe(
                "sleeps",
                call -> call.getTarget().getName().equals("sleep")
                        && (call.getTargetOwner().isEquivalentTo(Thread.class)
                                || call.getTargetOwner().isEquivalentTo(TimeUnit.class)));
    }

    private static JavaClass outermost(JavaClass nested) {
        return nested.getEnclosingClass().map(ArchitectureTest::outermost).orElse(nested);
    }
}
