package io.reprise.data;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Pairs of a subject and an object under one relation, and the templates ({@code {}} is the subject) that ask for the object. */
public record Relation(
        String name,
        List<String> promptTemplates,
        List<String> zeroShotTemplates,
        Properties properties,
        List<Sample> samples) {
    /** One known fact; neither text is blank. */
    public record Sample(String subject, String object) {
        public Sample {
            if (subject.isBlank() || object.isBlank()) {
                throw new IllegalArgumentException("subject and object must not be blank");
            }
        }
    }

    /** What the file tells of the relation as a whole. */
    public record Properties(String relationType, String domainName, String rangeName, boolean symmetric) {}

    public Relation {
        promptTemplates = List.copyOf(promptTemplates);
        zeroShotTemplates = List.copyOf(zeroShotTemplates);
        samples = List.copyOf(samples);
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("samples is empty; give at least one subject and object");
        }
        promptTemplates.forEach(RelationPrompt::checkTemplate);
        zeroShotTemplates.forEach(RelationPrompt::checkTemplate);
    }

    /** Subjects that stand in more than one sample, in the order of their second appearance. */
    public Set<String> repeatedSubjects() {
        Set<String> seen = new LinkedHashSet<>();
        Set<String> repeated = new LinkedHashSet<>();
        for (Sample sample : samples) {
            if (!seen.add(sample.subject())) {
                repeated.add(sample.subject());
            }
        }
        return repeated;
    }
}
