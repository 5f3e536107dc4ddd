package io.reprise.data.pairs;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.tensor.Rng;
import io.reprise.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Two tasks to hold sequence continuation against, in sentences of our own: the indirect object (after Wang et al. 2023) and
 * greater-than (after Hanna et al. 2023). Prompts are distinct and of one length, checked with the tokenizer.
 */
public final class ContrastTasks {
    /** Draws in a row that bring no new prompt before giving up. */
    private static final int PATIENCE = 10_000;

    private static final int FIRST_END = 5;
    private static final int LAST_END = 95;

    private final Tokenizer tokenizer;

    public ContrastTasks(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * {@code At noon Mary and John sat down. John passed the salt to} → Mary, wrong John; which of the two comes first is balanced. The
     * corrupt prompt has three other names, one each in the places of the three, so that it says neither.
     *
     * @param names each one token after a space; at least five
     */
    public PairSet indirectObject(int count, List<String> names, long seed) {
        List<Integer> known =
                names.stream().distinct().map(name -> one(" " + name)).toList();
        if (known.size() < 5) {
            throw new IllegalArgumentException("names are " + names + "; expected at least 5 different ones");
        }
        List<Integer> at = all("At noon");
        List<Integer> and = all(" and");
        List<Integer> sat = all(" sat down.");
        List<Integer> passed = all(" passed the salt to");
        List<String> roles = new ArrayList<>();
        fill(roles, "opening", at.size());
        roles.add("name1");
        fill(roles, "and", and.size());
        roles.add("name2");
        fill(roles, "middle", sat.size());
        roles.add("s2");
        fill(roles, "verb", passed.size() - 1);
        roles.add("end");
        Rng rng = Rng.of(seed).split("indirect object");
        Set<List<Integer>> seen = new LinkedHashSet<>();
        List<PromptPair> pairs = new ArrayList<>();
        for (int misses = 0; pairs.size() < count; ) {
            int[] order = rng.permutation(known.size());
            int io = known.get(order[0]);
            int s = known.get(order[1]);
            boolean objectFirst = pairs.size() % 2 == 0;
            List<Integer> clean = join(List.of(
                    at, List.of(objectFirst ? io : s), and, List.of(objectFirst ? s : io), sat, List.of(s), passed));
            List<Integer> corrupt = join(List.of(
                    at,
                    List.of(known.get(order[2])),
                    and,
                    List.of(known.get(order[3])),
                    sat,
                    List.of(known.get(order[4])),
                    passed));
            if (seen.add(clean)) {
                pairs.add(new PromptPair(clean, corrupt, io, s));
                misses = 0;
            } else {
                requirePatience(++misses, count, pairs.size(), "names");
            }
        }
        return new PairSet("indirect object", List.of(new PairSet.Group(roles, pairs)));
    }

    /**
     * {@code The siege began in 1732 and ended in 17} → a year after 32. Of the many right and wrong answers a pair has one each: drawn
     * evenly from the two-digit tokens above and from those below the year's. The corrupt prompt begins in the year 01, after which both
     * are right.
     *
     * @param century two digits
     */
    public PairSet greaterThan(int count, int century, long seed) {
        if (century < 10 || century > 99) {
            throw new IllegalArgumentException("century = " + century + ", expected two digits such as 17");
        }
        List<Integer> years = new ArrayList<>();
        for (int year = 0; year < 100; year++) {
            years.add(one(String.format(Locale.ROOT, "%02d", year)));
        }
        List<Integer> opening = all("The siege began in");
        int prefix = one(" " + century);
        List<Integer> middle = all(" and ended in");
        List<String> roles = new ArrayList<>();
        fill(roles, "opening", opening.size());
        roles.addAll(List.of("century", "year"));
        fill(roles, "middle", middle.size());
        roles.add("end");
        Rng rng = Rng.of(seed).split("greater than");
        Set<List<Integer>> seen = new LinkedHashSet<>();
        List<PromptPair> pairs = new ArrayList<>();
        int possible = LAST_END - FIRST_END + 1;
        if (count > possible) {
            throw new IllegalArgumentException(
                    "count = " + count + " prompts are asked for, and there are " + possible + "; ask for fewer");
        }
        for (int place : rng.permutation(possible)) {
            if (pairs.size() == count) {
                break;
            }
            int year = FIRST_END + place;
            List<Integer> clean = join(List.of(opening, List.of(prefix, years.get(year)), middle, List.of(prefix)));
            List<Integer> corrupt = join(List.of(opening, List.of(prefix, years.get(1)), middle, List.of(prefix)));
            if (seen.add(clean)) {
                int later = year + 1 + rng.nextInt(99 - year);
                int earlier = 2 + rng.nextInt(year - 2);
                pairs.add(new PromptPair(clean, corrupt, years.get(later), years.get(earlier)));
            }
        }
        return new PairSet("greater than", List.of(new PairSet.Group(roles, pairs)));
    }

    private static void requirePatience(int misses, int count, int made, String what) {
        if (misses == PATIENCE) {
            throw new IllegalArgumentException("count = " + count + " prompts are asked for, and there are only about "
                    + made + "; ask for fewer or give more " + what);
        }
    }

    private static void fill(List<String> roles, String role, int times) {
        for (int i = 0; i < times; i++) {
            roles.add(role);
        }
    }

    private static List<Integer> join(List<List<Integer>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private List<Integer> all(String text) {
        return Arrays.stream(tokenizer.encode(text)).boxed().toList();
    }

    private int one(String text) {
        List<Integer> ids = all(text);
        if (ids.size() != 1) {
            throw new IllegalArgumentException("\"" + text + "\" is " + ids.size() + " tokens "
                    + ids.stream().map(tokenizer::token).toList() + " of this tokenizer; expected one");
        }
        return ids.get(0);
    }
}
