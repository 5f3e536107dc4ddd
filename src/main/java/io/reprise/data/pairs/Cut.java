package io.reprise.data.pairs;

import io.reprise.data.Example;
import io.reprise.data.Split;
import java.util.ArrayList;
import java.util.List;

/**
 * An example cut off before a member: the prompt, and what follows.
 *
 * @param split that the example is of
 * @param position of the answer's first token
 * @param end of the answer, excluded
 * @param given members (of a list or block: of the answer) before the cut
 * @param keep what a corrupt prompt has in common with this one: the last member, or the answer as far as it is given
 * @param roles of the tokens from 0 to {@code end}
 */
record Cut(Example example, Split split, int position, int end, int given, List<Integer> keep, List<String> roles) {
    String series() {
        return example.origin().series();
    }

    String rule() {
        return example.origin().rule();
    }

    Shape shape() {
        return Shape.of(example.origin());
    }

    List<Integer> tokens(int from, int to) {
        List<Integer> tokens = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            tokens.add(example.token(i));
        }
        return tokens;
    }

    /** The prompt, and {@code more} tokens of the answer. */
    List<Integer> prompt(int more) {
        return tokens(0, position + more);
    }

    /** The roles of {@link #prompt}; a separator that is last is {@code end}. */
    List<String> promptRoles(int more) {
        List<String> shown = new ArrayList<>(roles.subList(0, position + more));
        int last = shown.size() - 1;
        if (shown.get(last).equals("sep")) {
            shown.set(last, "end");
        }
        return shown;
    }

    /** The prompt with the answer's tokens: what must not have been seen in training. */
    List<Integer> content() {
        return tokens(0, end);
    }

    /** How many tokens the answers begin with in common. */
    int commonWith(Cut other) {
        int common = 0;
        while (position + common < end
                && other.position + common < other.end
                && example.token(position + common) == other.example.token(other.position + common)) {
            common++;
        }
        return common;
    }

    /** Whether the answers differ at a token that both have. */
    boolean differsFrom(Cut other) {
        int common = commonWith(other);
        return position + common < end && other.position + common < other.end;
    }
}
