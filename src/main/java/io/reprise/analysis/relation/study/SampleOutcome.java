package io.reprise.analysis.relation.study;

import java.util.Optional;

/**
 * One held-out subject.
 *
 * @param known whether the model's own top token is right
 * @param model the model's top token after the same prompt
 * @param operator the top token decoded from the operator's z
 * @param faithful whether that is right
 * @param edit how an edit towards another subject went; absent where none was tried
 */
public record SampleOutcome(
        String subject,
        String object,
        boolean known,
        String model,
        String operator,
        boolean faithful,
        Optional<Edit> edit) {
    /**
     * @param target the subject whose object is wanted
     * @param object that object
     * @param predicted the edited model's top token
     * @param success whether that is the wanted object
     */
    public record Edit(String target, String object, String predicted, boolean success) {}
}
