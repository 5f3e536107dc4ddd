package io.reprise.data.pairs;

import io.reprise.text.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One token a word with its space, two digits or sign, as a pretrained tokenizer has common words; ids by first appearance. */
final class Pieces implements Tokenizer {
    private static final Pattern PIECE = Pattern.compile(" ?[A-Za-z]+| ?\\d\\d?|[.]");

    private final Map<String, Integer> ids = new LinkedHashMap<>();

    @Override
    public int[] encode(String text) {
        Matcher matcher = PIECE.matcher(text);
        List<Integer> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(ids.computeIfAbsent(matcher.group(), piece -> ids.size()));
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String decode(int... tokens) {
        StringBuilder text = new StringBuilder();
        for (int id : tokens) {
            text.append(token(id));
        }
        return text.toString();
    }

    @Override
    public String token(int id) {
        return List.copyOf(ids.keySet()).get(id);
    }

    @Override
    public int size() {
        return 10_000;
    }

    @Override
    public String description() {
        return "pieces";
    }
}
