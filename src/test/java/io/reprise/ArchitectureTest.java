package io.reprise;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The house rules that a compiler can't hold: who imports whom, and who may print. */
class ArchitectureTest {
    /** Top to bottom: a room imports only rooms above it. Some are yet to be built. */
    private static final List<String> ROOMS = List.of(
            "tensor",
            "backend",
            "weights",
            "text",
            "model",
            "data",
            "train",
            "stats",
            "analysis.lens",
            "analysis.relation",
            "analysis.circuit",
            "analysis.probe",
            "analysis.overlap",
            "run",
            "report",
            "track",
            "config",
            "experiment",
            "cli");

    /** One research method each; none imports another. */
    private static final List<String> METHODS =
            List.of("analysis.lens", "analysis.relation", "analysis.circuit", "analysis.probe");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.reprise");
    }

    @Test
    void readsTheClassesOfThisProject() {
        assertThat(classes).hasSizeGreaterThan(50);
    }

    @Test
    void everyClassHasARoom() {
        everyClassIn(ROOMS).check(classes);
    }

    @Test
    void aRoomImportsOnlyRoomsAboveIt() {
        IntStream.range(0, ROOMS.size() - 1)
                .mapToObj(i -> forbidden(ROOMS.get(i), ROOMS.subList(i + 1, ROOMS.size())))
                .forEach(rule -> rule.check(classes));
    }

    @Test
    void noResearchMethodImportsAnother() {
        for (var method : METHODS) {
            var others = METHODS.stream().filter(other -> !other.equals(method)).toList();
            forbidden(method, others).check(classes);
        }
    }

    /** Finer than the order of the rooms: packages inside a room count, too. */
    @Test
    void packagesFormNoCycles() {
        slices().matching("io.reprise.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void onlyTheCliPrintsOrExits() {
        silent().check(classes);
    }

    @Test
    void theRulesBite() {
        assertThatThrownBy(() -> forbidden("model", List.of("backend")).check(classes))
                .as("the model does import the backend")
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> everyClassIn(List.of("model")).check(classes)).isInstanceOf(AssertionError.class);
        var printing = new ClassFileImporter().importClasses(Printing.class);
        assertThatThrownBy(() -> silent().check(printing)).hasMessageContainingAll("System.out", "System.exit");
    }

    private static ArchRule everyClassIn(List<String> rooms) {
        return classes().should().resideInAnyPackage(packages(rooms));
    }

    private static ArchRule forbidden(String room, List<String> others) {
        return noClasses()
                .that(resideInAPackage(packageOf(room)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(others))
                .as(room + " imports none of " + others)
                .allowEmptyShould(true);
    }

    private static ArchRule silent() {
        return noClasses()
                .that(resideOutsideOfPackage(packageOf("cli")))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .orShould()
                .callMethod(Throwable.class, "printStackTrace");
    }

    private static String packageOf(String room) {
        return "io.reprise." + room + "..";
    }

    private static String[] packages(List<String> rooms) {
        return rooms.stream().map(ArchitectureTest::packageOf).toArray(String[]::new);
    }

    /** What no room but the cli may do. */
    private static final class Printing {
        static void speak() {
            Stream.of("a").forEach(System.out::println);
            System.exit(1);
        }
    }
}
