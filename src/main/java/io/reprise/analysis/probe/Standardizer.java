package io.reprise.analysis.probe;

/** Shifts and scales each feature to mean 0 and standard deviation 1 over the training examples (divisor n). */
final class Standardizer {
    /** A feature whose spread is below this share of its size is a constant with rounding noise, and isn't blown up. */
    private static final double CONSTANT = 1e-6;

    private final float[] mean;
    private final float[] scale;

    /** @param scale what a centred feature is divided by; neither array is copied */
    Standardizer(float[] mean, float[] scale) {
        this.mean = mean;
        this.scale = scale;
    }

    /** Statistics of {@code training}, rounded to float32, as they are stored. */
    static Standardizer of(Matrix training) {
        int width = training.columns();
        float[] mean = new float[width];
        float[] scale = new float[width];
        for (int feature = 0; feature < width; feature++) {
            double sum = 0;
            for (int row = 0; row < training.rows(); row++) {
                sum += training.at(row, feature);
            }
            double centre = sum / training.rows();
            double squares = 0;
            for (int row = 0; row < training.rows(); row++) {
                double off = training.at(row, feature) - centre;
                squares += off * off;
            }
            double deviation = Math.sqrt(squares / training.rows());
            mean[feature] = (float) centre;
            scale[feature] = deviation > CONSTANT * Math.abs(centre) && (float) deviation > 0 ? (float) deviation : 1;
        }
        return new Standardizer(mean, scale);
    }

    int width() {
        return mean.length;
    }

    /** Not copied. */
    float[] mean() {
        return mean;
    }

    /** Not copied. */
    float[] scale() {
        return scale;
    }

    Matrix apply(Matrix features) {
        Matrix out = Matrix.zeros(features.rows(), features.columns());
        for (int i = 0; i < out.data().length; i++) {
            int feature = i % mean.length;
            out.data()[i] = (features.data()[i] - mean[feature]) / scale[feature];
        }
        return out;
    }

    /** The pullback of {@link #apply}, in place. */
    void pullback(Matrix cotangent) {
        for (int i = 0; i < cotangent.data().length; i++) {
            cotangent.data()[i] /= scale[i % scale.length];
        }
    }
}
