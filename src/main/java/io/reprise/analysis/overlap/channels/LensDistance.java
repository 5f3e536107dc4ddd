package io.reprise.analysis.overlap.channels;

/** How far apart two trajectories of one prompt are, on a common grid of relative depths. */
public enum LensDistance {
    /** Mean difference of the answer's probability: 0 to 1. */
    PROBABILITY("lens: probability of the answer") {
        @Override
        double at(LensProfile a, LensProfile b, int prompt, double depth) {
            return Math.abs(a.probability(prompt, depth) - b.probability(prompt, depth));
        }
    },
    /** Mean Jensen-Shannon divergence of what is said over the task's tokens, in bits: 0 to 1 (Lin 1991). */
    JENSEN_SHANNON("lens: distribution over the task's tokens") {
        @Override
        double at(LensProfile a, LensProfile b, int prompt, double depth) {
            return divergence(a.distribution(prompt, depth), b.distribution(prompt, depth));
        }
    };

    /** Steps of the grid from 0 to 1: finer than the rows of models of up to ten layers. */
    private static final int STEPS = 20;

    private final String words;

    LensDistance(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }

    abstract double at(LensProfile a, LensProfile b, int prompt, double depth);

    /** Of every prompt. */
    double[] of(LensProfile a, LensProfile b) {
        if (a.size() != b.size()) {
            throw new IllegalArgumentException("trajectories of " + a.size() + " and of " + b.size()
                    + " prompts; expected those of the same prompts");
        }
        double[] distances = new double[a.size()];
        for (int prompt = 0; prompt < distances.length; prompt++) {
            for (int step = 0; step <= STEPS; step++) {
                distances[prompt] += at(a, b, prompt, (double) step / STEPS) / (STEPS + 1);
            }
        }
        return distances;
    }

    private static double divergence(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double mid = (p[i] + q[i]) / 2;
            sum += term(p[i], mid) / 2 + term(q[i], mid) / 2;
        }
        return Math.max(0, sum / Math.log(2));
    }

    private static double term(double p, double mid) {
        return p == 0 ? 0 : p * Math.log(p / mid);
    }
}
