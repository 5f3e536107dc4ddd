package io.reprise.analysis.probe;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** A head as a DL4J network, in float64: it does the fitting and gives the gradients. Stays on the thread that made
 * it. */
final class HeadNetwork implements AutoCloseable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final int in;
    private final int hidden;
    private final int out;
    private final MultiLayerNetwork network;
    private final Random random = Nd4j.getRandom();
    private final long root;
    private final long node;

    /**
     * Gradients of the mean loss.
     *
     * @param head as the head's weights, without L2
     * @param input [rows, in]
     */
    record Gradients(DenseHead head, Matrix input) {}

    HeadNetwork(DenseHead start, double lr, double l2) {
        this.in = start.in();
        this.hidden = start.hidden();
        this.out = start.out();
        // Making a network seeds this thread's generator, even if nothing is drawn for it; close() puts it back.
        this.root = random.rootState();
        this.node = random.nodeState();
        this.network = new MultiLayerNetwork(configuration(lr, l2));
        network.init(parameters(start), false);
    }

    private MultiLayerConfiguration configuration(double lr, double l2) {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .seed(0) // draws nothing: the weights are given, and there is no dropout
                .dataType(DataType.DOUBLE)
                .updater(new Adam(lr, BETA1, BETA2, EPSILON))
                .l2(l2)
                .list();
        if (hidden > 0) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(in)
                    .nOut(hidden)
                    .activation(Activation.RELU)
                    .build());
        }
        return layers.layer(new OutputLayer.Builder(new LossMCXENT())
                        .nIn(hidden > 0 ? hidden : in)
                        .nOut(out)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
    }

    /** One step of Adam on the mean loss of these rows. */
    void step(Matrix features, int[] labels) {
        network.fit(array(features), oneHot(labels));
    }

    /** Replaces the weights; Adam's moments stay. */
    void set(DenseHead head) {
        network.setParams(parameters(head));
    }

    /** The weights, rounded to float32. */
    DenseHead head() {
        return unpacked(network.params().toDoubleVector(), 1);
    }

    Gradients gradients(Matrix features, int[] labels) {
        Pair<Gradient, INDArray> both = network.calculateGradients(array(features), oneHot(labels), null, null);
        // DL4J sums over rows and divides by their number only in its updater
        double mean = 1.0 / features.rows();
        double[] input = both.getSecond().dup('c').data().asDouble();
        for (int i = 0; i < input.length; i++) {
            input[i] *= mean;
        }
        double[] weights = both.getFirst().gradient().dup().data().asDouble();
        return new Gradients(unpacked(weights, mean), new Matrix(features.rows(), in, input));
    }

    /** DL4J's own mean loss, L2 included. */
    double loss(Matrix features, int[] labels) {
        return network.score(new DataSet(array(features), oneHot(labels)));
    }

    /** DL4J keeps each matrix column by column, then its bias, layer after layer. */
    private static INDArray parameters(DenseHead head) {
        int count = 0;
        for (int i = 0; i < head.count(); i++) {
            count += head.weight(i).length;
        }
        double[] flat = new double[count];
        int at = 0;
        for (int i = 0; i < head.count(); i += 2) {
            float[] weight = head.weight(i);
            int columns = head.weight(i + 1).length;
            int rows = weight.length / columns;
            for (int column = 0; column < columns; column++) {
                for (int row = 0; row < rows; row++) {
                    flat[at++] = weight[row * columns + column];
                }
            }
            for (float bias : head.weight(i + 1)) {
                flat[at++] = bias;
            }
        }
        return Nd4j.createFromArray(flat).reshape(1, count);
    }

    private DenseHead unpacked(double[] flat, double factor) {
        int layers = hidden > 0 ? 2 : 1;
        float[][] weights = new float[2 * layers][];
        int at = 0;
        for (int layer = 0; layer < layers; layer++) {
            int rows = layer == 0 ? in : hidden;
            int columns = layer == layers - 1 ? out : hidden;
            float[] weight = new float[rows * columns];
            for (int column = 0; column < columns; column++) {
                for (int row = 0; row < rows; row++) {
                    weight[row * columns + column] = (float) (factor * flat[at++]);
                }
            }
            float[] bias = new float[columns];
            for (int column = 0; column < columns; column++) {
                bias[column] = (float) (factor * flat[at++]);
            }
            weights[2 * layer] = weight;
            weights[2 * layer + 1] = bias;
        }
        return DenseHead.of(in, hidden, out, weights);
    }

    private INDArray array(Matrix features) {
        return Nd4j.createFromArray(features.data()).reshape(features.rows(), in);
    }

    private INDArray oneHot(int[] labels) {
        double[] ones = new double[labels.length * out];
        for (int row = 0; row < labels.length; row++) {
            ones[row * out + labels[row]] = 1;
        }
        return Nd4j.createFromArray(ones).reshape(labels.length, out);
    }

    @Override
    public void close() {
        network.close();
        random.setStates(root, node);
    }
}
