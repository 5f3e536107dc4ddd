package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import io.reprise.data.RelationPrompt;
import io.reprise.text.TokenSpans;
import io.reprise.text.Tokenizer;
import java.util.List;

/**
 * Makes prompts of template, demonstrations and subject. The subject's position is that of the token that holds the last character
 * of the place where the subject was put, whatever else the prompt says; reading, editing and measuring all use it.
 */
public final class PromptMaker {
    private final Tokenizer tokenizer;
    private final int[] prefix;

    /** @param prefix what every prompt begins with, encoded by itself: {@code <|endoftext|>} for GPT models; may be empty */
    public PromptMaker(Tokenizer tokenizer, String prefix) {
        this.tokenizer = tokenizer;
        this.prefix = prefix.isEmpty() ? new int[0] : tokenizer.encode(prefix);
    }

    public SubjectPrompt make(String template, String subject, List<Relation.Sample> demonstrations) {
        return make(RelationPrompt.of(template, subject, demonstrations));
    }

    /** As {@link #make}, but what the subject itself would answer isn't shown. */
    SubjectPrompt makeWithoutItself(String template, String subject, List<Relation.Sample> demonstrations) {
        List<Relation.Sample> others = demonstrations.stream()
                .filter(sample -> !sample.subject().equals(subject))
                .toList();
        return make(template, subject, others);
    }

    public SubjectPrompt make(RelationPrompt prompt) {
        int[] text = tokenizer.encode(prompt.text());
        int at = TokenSpans.holdingLast(tokenizer, text, prompt.text(), prompt.end());
        int[] tokens = new int[prefix.length + text.length];
        System.arraycopy(prefix, 0, tokens, 0, prefix.length);
        System.arraycopy(text, 0, tokens, prefix.length, text.length);
        return new SubjectPrompt(tokens, prefix.length + at);
    }
}
