package dev.lockstep.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.board.FeedStatus;
import dev.lockstep.decode.envelope.DeadLetterKind;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.failure.RetryCause;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Dependencies point one way, down. Whoever adds a package adds its line to {@link #PACKAGES}. */
class ArchitectureTest {

    private static final String ROOT = "dev.lockstep";
    private static final String PLANTED = "dev.lockstep.architecture.planted";

    /**
     * The other packages that each package imports, from top to bottom; all except the domain may also import {@link #SHARED}.
     */
    private static final Map<String, Set<String>> PACKAGES = new TreeMap<>(Map.ofEntries(
            Map.entry(
                    "ops",
                    Set.of(
                            "board",
                            "maintenance",
                            "setup",
                            "retry",
                            "publish",
                            "intake",
                            "batch",
                            "decode",
                            "listener")),
            Map.entry("web", Set.of()),
            Map.entry("board", Set.of("database")),
            Map.entry("maintenance", Set.of("setup", "store", "intake", "database", "listener")),
            Map.entry("setup", Set.of("store", "intake", "decode", "partition", "database", "listener")),
            Map.entry("timers", Set.of("store", "intake", "database", "listener")),
            Map.entry("retry", Set.of("store", "partition", "database", "listener")),
            Map.entry("decide", Set.of("render", "batch", "decode", "domain")),
            Map.entry("publish", Set.of("intake", "batch", "listener")),
            Map.entry("store", Set.of("batch", "partition", "domain", "database")),
            Map.entry("render", Set.of("batch", "domain")),
            Map.entry("intake", Set.of("partition", "listener")),
            Map.entry("listener", Set.of("batch")),
            Map.entry("batch", Set.of("decode", "partition", "domain")),
            Map.entry("decode", Set.of("domain")),
            Map.entry("partition", Set.of()),
            Map.entry("database", Set.of()),
            Map.entry("failure", Set.of()),
            Map.entry("wire", Set.of()),
            Map.entry("config", Set.of()),
            Map.entry("domain", Set.of())));

    private static final Set<String> SHARED = Set.of("config", "failure", "wire");

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void eachPackageImportsOnlyWhatItsLineSays() {
        PACKAGES.keySet().forEach(room -> importsOnlyItsLine(ROOT, room).check(PRODUCTION));
    }

    @Test
    void everyPackageHasALine() {
        Set<String> rooms = PRODUCTION.stream()
                .map(type -> type.getPackageName().substring(ROOT.length()))
                .filter(below -> !below.isEmpty())
                .map(below -> below.split("\\.")[1])
                .collect(Collectors.toSet());

        assertThat(rooms).isEqualTo(PACKAGES.keySet());
    }

    @Test
    void noPackagesImportEachOther() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(PRODUCTION);
    }

    @Test
    void nobodyImportsTheWorker() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(PRODUCTION);
    }

    @Test
    void theWorkerDoesNotKnowItsObservers() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".ops..")
                .check(PRODUCTION);
    }

    @Test
    void theDomainKnowsOnlyJava() {
        knowsOnlyJava(ROOT + ".domain").check(PRODUCTION);
    }

    /** The others get environments as they are in the application, not copies. */
    @Test
    void onlyTheDomainChangesEnvironments() {
        changesNoEnvironments().check(PRODUCTION);
    }

    @Test
    void metricsDependOnlyOnListenersAndTheirTypes() {
        noClasses()
                .that()
                .resideInAPackage("dev.lockstep.ops.metrics..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.lockstep..")
                        .and(resideOutsideOfPackages("dev.lockstep.ops.metrics..", "dev.lockstep.listener"))
                        .and(not(belongToAnyOf(
                                RecordOutcome.class, DeadLetterKind.class, RetryCause.class, FeedStatus.class))))
                .check(PRODUCTION);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.lockstep.ops.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(PRODUCTION);
    }

    @Test
    void aViolationOfEachKindWouldBeNoticed() {
        JavaClasses planted = new ClassFileImporter().importPackages(PLANTED);

        assertThatThrownBy(() -> knowsOnlyJava(PLANTED + ".domain").check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Uni");
        assertThatThrownBy(() -> changesNoEnvironments().check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("clearCurrent");
        assertThatThrownBy(() -> importsOnlyItsLine(PLANTED, "store").check(planted))
                .as("from a sub-package")
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Upward");
        assertThatThrownBy(() -> slices().matching(PLANTED + ".(**)")
                        .should()
                        .beFreeOfCycles()
                        .check(planted))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle");
    }

    private static ArchRule importsOnlyItsLine(String house, String room) {
        Set<String> forAll = room.equals("domain") ? Set.of() : SHARED;
        String[] allowed = Stream.of(Set.of(room), PACKAGES.get(room), forAll)
                .flatMap(Set::stream)
                .map(one -> house + "." + one + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(house + "." + room + "..")
                .should()
                .dependOnClassesThat(resideInAPackage(house + "..").and(resideOutsideOfPackages(allowed)));
    }

    private static ArchRule changesNoEnvironments() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".domain..")
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "it changes an environment",
                        call -> call.getTargetOwner().isEquivalentTo(Environment.class)
                                && call.getTarget().getRawReturnType().isEquivalentTo(void.class)));
    }

    private static ArchRule knowsOnlyJava(String pkg) {
        return classes()
                .that()
                .resideInAPackage(pkg + "..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(pkg + "..", "java.."));
    }
}
