package io.reprise.analysis.overlap.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trained toys of two shapes, and of three seeds of one. */
class ChannelsTest {
    private static final PairSet PROMPTS = Successors.prompts("successor", 1, 2, 3);

    @TempDir
    static Path directory;

    private static Backend backend;
    private static Scope scope;
    private static List<Transformer> seeds;
    private static Transformer deeper;

    @BeforeAll
    static void train() throws IOException {
        backend = new CpuBackend(2);
        scope = backend.scope();
        seeds = new ArrayList<>();
        long t0 = System.currentTimeMillis();
        for (long seed = 1; seed <= 3; seed++) {
            seeds.add(Successors.trained(backend, Successors.shape(1, 32, 2), seed, directory("seed-" + seed)));
        }
        deeper = Successors.trained(backend, Successors.shape(2, 24, 3), 9, directory("deeper"));
        System.err.println("training ms " + (System.currentTimeMillis() - t0));
    }

    private static Path directory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    @AfterAll
    static void close() {
        scope.close();
        backend.close();
    }

    @Test
    void look() {
        List<LensProfile> ps = seeds.stream().map(m -> LensProfile.of(m, PROMPTS, Successors.TOKENS)).toList();
        LensProfile d = LensProfile.of(deeper, PROMPTS, Successors.TOKENS);
        Rng rng = Rng.of(1);
        List<LensProfile> tA = new ArrayList<>(), tB = new ArrayList<>();
        for (int i = 0; i < 3; i++) { tA.add(LensProfile.of(RandomTwin.of(seeds.get(0), rng.split("a"+i)), PROMPTS, Successors.TOKENS)); tB.add(LensProfile.of(RandomTwin.of(deeper, rng.split("b"+i)), PROMPTS, Successors.TOKENS)); }
        Resamples r = new Resamples(PROMPTS.size(), 200, rng.split("r"));
        new LensComparison(r, rng).of(ps.get(0), d, tA, tB, ps).forEach(System.err::println);
        new LensComparison(r, rng).of(ps.get(0), ps.get(1), tA, tB, ps).forEach(System.err::println);
        System.err.println(LensSummary.of(ps.get(0), PROMPTS));
        System.err.println(LensSummary.of(d, PROMPTS));
        PairSet one = Successors.prompts("plus one", 1), three = Successors.prompts("plus three", 3);
        Resamples r1 = new Resamples(12, 200, rng.split("r1"));
        for (Optional<String> role : List.of(Optional.<String>empty(), Optional.of("x2"))) {
        var refs = new OperatorComparison.References(
          List.of(0,1,2).stream().map(i -> TaskOperator.of(RandomTwin.of(seeds.get(0), rng.split("a"+i)), one, Successors.TOKENS, role)).toList(),
          List.of(0,1,2).stream().map(i -> TaskOperator.of(RandomTwin.of(deeper, rng.split("b"+i)), one, Successors.TOKENS, role)).toList(),
          List.of(TaskOperator.of(seeds.get(0), three, Successors.TOKENS, role)), List.of(TaskOperator.of(deeper, three, Successors.TOKENS, role)),
          seeds.stream().map(m -> TaskOperator.of(m, one, Successors.TOKENS, role)).toList());
        long t0 = System.currentTimeMillis();
        new OperatorComparison(r1, 4, rng).of(refs.seeds().get(0), TaskOperator.of(deeper, one, Successors.TOKENS, role), refs).forEach(System.err::println);
        System.err.println("ms " + (System.currentTimeMillis() - t0));
        }
    }
}
