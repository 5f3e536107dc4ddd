package io.reprise.config;

import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.editing.DonorEdit;
import io.reprise.analysis.circuit.editing.Recovery;
import io.reprise.analysis.circuit.roles.RoleRule;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.analysis.probe.RunProbe;
import io.reprise.analysis.relation.study.RunRelation;
import io.reprise.data.pairs.PairSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a run looks at after training: a name under {@code analyses:}, or a mapping from the name to its settings. */
public sealed interface AnalysisChoice {
    /** Its name in YAML. */
    default String key() {
        return Words.snake(getClass().getSimpleName());
    }

    /** Whether it needs a model that has heads. */
    boolean looksAtHeads();

    /** Attention patterns on a sample sequence. */
    record Attention() implements AnalysisChoice {
        @Override
        public boolean looksAtHeads() {
            return true;
        }
    }

    /** QK and OV products of every head in token space. */
    record OvQk() implements AnalysisChoice {
        @Override
        public boolean looksAtHeads() {
            return true;
        }
    }

    /**
     * The logit lens: accuracy, probability and divergence by depth, and tables of sample sequences.
     *
     * @param topK best tokens told per cell
     * @param blockStep a row every so many blocks; the last always has one
     * @param subBlocks two rows per block, after attention and after the MLP
     * @param decoder modules between a row and the final norm, such as {@code blocks.2}; none if missing
     */
    record Lens(int topK, int blockStep, boolean subBlocks, List<String> decoder) implements AnalysisChoice {
        public Lens {
            if (topK < 1) {
                throw new IllegalArgumentException("top_k = " + topK + "; expected 1 or more");
            }
            if (blockStep < 1) {
                throw new IllegalArgumentException("block_step = " + blockStep + "; expected 1 (every block) or more");
            }
            decoder = List.copyOf(decoder);
        }

        public static Lens defaults() {
            return new Lens(3, 1, false, List.of());
        }

        @Override
        public boolean looksAtHeads() {
            return false;
        }
    }

    /**
     * A classifier on the model's activations.
     *
     * @param probe its settings
     */
    record Probe(RunProbe probe) implements AnalysisChoice {
        @Override
        public boolean looksAtHeads() {
            return false;
        }
    }

    /**
     * Linear operators for the relations of the run's own task.
     *
     * @param relation their settings
     */
    record Relation(RunRelation relation) implements AnalysisChoice {
        @Override
        public boolean looksAtHeads() {
            return false;
        }
    }

    /**
     * Circuits of the run's own tasks, and how much of them is re-used between tasks.
     *
     * @param tasks prompts by the task's name: {@code {numerals: {series: numerals}, words: {series: number_words}}}
     * @param search how each circuit is looked for
     * @param splits of the prompts in halves, for the ceiling of CSI
     * @param controls random circuits beside every figure
     * @param force whether tasks are let in that the screen refuses
     */
    record Circuits(Map<String, PairSpec> tasks, SearchSpec search, int splits, int controls, boolean force)
            implements AnalysisChoice {
        public Circuits {
            tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
            for (String task : tasks.keySet()) {
                if (!task.matches("[A-Za-z0-9][A-Za-z0-9_]*")) {
                    throw new IllegalArgumentException("tasks: \"" + task
                            + "\" becomes part of metrics and file names: use letters, digits and underscores");
                }
            }
            if (splits < 2 || controls < 10) {
                throw new IllegalArgumentException("splits = " + splits + " and controls = " + controls
                        + "; expected 2 or more splits and 10 or more controls");
            }
        }

        public static Circuits defaults() {
            return new Circuits(Map.of(), SearchSpec.defaults(), 10, 100, false);
        }

        @Override
        public boolean looksAtHeads() {
            return true;
        }
    }

