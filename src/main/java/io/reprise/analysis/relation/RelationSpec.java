package io.reprise.analysis.relation;

import java.util.List;
import java.util.Optional;

/**
 * How a relation is measured.
 *
 * @param layers where h may be read, by name as {@link End#parse} takes it; if empty, every place of the stream below
 *     {@code to}
 * @param editLayers where h may be edited; the same as {@code layers} if empty
 * @param to where z is; the last block's output if missing
 * @param betas that the choice is among
 * @param ranks of the pseudo-inverse that the choice is among
 * @param estimator the one whose operator is scored
 * @param baselines estimators beside it, each with its own choice of layer and β; identity and translation are always there
 * @param readRank singular values kept in the operators that read; all if missing
 * @param residual whether that is done to W − I
 * @param train training subjects
 * @param trials splits
 * @param demonstrations shown before a prompt, at most; all other training subjects if missing
 * @param template which of the relation's, from 0
 * @param prefix what prompts begin with, such as {@code <|endoftext|>}; nothing if missing
 * @param match how a token is compared with an object; by the kind of tokenizer if missing
 * @param k recall is told at 1 to k
 * @param maxTests held-out subjects per trial, at most
 * @param testCurves whether held-out recall and efficacy are also told along layers, β and ranks; nothing is chosen by them
 * @param directions singular directions shown in token space
 * @param seed of splits and edit targets
 */
public record RelationSpec(
        List<LayerName> layers,
        List<LayerName> editLayers,
        Optional<String> to,
        List<Double> betas,
        List<Integer> ranks,
        EstimatorKind estimator,
        List<EstimatorKind> baselines,
        Optional<Integer> readRank,
        boolean residual,
        int train,
        int trials,
        Optional<Integer> demonstrations,
        int template,
        Optional<String> prefix,
        Optional<Answers.Match> match,
        int k,
        int maxTests,
        boolean testCurves,
        int directions,
        long seed) {
    public RelationSpec {
        layers = List.copyOf(layers);
        editLayers = List.copyOf(editLayers);
        betas = List.copyOf(betas);
        ranks = List.copyOf(ranks);
        baselines = List.copyOf(baselines);
        require(!betas.isEmpty() && betas.stream().allMatch(Double::isFinite), "betas", betas, "finite numbers");
        require(!ranks.isEmpty() && ranks.stream().allMatch(r -> r > 0), "ranks", ranks, "numbers from 1 on");
        require(train >= 2, "train", train, "2 or more: each is held out in turn to choose layer, β and rank");
        require(trials >= 1, "trials", trials, "1 or more");
        require(demonstrations.orElse(0) >= 0, "demonstrations", demonstrations.orElse(0), "0 or more");
        require(template >= 0, "template", template, "0 or more");
        require(k >= 1, "k", k, "1 or more");
        require(maxTests >= 1, "max_tests", maxTests, "1 or more");
        require(directions >= 0, "directions", directions, "0 or more");
        require(!residual || readRank.isPresent(), "residual", residual, "read_rank beside it");
        new Truncation(readRank, residual);
    }

    /** β around the published 2.25; ranks in rising steps; five training subjects, three trials. */
    public static RelationSpec defaults() {
        return new RelationSpec(
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 3.5, 4.0, 5.0),
                List.of(1, 2, 4, 8, 16, 32, 64, 128, 256),
                EstimatorKind.JACOBIAN_ICL_MEAN,
                List.of(EstimatorKind.LEARNED_LINEAR, EstimatorKind.EMBEDDING, EstimatorKind.CORNER),
                Optional.empty(),
                false,
                5,
                3,
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                3,
                100,
                true,
                8,
                0);
    }

    Truncation truncation() {
        return new Truncation(readRank, residual);
    }

    private static void require(boolean holds, String key, Object given, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(key + " = " + given + "; expected " + expected);
        }
    }
}
