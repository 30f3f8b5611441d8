package org.synchub.conflict;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ConflictIsPureTest {

    @Test
    void it_knows_json_and_nothing_of_the_world() {
        classes()
                .that()
                .resideInAPackage("org.synchub.conflict..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.synchub.conflict..",
                        "com.fasterxml.jackson..",
                        "org.jspecify.annotations..",
                        "java.lang..",
                        "java.util..",
                        "java.math..",
                        "java.text..",
                        "java.time..",
                        "java.io..",
                        "java.nio.charset..",
                        "org.synchub.crypto")
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("org.synchub.conflict"));
    }
}
