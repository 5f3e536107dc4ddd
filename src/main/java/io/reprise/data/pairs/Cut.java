package io.reprise.data.pairs;

import io.reprise.data.Example;
import io.reprise.data.PromptPair;
import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A prompt with its twin, and what stands at its positions. */
record Cut(PromptPair pair, List<String> roles) {
    /** The role of the last position, from which the answer is told. */
    static final String END = "end";

    /**
     * Both up to their answers and on to the first token in which these differ.
     *
     * @return empty if the answers are the same, or the prompts are not equally long
     */
    static Optional<Cut> of(Example clean, Example corrupt, Vocabulary vocabulary) {
        int[] answer = answer(clean);
        int[] wrong = answer(corrupt);
        int differs = Arrays.mismatch(answer, wrong);
        if (clean.answerStart() != corrupt.answerStart()
                || differs < 0
                || differs >= Math.min(answer.length, wrong.length)) {
            return Optional.empty();
        }
        int end = clean.answerStart() + differs;
        return Optional.of(new Cut(
                new PromptPair(ids(clean.tokens(), end), ids(corrupt.tokens(), end), answer[differs], wrong[differs]),
                roles(clean, end, vocabulary)));
    }

    /** The clean prompt with one token replaced. */
    static Cut replaced(Example clean, int end, int position, int token, Vocabulary vocabulary) {
        int[] twin = clean.tokens();
        twin[position] = token;
        return new Cut(
                new PromptPair(ids(clean.tokens(), end), ids(twin, end), clean.token(end), token),
                roles(clean, end, vocabulary));
    }

    private static int[] answer(Example example) {
        int member = example.memberOf(example.answerStart());
        return Arrays.copyOfRange(example.tokens(), example.answerStart(), example.memberEnd(member));
    }

    /** {@code x1}, {@code x2}, … for members, {@code s1}, … for what closes them, {@code x1.2} for a second digit; signs as they are. */
    private static List<String> roles(Example example, int end, Vocabulary vocabulary) {
        List<String> roles = new ArrayList<>();
        int number = 0;
        for (int m = 0; m < example.members() && example.memberStart(m) < end; m++) {
            int from = example.memberStart(m);
            int to = Math.min(end, example.memberEnd(m));
            boolean sign = Vocabulary.SPECIAL.contains(vocabulary.token(example.token(from)));
            number += sign ? 0 : 1;
            for (int i = from; i < to; i++) {
                String token = vocabulary.token(example.token(i));
                roles.add(
                        sign
                                ? token
                                : token.equals(Vocabulary.SEPARATOR)
                                        ? "s" + number
                                        : "x" + number + (i > from ? "." + (i - from + 1) : ""));
            }
        }
        roles.set(end - 1, END);
        return List.copyOf(roles);
    }

    private static List<Integer> ids(int[] tokens, int end) {
        return Arrays.stream(tokens, 0, end).boxed().toList();
    }
}
