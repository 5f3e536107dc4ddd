package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelationTest {
    @TempDir
    Path folder;

    @Test
    void everyShippedRelationLoadsWithoutRepeatedSubjects() throws IOException {
        var shipped = new RelationCatalogue(Path.of("datasets/relations"), RelationFile.Subjects.UNIQUE);
        assertThat(shipped.all()).hasSize(7);
        assertThat(shipped.find("country capital").samples()).hasSizeGreaterThanOrEqualTo(60);
        assertThatThrownBy(() -> shipped.find("contry capital")).hasMessageContaining("nearest: country capital");
    }

    @Test
    void thePublishedRelationsLoadAsTheyAre() throws IOException {
        String given = System.getProperty("reprise.relations");
        if (given == null) {
            System.out.println("skipped: give the published files with -Dreprise.relations=DIR");
        }
        Assumptions.assumeTrue(given != null, "skipped: give the published files with -Dreprise.relations=DIR");
        var all = new RelationCatalogue(Path.of(given), RelationFile.Subjects.REPEATED).all();
        assertThat(all).hasSize(47);
        assertThat(all.stream().mapToInt(r -> r.samples().size()).sum()).isEqualTo(11_089);
    }

    @Test
    void allProblemsOfAFileAreToldAtOnce() throws IOException {
        Path file = Files.writeString(
                folder.resolve("bad.json"),
                "{\"nmae\": 1, \"prompt_templates\": [\"no place\"], \"prompt_templates_zs\": [\"{} is\"], \"samples\": []}");
        assertThatThrownBy(() -> RelationFile.read(file, RelationFile.Subjects.UNIQUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "bad.json",
                        "unknown key nmae (nearest: name)",
                        "properties is missing",
                        "exactly one {}",
                        "samples:");
    }

    @Test
    void theSpanIsTheSubjectAndASubjectThatOccursTwiceIsRefusedWithBothPlaces() {
        var prompt = RelationPrompt.of("After {} is", "May", List.of(new Relation.Sample("June", "July")));
        assertThat(prompt.text()).isEqualTo("After June is July\nAfter May is");
        assertThat(prompt.text().substring(prompt.start(), prompt.end())).isEqualTo("May");
        assertThatThrownBy(() -> RelationPrompt.locate("May or May", "May")).hasMessageContaining("characters 0 and 7");
        assertThatThrownBy(() -> RelationPrompt.locate("June", "May")).hasMessageContaining("does not occur");
    }

    @Test
    void theSubjectIsWhereItWasPutEvenIfADemonstrationNamesIt() {
        var prompt = RelationPrompt.of("After {} is", "May", List.of(new Relation.Sample("April", "May")));
        assertThat(prompt.text()).isEqualTo("After April is May\nAfter May is");
        assertThat(prompt.start()).isEqualTo(25);
        assertThat(prompt.end()).isEqualTo(28);
    }

    @Test
    void aSubjectInTwoSamplesIsRefusedOrLeftOutOfBothParts() throws IOException {
        Path file = Files.writeString(
                folder.resolve("twice.json"),
                "{\"name\": \"r\", \"prompt_templates\": [\"{} is\"], \"prompt_templates_zs\": [\"{} is\"], \"properties\":"
                        + " {\"relation_type\": \"t\", \"domain_name\": \"d\", \"range_name\": \"r\", \"symmetric\": false},"
                        + " \"samples\": [{\"subject\": \"a\", \"object\": \"x\"}, {\"subject\": \"a\", \"object\": \"y\"},"
                        + " {\"subject\": \"b\", \"object\": \"z\"}]}");
        assertThatThrownBy(() -> RelationFile.read(file, RelationFile.Subjects.UNIQUE))
                .hasMessageContaining("subjects in several samples: a");
        Relation read = RelationFile.read(file, RelationFile.Subjects.REPEATED);
        for (int trial = 0; trial < 20; trial++) {
            RelationSplit split = RelationSplit.of(read, 1, 5, trial);
            String trained = split.train().get(0).subject();
            assertThat(split.test())
                    .noneMatch(sample -> sample.subject().equals(trained))
                    .isNotEmpty();
        }
    }

    @Test
    void valuesOfTheWrongTypeAndTextThatIsNoJsonAreNamed() throws IOException {
        Path types = Files.writeString(
                folder.resolve("types.json"),
                "{\"name\": 7, \"prompt_templates\": \"{}\", \"prompt_templates_zs\": [3], \"properties\": [], \"samples\": [\"a\"]}");
        assertThatThrownBy(() -> RelationFile.read(types, RelationFile.Subjects.UNIQUE))
                .hasMessageContainingAll(
                        "name: expected text, got 7",
                        "prompt_templates: expected a list",
                        "exactly one {}",
                        "properties: expected a mapping",
                        "samples[0]: expected a mapping");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"name\": ");
        assertThatThrownBy(() -> RelationFile.read(broken, RelationFile.Subjects.UNIQUE))
                .hasMessageContaining("broken.json is not JSON");
    }

    @Test
    void moreTrainingSamplesThanSubjectsIsAnErrorWithTheNumbers() {
        assertThatThrownBy(() -> RelationSplit.of(relation(3, 2), 3, 0, 0)).hasMessageContaining("has 3 subjects");
    }

    @Property(tries = 300)
    void trainingAndTestShareNoSubjectAndTrainingCoversTheMostObjects(
            @ForAll @IntRange(min = 3, max = 40) int subjects,
            @ForAll @IntRange(min = 1, max = 10) int objects,
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 5) int trial) {
        Relation relation = relation(subjects, objects);
        int size = subjects / 2;
        RelationSplit split = RelationSplit.of(relation, size, seed, trial);
        assertThat(split.train()).hasSize(size).doesNotContainAnyElementsOf(split.test());
        assertThat(split.train().size() + split.test().size()).isEqualTo(subjects);
        assertThat(split.train().stream()
                        .map(Relation.Sample::object)
                        .distinct()
                        .count())
                .isEqualTo(Math.min(size, Math.min(objects, subjects)));
        assertThat(split).isEqualTo(RelationSplit.of(relation, size, seed, trial));
        String asked = split.test().get(0).subject();
        assertThat(split.train()).containsAll(split.demonstrations(asked, size));
    }

    private static Relation relation(int subjects, int objects) {
        return new Relation(
                "r",
                List.of("{} is"),
                List.of("{} is"),
                new Relation.Properties("t", "d", "r", false),
                IntStream.range(0, subjects)
                        .mapToObj(i -> new Relation.Sample("s" + i, "o" + i % objects))
                        .toList());
    }
}
