package io.reprise.train;

/** How the learning rate moves. */
public sealed interface Schedule {
    /**
     * @param base the configured learning rate
     * @param step 1 for the first step
     * @param steps steps of the whole run
     * @param plateau what the plateau rule has seen so far
     */
    double rate(double base, long step, long steps, PlateauState plateau);

    /** The rate stays. */
    record Constant() implements Schedule {
        @Override
        public double rate(double base, long step, long steps, PlateauState plateau) {
            return base;
        }
    }

    /**
     * Linear warm-up, then half a cosine down to {@code final_ratio} of the rate at the last step (Loshchilov and Hutter 2017).
     *
     * @param warmup steps of warm-up
     * @param finalRatio rate at the end over the base rate
     */
    record WarmupCosine(long warmup, double finalRatio) implements Schedule {
        public WarmupCosine {
            if (warmup < 0) {
                throw new IllegalArgumentException("warmup = " + warmup + "; expected 0 or more steps");
            }
            if (!(finalRatio >= 0 && finalRatio <= 1)) {
                throw new IllegalArgumentException("final_ratio = " + finalRatio + "; expected 0..1");
            }
        }

        public static WarmupCosine defaults() {
            return new WarmupCosine(100, 0);
        }

        @Override
        public double rate(double base, long step, long steps, PlateauState plateau) {
            if (step <= warmup) {
                return base * step / warmup;
            }
            double progress = steps <= warmup ? 1 : Math.min(1, (double) (step - warmup) / (steps - warmup));
            return base * (finalRatio + (1 - finalRatio) * 0.5 * (1 + StrictMath.cos(Math.PI * progress)));
        }
    }

    /**
     * Multiplies the rate by {@code factor} when the validation loss has not improved for {@code patience} evaluations.
     *
     * @param patience evaluations without improvement that are tolerated
     * @param factor what the rate is multiplied by
     * @param minRate the rate never goes below
     */
    record Plateau(int patience, double factor, double minRate) implements Schedule {
        public Plateau {
            if (patience < 0) {
                throw new IllegalArgumentException("patience = " + patience + "; expected 0 or more evaluations");
            }
            if (!(factor > 0 && factor < 1)) {
                throw new IllegalArgumentException("factor = " + factor + "; expected between 0 and 1");
            }
            if (!(minRate >= 0)) {
                throw new IllegalArgumentException("min_rate = " + minRate + "; expected 0 or more");
            }
        }

        public static Plateau defaults() {
            return new Plateau(5, 0.5, 1e-6);
        }

        @Override
        public double rate(double base, long step, long steps, PlateauState plateau) {
            return Math.max(Math.min(base, minRate), base * StrictMath.pow(factor, plateau.reductions()));
        }
    }

    /**
     * What the plateau rule remembers between evaluations.
     *
     * @param best lowest validation loss so far
     * @param waited evaluations since
     * @param reductions times that the rate was reduced
     */
    record PlateauState(double best, int waited, int reductions) {
        public static final PlateauState START = new PlateauState(Double.POSITIVE_INFINITY, 0, 0);

        PlateauState after(double loss, int patience) {
            if (loss < best) {
                return new PlateauState(loss, 0, reductions);
            }
            return waited + 1 > patience
                    ? new PlateauState(best, 0, reductions + 1)
                    : new PlateauState(best, waited + 1, reductions);
        }
    }
}
