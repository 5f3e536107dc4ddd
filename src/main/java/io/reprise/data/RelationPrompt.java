package io.reprise.data;

import java.util.List;

/**
 * A prompt and the subject's characters in it, {@code start} inclusive to {@code end} exclusive. One rule for where the subject is:
 * the place where it was put. In a text whose maker isn't known it must stand exactly once.
 */
public record RelationPrompt(String text, int start, int end) {
    private static final String PLACE = "{}";

    public RelationPrompt {
        if (start < 0 || end <= start || end > text.length()) {
            throw new IllegalArgumentException(
                    "span " + start + ".." + end + " is not within a text of " + text.length() + " characters");
        }
    }

    /** Demonstrations, a line each (filled template, space, object), then the template with the subject. */
    public static RelationPrompt of(String template, String subject, List<Relation.Sample> demonstrations) {
        checkTemplate(template);
        var text = new StringBuilder();
        for (Relation.Sample shown : demonstrations) {
            text.append(template.replace(PLACE, shown.subject()))
                    .append(' ')
                    .append(shown.object())
                    .append('\n');
        }
        int start = text.length() + template.indexOf(PLACE);
        return new RelationPrompt(
                text.append(template.replace(PLACE, subject)).toString(), start, start + subject.length());
    }

    /** Finds the subject in a text of the user's own. */
    public static RelationPrompt locate(String text, String subject) {
        int first = subject.isEmpty() ? -1 : text.indexOf(subject);
        if (first < 0) {
            throw new IllegalArgumentException("subject \"" + subject + "\" does not occur in the prompt \"" + text
                    + "\"; write it as it stands there");
        }
        int second = text.indexOf(subject, first + 1);
        if (second >= 0) {
            throw new IllegalArgumentException("subject \"" + subject + "\" occurs at characters " + first + " and "
                    + second + " of the prompt \"" + text
                    + "\", expected once; give the template and the subject apart");
        }
        return new RelationPrompt(text, first, first + subject.length());
    }

    static void checkTemplate(String template) {
        int first = template.indexOf(PLACE);
        if (first < 0 || template.indexOf(PLACE, first + 1) >= 0) {
            throw new IllegalArgumentException(
                    "template \"" + template + "\" must have exactly one {}, where the subject goes");
        }
    }
}
