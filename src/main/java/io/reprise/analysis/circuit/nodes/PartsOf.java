package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.nodes.Numbers.Matrix;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Cuts a task's prompts into parts small enough to run at once, each with what replaced values become. */
final class PartsOf {
    /** Rows of the residual stream at most: products are at full speed with far fewer, and their workings stay small. */
    private static final int ROWS = 2048;

    private final Transformer model;
    private final Numbers numbers;
    private final PairSet pairs;
    private final Ablation ablation;
    private final Set<Slot> slots;

    PartsOf(Transformer model, PairSet pairs, Ablation ablation, Set<Slot> slots) {
        this.model = model;
        this.numbers = new Numbers(model.backend());
        this.pairs = pairs;
        this.ablation = ablation;
        this.slots = slots;
    }

    /** In the order of the prompts. */
    List<Part> make() {
        List<Part> parts = new ArrayList<>();
        pairs.groups().forEach(group -> parts.addAll(parts(group)));
        return parts;
    }

    private List<Part> parts(PairSet.Group group) {
        boolean denoising = ablation.direction() == Ablation.Direction.DENOISING;
        int[] roles = group.roles().stream().mapToInt(pairs.roles()::indexOf).toArray();
        List<List<PromptPair>> chunks = chunks(group);
        List<Tokens> edited = tokens(chunks, denoising ? PromptPair::corrupt : PromptPair::clean);
        List<Tokens> other = tokens(chunks, denoising ? PromptPair::clean : PromptPair::corrupt);
        Capture capture = new Capture(model, numbers, slots);
        List<Map<Slot, Matrix>> shared =
                switch (ablation.kind()) {
                    case ZERO -> capture.zeros();
                    case MEAN -> capture.mean(other);
                    case RESAMPLE -> List.of();
                };
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < chunks.size(); i++) {
            View all = new View(chunks.get(i).size(), roles);
            List<Map<Slot, Matrix>> constants =
                    ablation.kind() == Ablation.Kind.RESAMPLE ? capture.run(other.get(i)) : shared;
            parts.add(new Part(model, numbers, chunks.get(i), edited.get(i), all, constants));
        }
        return parts;
    }

    private static List<List<PromptPair>> chunks(PairSet.Group group) {
        int most = Math.max(1, ROWS / group.length());
        List<List<PromptPair>> chunks = new ArrayList<>();
        for (int from = 0; from < group.pairs().size(); from += most) {
            chunks.add(group.pairs().subList(from, Math.min(group.pairs().size(), from + most)));
        }
        return chunks;
    }

    private static List<Tokens> tokens(List<List<PromptPair>> chunks, Function<PromptPair, List<Integer>> side) {
        return chunks.stream()
                .map(chunk -> new Tokens(
                        chunk.stream()
                                .flatMap(pair -> side.apply(pair).stream())
                                .mapToInt(Integer::intValue)
                                .toArray(),
                        chunk.size(),
                        side.apply(chunk.get(0)).size()))
                .toList();
    }
}