    /**
     * A task's own units taken out, and trained on.
     *
     * @param tasks prompts by the task's name, as of {@code circuits}
     * @param search how each circuit is looked for
     * @param target the task whose circuit is broken
     * @param controls random removals
     * @param steps of training on; none if 0
     * @param lrRatio of training on: the rate's share of the run's
     * @param points of its curve
     * @param mode whether what was taken out may come back, or stays out
     */
    record Breaking(
            Map<String, PairSpec> tasks,
            SearchSpec search,
            String target,
            int controls,
            long steps,
            double lrRatio,
            int points,
            Recovery.Mode mode)
            implements AnalysisChoice {
        public Breaking {
            tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
            if (controls < 1 || steps < 0 || points < 1) {
                throw new IllegalArgumentException("controls = " + controls + ", steps = " + steps + ", points = "
                        + points + "; expected 1 or more controls and points, and 0 steps or more");
            }
            if (!(lrRatio > 0 && Double.isFinite(lrRatio))) {
                throw new IllegalArgumentException("lr_ratio = " + lrRatio + "; expected a positive number");
            }
            if (search.units() != Universe.Kind.NODES && search.units() != Universe.Kind.NEURONS) {
                throw new IllegalArgumentException("units = " + search.units().key()
                        + " cannot be taken out of the weights; write units: nodes, or neurons");
            }
        }

        public static Breaking defaults() {
            return new Breaking(Map.of(), SearchSpec.defaults(), "", 20, 200, 0.1, 10, Recovery.Mode.HELD);
        }

        @Override
        public boolean looksAtHeads() {
            return true;
        }
    }

    /**
     * A circuit's heads redirected to a chosen wrong answer.
     *
     * @param tasks prompts by the task's name, as of {@code circuits}
     * @param search how each circuit is looked for
     * @param target the task whose heads are redirected
     * @param what of the heads comes from the corrupt prompt
     * @param strength of the constant vectors that are added instead
     * @param controls edits of random heads, and in random directions
     */
    record Editing(
            Map<String, PairSpec> tasks,
            SearchSpec search,
            String target,
            DonorEdit.What what,
            double strength,
            int controls)
            implements AnalysisChoice {
        public Editing {
            tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
            if (controls < 1 || !Double.isFinite(strength)) {
                throw new IllegalArgumentException("controls = " + controls + " and strength = " + strength
                        + "; expected 1 or more controls and a finite strength");
            }
        }

        public static Editing defaults() {
            return new Editing(Map.of(), SearchSpec.defaults(), "", DonorEdit.What.OUTPUTS, 1, 20);
        }

        @Override
        public boolean looksAtHeads() {
            return true;
        }
    }

    /**
     * Induction on repeated blocks: which heads do it, and what is lost without them.
     *
     * @param sequences that scores and losses are measured on
     * @param controls draws of as many other heads, of the same layers as far as there are such
     * @param rule by which heads have roles
     */
    record Induction(int sequences, int controls, RoleRule rule) implements AnalysisChoice {
        public Induction {
            if (sequences < 1 || controls < 1) {
                throw new IllegalArgumentException(
                        "sequences = " + sequences + " and controls = " + controls + "; expected 1 or more of both");
            }
        }

        public static Induction defaults() {
            return new Induction(64, 50, RoleRule.defaults());
        }

        @Override
        public boolean looksAtHeads() {
            return true;
        }
    }

    /**
     * Whether the model's upper part, split off in every way there is, does what the whole does.
     *
     * @param layers where it is split; everywhere if empty
     * @param examples prompts, made of unseen examples
     */
    record Split(List<Integer> layers, int examples) implements AnalysisChoice {
        public Split {
            layers = List.copyOf(layers);
            if (examples < 1) {
                throw new IllegalArgumentException("examples = " + examples + "; expected 1 or more");
            }
            if (layers.stream().anyMatch(layer -> layer < 1)) {
                throw new IllegalArgumentException("layers = " + layers + "; expected blocks from 1 on, since block 0"
                        + " and all above is the whole model");
            }
        }

        public static Split defaults() {
            return new Split(List.of(), 2);
        }

        @Override
        public boolean looksAtHeads() {
            return false;
        }
    }
}
