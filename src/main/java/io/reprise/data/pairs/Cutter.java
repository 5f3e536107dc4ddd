package io.reprise.data.pairs;

import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.Split;
import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts examples into prompts and names their positions. */
final class Cutter {
    private final Vocabulary vocabulary;
    private final boolean parts;

    Cutter(Dataset data) {
        this.vocabulary = data.vocabulary();
        this.parts = data.splits().stream()
                .flatMap(split -> data.examples(split).stream())
                .anyMatch(Cutter::inParts);
    }

    /** Members of more than a token and its separator are written in parts. */
    private static boolean inParts(Example example) {
        return IntStream.range(0, example.members()).anyMatch(m -> example.memberEnd(m) - example.memberStart(m) > 2);
    }

    /** Every prompt of {@code example} whose answer is scored. */
    List<Cut> cuts(Example example, Split split) {
        List<String> roles = roles(example);
        List<Cut> cuts = new ArrayList<>();
        Shape shape = Shape.of(example.origin());
        int block = example.origin().length();
        int answerMember = example.memberOf(example.answerStart());
        for (int m = 1; m < example.members(); m++) {
            int position = example.memberStart(m);
            if (!example.scored(position)) {
                continue;
            }
            int shown = m - answerMember;
            switch (shape) {
                // within the second block: at its first token nothing has been repeated yet
                case REPEAT -> {
                    if (shown >= 1 && shown < block) {
                        cuts.add(cut(example, split, m, shown, List.of(), repeatRoles(example, m, block)));
                    }
                }
                case SORT ->
                    cuts.add(cut(example, split, m, shown, tokens(example, example.answerStart(), position), roles));
                default -> {
                    int from = example.memberStart(m - 1);
                    int given = m - (opens(example) ? 1 : 0);
                    cuts.add(cut(example, split, m, given, tokens(example, from, position), roles));
                }
            }
        }
        return cuts;
    }

    private static Cut cut(
            Example example, Split split, int member, int given, List<Integer> keep, List<String> roles) {
        return new Cut(example, split, example.memberStart(member), example.memberEnd(member), given, keep, roles);
    }

    private static List<Integer> tokens(Example example, int from, int to) {
        List<Integer> tokens = new ArrayList<>();
        for (int i = from; i < to; i++) {
            tokens.add(example.token(i));
        }
        return tokens;
    }

    private boolean opens(Example example) {
        return vocabulary.token(example.token(0)).equals(Vocabulary.START);
    }

    private List<String> roles(Example example) {
        List<String> roles = new ArrayList<>();
        boolean fact = Shape.of(example.origin()) == Shape.FACT;
        boolean sorted = false;
        int number = 0;
        for (int m = 0; m < example.members(); m++) {
            String first = vocabulary.token(example.token(example.memberStart(m)));
            String sign = sign(first);
            if (!sign.isEmpty()) {
                roles.add(sign);
                if (first.equals(Vocabulary.MID)) {
                    sorted = true;
                    number = 0;
                }
                continue;
            }
            number++;
            String name =
                    fact ? List.of("subject", "relation", "object").get(number - 1) : (sorted ? "y" : "x") + number;
            memberRoles(example, m, name, roles);
        }
        return roles;
    }

    private void memberRoles(Example example, int member, String name, List<String> roles) {
        int from = example.memberStart(member);
        int to = example.memberEnd(member);
        boolean closed =
                to - from > 1 && vocabulary.token(example.token(to - 1)).equals(Vocabulary.SEPARATOR);
        int count = to - from - (closed ? 1 : 0);
        for (int part = 1; part <= count; part++) {
            roles.add(parts ? name + ".d" + part : name);
        }
        if (closed) {
            roles.add("sep");
        }
    }

    private static String sign(String token) {
        return switch (token) {
            case Vocabulary.START -> "start";
            case Vocabulary.MID -> "mid";
            case Vocabulary.END -> "end";
            case Vocabulary.PLUS -> "plus";
            case Vocabulary.EQUALS -> "equals";
            default -> "";
        };
    }

    // Named by what they are to the last position, so that prompts cut at several places have the same roles.
    private List<String> repeatRoles(Example example, int member, int block) {
        List<String> roles = new ArrayList<>();
        int first = opens(example) ? 1 : 0;
        for (int m = 0; m <= member; m++) {
            String role;
            if (m < first) {
                role = "start";
            } else if (m == member) {
                role = "answer";
            } else if (m == member - 1) {
                role = "end";
            } else if (m == member - 1 - block) {
                role = "earlier";
            } else if (m == member - block) {
                role = "follower";
            } else {
                role = m < first + block ? "block" : "repeat";
            }
            for (int i = example.memberStart(m); i < example.memberEnd(m); i++) {
                roles.add(role);
            }
        }
        return roles;
    }
}
