package io.reprise.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Records with every shape the binder has a rule for; none of them exists in the product. */
final class Lab {
    private Lab() {}

    record Study(
            String name,
            long seed,
            Backend backend,
            Rule rule,
            Model model,
            Train train,
            Map<String, Expectation> expect) {
        static Study defaults() {
            return new Study(
                    "unnamed", 0, Backend.CPU, new Rule.Sort(), new Model(64, 4, 1), Train.defaults(), Map.of());
        }
    }

    enum Backend {
        CPU,
        ND4J_SLOW
    }

    record Model(int dModel, int nHeads, int nLayers) {
        Model {
            if (nLayers < 0) {
                throw new IllegalArgumentException("n_layers = " + nLayers + "; expected 0 or more");
            }
            if (dModel % nHeads != 0) {
                throw new IllegalArgumentException("n_heads = " + nHeads + " does not divide d_model = " + dModel);
            }
        }
    }

    record Train(
            int steps, double lr, boolean shuffle, Optional<Stop> stopWhen, Schedule schedule, List<Integer> marks) {
        static Train defaults() {
            return new Train(
                    2000, 1e-3, true, Optional.of(new Stop(1.0, 5)), new Schedule.Constant(), List.of(1, 10, 100));
        }
    }

    record Stop(double valAccuracy, int evaluations) {}

    sealed interface Schedule {
        record Constant() implements Schedule {}

        record WarmupCosine(int warmup, double floor) implements Schedule {
            static WarmupCosine defaults() {
                return new WarmupCosine(100, 0.1);
            }
        }

        record Plateau(int patience) implements Schedule {}
    }

    sealed interface Rule {
        record Sort() implements Rule {}

        record Add(int amount) implements Rule {
            public Add {
                if (amount == 0) {
                    throw new IllegalArgumentException("amount = 0; expected any other number");
                }
            }
        }

        record Successor(int step, boolean wrap) implements Rule {}

        record Mixture(List<Part> parts) implements Rule {}

        record Of(Nested rule) implements Rule {}

        record Maybe(Optional<Span> second) implements Rule {}
    }

    record Nested(Rule rule) {}

    record Part(Rule rule, Span start, Optional<Path> file) {}

    /** 1..60, or 7 for 7..7. */
    record Span(int from, int to) {
        static Span parse(String text) {
            var ends = text.split("\\.\\.", -1);
            try {
                int from = Integer.parseInt(ends[0]);
                return new Span(from, ends.length == 1 ? from : Integer.parseInt(ends[1]));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("expected a range such as 1..60, got \"" + text + "\"");
            }
        }

        @Override
        public String toString() {
            return from == to ? Integer.toString(from) : from + ".." + to;
        }
    }

    static Study bind(String yaml, String... settings) {
        return ConfigTree.parse(yaml, "lab.yaml", Study.class)
                .with(List.of(settings).stream().map(Setting::parse).toList())
                .bind(Study.class);
    }

    static List<String> problems(String yaml, String... settings) {
        try {
            bind(yaml, settings);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }
}
