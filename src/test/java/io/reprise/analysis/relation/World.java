package io.reprise.analysis.relation;

import io.reprise.backend.Activation;
import io.reprise.data.Relation;
import io.reprise.model.ModelConfig;
import io.reprise.tensor.Rng;
import io.reprise.text.Vocabulary;
import io.reprise.text.VocabularyTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A model whose z(h) is known: subject i has embedding e_i, layer l holds (l + 2)·e_i, and z = f(e_i); the unembedding row of object
 * j is f's target of subject j, so that the model decodes subject i to object i. Words: {@code s0 … o0 … is}.
 */
public class World implements SubjectModel {
    public static final String TEMPLATE = "{} is";

    public final int size;
    public final VocabularyTokenizer tokenizer;
    public final RealMatrix truth;
    public final double[] offset;
    public int jacobians;
    private final double[][] embedding;
    private final double[][] unembedding;
    private final ModelConfig config;

    /** @param size subjects, objects and d_model; the embeddings are orthogonal */
    public World(int size, long seed, double offsetLength) {
        this(size, size, seed, offsetLength, false);
    }

    /**
     * @param size subjects and objects
     * @param width d_model; with more subjects than that, embeddings are unit vectors at random
     * @param same whether f is e + offset
     */
    public World(int size, int width, long seed, double offsetLength, boolean same) {
        this.size = size;
        List<String> words = new ArrayList<>();
        IntStream.range(0, size).forEach(i -> words.add("s" + i));
        IntStream.range(0, size).forEach(i -> words.add("o" + i));
        words.add("is");
        tokenizer = new VocabularyTokenizer(Vocabulary.of(words));
        Rng rng = Rng.of(seed);
        RealMatrix basis = orthogonal(width, rng);
        RealMatrix turn = orthogonal(width, rng);
        truth = same ? MatrixUtils.createRealIdentityMatrix(width) : turn;
        offset = new double[width];
        offset[0] = offsetLength;
        embedding = new double[words.size()][width];
        unembedding = new double[words.size()][width];
        for (int i = 0; i < size; i++) {
            embedding[i] = size <= width
                    ? basis.getColumn(i)
                    : Vectors.ofLength(SvdTest.random(1, width, rng).getRow(0), 1, "row");
            embedding[size + i] = SvdTest.random(1, width, rng).getRow(0);
            unembedding[size + i] = Vectors.plus(z(embedding[i]), -1, offset);
        }
        config = ModelConfig.toy(
                3,
                width,
                1,
                width,
                0,
                words.size(),
                64,
                Activation.RELU,
                ModelConfig.Normalization.NONE,
                ModelConfig.Positions.LEARNED,
                false);
    }

    private static RealMatrix orthogonal(int size, Rng rng) {
        return new QRDecomposition(SvdTest.random(size, size, rng)).getQ();
    }

    /** Subject i has object i. */
    public Relation relation() {
        return relation(IntStream.range(0, size).mapToObj(i -> sample(i, i)).toList());
    }

    public static Relation.Sample sample(int subject, int object) {
        return new Relation.Sample("s" + subject, "o" + object);
    }

    public static Relation relation(List<Relation.Sample> samples) {
        return new Relation(
                "toy",
                List.of(TEMPLATE),
                List.of(TEMPLATE),
                new Relation.Properties("toy", "subject", "object", false),
                samples);
    }

    /** f at an embedding. */
    protected double[] z(double[] e) {
        return Vectors.plus(truth.operate(e), 1, offset);
    }

    /** f's derivative there. */
    protected RealMatrix derivative(double[] e) {
        return truth;
    }

    public static double scale(End from) {
        return from.kind() == End.Kind.EMBED ? 1 : from.blocks() + 1;
    }

    private double[] e(SubjectPrompt prompt) {
        return embedding[prompt.tokens()[prompt.subject()]];
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public List<State> states(List<SubjectPrompt> prompts, Ends ends) {
        return prompts.stream()
                .map(prompt -> new State(Vectors.scaled(e(prompt), scale(ends.from())), z(e(prompt))))
                .toList();
    }

    @Override
    public Linearization linearize(SubjectPrompt prompt, Ends ends) {
        jacobians++;
        return new Linearization(
                states(List.of(prompt), ends).get(0), derivative(e(prompt)).scalarMultiply(1 / scale(ends.from())));
    }

    @Override
    public double[][] decode(double[][] states, End to) {
        double[][] logits = new double[states.length][unembedding.length];
        for (int i = 0; i < states.length; i++) {
            logits[i] = MatrixUtils.createRealMatrix(unembedding).operate(Vectors.plus(states[i], -1, offset));
        }
        return logits;
    }

    @Override
    public double[][] next(List<SubjectPrompt> prompts) {
        return decode(
                prompts.stream().map(prompt -> z(e(prompt))).toArray(double[][]::new), End.after(config.nLayers() - 1));
    }

    @Override
    public double[] nextWith(SubjectPrompt prompt, End from, double[] h) {
        return decode(new double[][] {z(Vectors.scaled(h, 1 / scale(from)))}, End.after(config.nLayers() - 1))[0];
    }

    @Override
    public double[][] unembedding(int... tokens) {
        return IntStream.of(tokens).mapToObj(token -> unembedding[token]).toArray(double[][]::new);
    }

    @Override
    public double[][] embedding(int... tokens) {
        return IntStream.of(tokens).mapToObj(token -> embedding[token]).toArray(double[][]::new);
    }
}
