package io.reprise.data.pairs;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.tensor.Rng;
import io.reprise.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Sequence continuation for pretrained models, in the form of Lan, Torr and Barez (EMNLP 2024): {@code Van done in 1. Hat done in 2.
 * Ring done in 3. Desk done in 4. Sun done in}. Members i … i+3 of 12 are given, the answer is the next, the wrong answer the last
 * given. Each round takes five words and gives all eight starts, for numerals, number words and months alike. A corrupt prompt has
 * the same words and four random members, the last of which does not follow the third; a text is always rendered from its fields, so
 * that they can't differ.
 */
public final class SequenceTemplates {
    /** How members are written. */
    public enum Members {
        NUMERALS("1 2 3 4 5 6 7 8 9 10 11 12"),
        NUMBER_WORDS("one two three four five six seven eight nine ten eleven twelve"),
        MONTHS("January February March April May June July August September October November December");

        private final List<String> texts;

        Members(String texts) {
            this.texts = List.of(texts.split(" "));
        }

        public List<String> texts() {
            return texts;
        }
    }

    /** Rounds in a row that a filter throws away before it is an error. */
    private static final int PATIENCE = 1000;

    static final int STARTS = 8;
    private static final int GIVEN = 4;

    /**
     * One prompt before it has tokens.
     *
     * @param words five
     * @param members S1 … S4, numbers of members from 0
     */
    record Fields(String verb, List<String> words, List<Integer> members) {
        Fields {
            words = List.copyOf(words);
            members = List.copyOf(members);
        }

        String text(Members written) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < words.size(); i++) {
                text.append(i == 0 ? "" : " ")
                        .append(words.get(i))
                        .append(' ')
                        .append(verb)
                        .append(" in");
                if (i < members.size()) {
                    text.append(' ').append(written.texts().get(members.get(i))).append('.');
                }
            }
            return text.toString();
        }
    }

    /** One round's clean and corrupt fields. */
    record Twin(Fields clean, Fields corrupt) {}

    private final Tokenizer tokenizer;
    private final String verb;
    private final List<String> words;

    /**
     * @param verb done, lost or born
     * @param words to choose from, each one token at the beginning of a text and after a space
     */
    public SequenceTemplates(Tokenizer tokenizer, String verb, List<String> words) {
        this.tokenizer = tokenizer;
        this.verb = verb;
        this.words = List.copyOf(words);
        if (words.stream().distinct().count() < GIVEN + 1) {
            throw new IllegalArgumentException("words are " + words + "; expected at least " + (GIVEN + 1));
        }
        for (String word : words) {
            one(word);
            one(" " + word);
        }
        one(" " + verb);
        for (Members each : Members.values()) {
            each.texts().forEach(text -> one(" " + text));
        }
    }

    /** Those of {@code words} that are one token of {@code tokenizer}, both at the beginning of a text and after a space. */
    public static List<String> single(Tokenizer tokenizer, List<String> words) {
        return words.stream()
                .filter(word -> tokenizer.encode(word).length == 1 && tokenizer.encode(" " + word).length == 1)
                .toList();
    }

    private int one(String text) {
        int[] ids = tokenizer.encode(text);
        if (ids.length != 1) {
            throw new IllegalArgumentException("\"" + text + "\" is " + ids.length + " tokens "
                    + Arrays.stream(ids).mapToObj(tokenizer::token).toList()
                    + " of this tokenizer; expected one, so that all prompts have equal length. Leave it out");
        }
        return ids[0];
    }

    /**
     * @param rounds groups of eight starts to keep
     * @param filter asked for number words and months; a round is kept if it keeps all eight starts of both
     * @return the same rounds, in each writing
     */
    public Map<Members, PairSet> pairs(int rounds, long seed, Filter filter) {
        Rng rng = Rng.of(seed).split("sequences " + verb);
        Map<Members, List<PromptPair>> kept = new LinkedHashMap<>();
        Arrays.stream(Members.values()).forEach(each -> kept.put(each, new ArrayList<>()));
        int done = 0;
        for (int misses = 0; done < rounds; ) {
            List<Twin> round = round(rng);
            List<PromptPair> asked = new ArrayList<>();
            round.forEach(twin -> asked.add(pair(twin, Members.NUMBER_WORDS)));
            round.forEach(twin -> asked.add(pair(twin, Members.MONTHS)));
            if (filter.see(asked).stream().allMatch(Filter.Seen::keeps)) {
                kept.forEach((written, pairs) -> round.forEach(twin -> pairs.add(pair(twin, written))));
                done++;
                misses = 0;
            } else if (++misses == PATIENCE) {
                throw new IllegalArgumentException(
                        "rounds = " + rounds + " of eight starts are asked for, and there are " + done
                                + ": the filter kept none of " + PATIENCE + " more; the model doesn't do this task");
            }
        }
        Map<Members, PairSet> sets = new LinkedHashMap<>();
        kept.forEach((written, pairs) -> sets.put(
                written, new PairSet(verb + " " + written.name().toLowerCase(Locale.ROOT), List.of(group(pairs)))));
        return sets;
    }

    /** Eight starts of the same five words. */
    List<Twin> round(Rng rng) {
        int[] order = rng.permutation(words.size());
        List<String> five =
                Arrays.stream(order, 0, GIVEN + 1).mapToObj(words::get).toList();
        List<Twin> round = new ArrayList<>();
        for (int start = 0; start < STARTS; start++) {
            List<Integer> clean = List.of(start, start + 1, start + 2, start + 3);
            List<Integer> corrupt = new ArrayList<>();
            do {
                corrupt.clear();
                for (int i = 0; i < GIVEN; i++) {
                    corrupt.add(rng.nextInt(12));
                }
            } while (corrupt.get(3) == corrupt.get(2) + 1);
            round.add(new Twin(new Fields(verb, five, clean), new Fields(verb, five, corrupt)));
        }
        return round;
    }

    private PromptPair pair(Twin twin, Members written) {
        int last = twin.clean().members().get(3);
        return new PromptPair(
                tokens(twin.clean().text(written)),
                tokens(twin.corrupt().text(written)),
                one(" " + written.texts().get(last + 1)),
                one(" " + written.texts().get(last)));
    }

    private List<Integer> tokens(String text) {
        return Arrays.stream(tokenizer.encode(text)).boxed().toList();
    }

    private static PairSet.Group group(List<PromptPair> pairs) {
        List<String> roles = new ArrayList<>();
        for (int i = 1; i <= GIVEN; i++) {
            roles.addAll(List.of("w" + (i - 1), "verb", "in", "x" + i, "sep"));
        }
        roles.addAll(List.of("w" + GIVEN, "verb", "end"));
        return new PairSet.Group(roles, pairs);
    }
}
