package org.synchub.mapping;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class MappingPurityTest {

    @Test
    void mapping_knows_no_sql_no_http_and_no_framework() {
        classes()
                .that()
                .resideInAPackage("org.synchub.mapping..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.synchub.mapping..",
                        "org.synchub.crypto",
                        "java.io",
                        "java.lang..",
                        "java.math",
                        "java.nio..",
                        "java.security",
                        "java.time..",
                        "java.util..",
                        "com.fasterxml.jackson..",
                        "org.yaml.snakeyaml..",
                        "org.jspecify.annotations")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("org.synchub.mapping"));
    }
}
