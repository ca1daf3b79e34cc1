package dev.lockstep.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The arrows point one way: command → Worker → store → domain ← publish. */
class ArchitectureTest {

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.lockstep");

    private static ArchRule knowsOnlyJava(String pkg) {
        return classes()
                .that()
                .resideInAPackage(pkg)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(pkg, "java..");
    }

    @Test
    void theDomainKnowsOnlyJava() {
        knowsOnlyJava("dev.lockstep.domain").check(PRODUCTION);
    }

    @Test
    void aFrameworkInTheDomainWouldBeNoticed() {
        JavaClasses planted = new ClassFileImporter().importPackages("dev.lockstep.architecture.planted");
        assertThatThrownBy(
                        () -> knowsOnlyJava("dev.lockstep.architecture.planted").check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Uni");
    }

    @Test
    void nothingImportsTheWorker() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.lockstep.*..")
                .should()
                .dependOnClassesThat()
                .haveSimpleName("Worker")
                .check(PRODUCTION);
    }

    @Test
    void storePublishAndCommandDoNotKnowEachOther() {
        noPackageKnows("dev.lockstep.store", "dev.lockstep.publish", "dev.lockstep.command", "dev.lockstep.setup");
        noPackageKnows("dev.lockstep.publish", "dev.lockstep.store", "dev.lockstep.command", "dev.lockstep.setup");
        noPackageKnows("dev.lockstep.command", "dev.lockstep.store", "dev.lockstep.publish", "dev.lockstep.setup");
    }

    @Test
    void metricsHangOnTheListenerAndOnNothingElse() {
        noClasses()
                .that()
                .resideInAPackage("dev.lockstep.metrics")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.lockstep..")
                        .and(resideOutsideOfPackages("dev.lockstep.metrics", "dev.lockstep.listener")))
                .check(PRODUCTION);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.lockstep.metrics")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.lockstep.metrics", "io.micrometer..")
                .check(PRODUCTION);
    }

    private static void noPackageKnows(String pkg, String... others) {
        noClasses()
                .that()
                .resideInAPackage(pkg)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(PRODUCTION);
    }
}
