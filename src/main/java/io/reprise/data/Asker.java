package io.reprise.data;

import io.reprise.text.Tokenizer;
import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Writes questions in a model's token ids. */
public interface Asker {
    /** The question in token ids; empty if this model's vocabulary has no tokens for it. */
    Optional<Asked> ask(Question question);

    /**
     * As text in a template's words. The answer's tokens are those that follow the prompt's in the tokens of the whole text; where a
     * tokenizer joins the two ends into one token, the prompt is shortened by what was joined.
     */
    static Asker text(Tokenizer tokenizer, PromptTemplate template) {
        return question -> {
            PromptTemplate.Rendered text = template.render(question);
            int[] prompt = tokenizer.encode(text.prompt());
            int[] whole = tokenizer.encode(text.prompt() + text.answer());
            int[] copied = tokenizer.encode(text.prompt() + text.copy());
            int shared = Arrays.mismatch(prompt, whole);
            int end = shared < 0 ? prompt.length : shared;
            if (end == 0 || end == whole.length) {
                return Optional.empty();
            }
            return Optional.of(new Asked(
                    question,
                    Arrays.copyOf(whole, end),
                    Arrays.copyOfRange(whole, end, whole.length),
                    Arrays.copyOfRange(copied, Math.min(end, copied.length), copied.length)));
        };
    }

    /**
     * As a toy's own tokens: each member one token or, if the vocabulary has the separator, itself or its digits and the separator; opened by
     * {@code <start>} where the vocabulary has it.
     */
    static Asker toy(Vocabulary vocabulary) {
        return question -> {
            List<String> prompt = new ArrayList<>();
            if (vocabulary.contains(Vocabulary.START) || question.form() == Question.Form.SORT) {
                prompt.add(Vocabulary.START);
            }
            List<String> answer = new ArrayList<>();
            List<Question.Member> given = question.given();
            for (int i = 0; i < given.size(); i++) {
                if (question.form() == Question.Form.SUM && i > 0) {
                    prompt.add(Vocabulary.PLUS);
                }
                prompt.addAll(written(given.get(i), vocabulary));
            }
            if (question.form() != Question.Form.CONTINUE) {
                prompt.add(question.form() == Question.Form.SUM ? Vocabulary.EQUALS : Vocabulary.MID);
            }
            question.answer().forEach(member -> answer.addAll(written(member, vocabulary)));
            if (!prompt.stream().allMatch(vocabulary::contains)
                    || !answer.stream().allMatch(vocabulary::contains)) {
                return Optional.empty();
            }
            List<String> copy = written(given.get(given.size() - 1), vocabulary);
            return Optional.of(
                    new Asked(question, vocabulary.encode(prompt), vocabulary.encode(answer), vocabulary.encode(copy)));
        };
    }

    private static List<String> written(Question.Member member, Vocabulary vocabulary) {
        if (!vocabulary.contains(Vocabulary.SEPARATOR)) {
            return List.of(member.text());
        }
        boolean whole = vocabulary.contains(member.text());
        List<String> written = new ArrayList<>(whole ? List.of(member.text()) : member.parts());
        written.add(Vocabulary.SEPARATOR);
        return written;
    }
}
