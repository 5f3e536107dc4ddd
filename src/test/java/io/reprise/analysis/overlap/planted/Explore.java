package io.reprise.analysis.overlap.planted;

import io.reprise.analysis.circuit.*;
import io.reprise.analysis.overlap.between.*;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.Scope;
import io.reprise.data.PairSet;
import io.reprise.tensor.Rng;
import java.util.*;

public final class Explore {
    public static void main(String[] args) {
        Backend backend = new CpuBackend(1);
        PairSet pairs = Sequences.all(3);
        System.out.println(pairs.size() + " prompts");
        List<Algorithm> all = List.of(Algorithm.LAST_TWO, Algorithm.FIRST_TWO, Algorithm.ENDS, Algorithm.EARLY_STEP, Algorithm.LATE_STEP, Algorithm.WIDE_STEP);
        List<Specimen> specimens = new ArrayList<>();
        long t0 = System.nanoTime();
        for (int a = 0; a < all.size(); a++) {
            for (int i = 0; i < 3; i++) {
                PlantedModel m = PlantedModel.of(all.get(a), 3, Nuisance.random(i % 2, 100 * a + i));
                try (Scope s = backend.scope()) {
                    double[] v = Specimen.task(m.on(backend), pairs).values(Universe.nodes(m.shape()).all());
                    System.out.printf("%s %s logit diffs %.2f..%.2f  planted %s%n", all.get(a).name(), m.config().dModel(), Arrays.stream(v).min().getAsDouble(), Arrays.stream(v).max().getAsDouble(), m.planted().stream().map(Unit::name).toList());
                }
                specimens.add(Specimen.of(backend, pairs, m, all.get(a).name()));
                if (i == 0) specimens.get(specimens.size() - 1).side().signatures().components().forEach(c -> System.out.printf("   %s %.3f", c.unit().name(), c.importance()));
                if (i == 0) System.out.println();
            }
        }
        System.out.printf("read in %.1f s%n", (System.nanoTime() - t0) / 1e9);
        t0 = System.nanoTime();
        Between between = new Between(Rng.of(1));
        for (int x = 0; x < specimens.size(); x++) {
            StringBuilder row = new StringBuilder();
            for (int y = 0; y < specimens.size(); y++) {
                if (y < x) { row.append("       "); continue; }
                BetweenResult r = between.compare(specimens.get(x).side(), specimens.get(y).side());
                row.append(String.format("%7.3f", r.distance()));
                if (x == 0 && (y == 1 || y == 3 || y==6)) {
                    System.out.println(r);
                }
            }
            System.out.println(row + "  " + specimens.get(x).algorithm());
        }
        for (Set<SignatureChannel> cs : List.of(Set.of(SignatureChannel.values()), Set.of(SignatureChannel.PATTERN), Set.of(SignatureChannel.OUTPUT), Set.of(SignatureChannel.EFFECT))) {
            try {
            System.out.println(cs + " AUROC all " + auroc(new Between(cs, Rng.of(1)), specimens));
            System.out.println(cs + " AUROC held " + auroc(new Between(cs, Rng.of(1)), specimens.stream().filter(q -> !List.of(Algorithm.LAST_TWO.name(), Algorithm.EARLY_STEP.name()).contains(q.algorithm())).toList()));
            } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        }
        System.out.printf("compared in %.1f s%n", (System.nanoTime() - t0) / 1e9);
    }

    static double auroc(Between between, List<Specimen> s) {
        List<Double> same = new ArrayList<>(), diff = new ArrayList<>();
        for (int x = 0; x < s.size(); x++) for (int y = 0; y < x; y++) {
            double d = between.compare(s.get(x).side(), s.get(y).side()).distance();
            (s.get(x).algorithm().equals(s.get(y).algorithm()) ? same : diff).add(d);
        }
        double c = 0;
        for (double a : same) for (double b : diff) c += a < b ? 1 : a == b ? .5 : 0;
        System.out.printf("same max %.3f diff min %.3f%n", Collections.max(same), Collections.min(diff));
        return c / same.size() / diff.size();
    }
}
