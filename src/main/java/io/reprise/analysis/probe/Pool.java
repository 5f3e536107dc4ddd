package io.reprise.analysis.probe;

/** How the vectors of a sequence's positions become one. Positions after a sequence's end never take part. */
public sealed interface Pool {
    /**
     * @param values [position, width] from {@code from} on, {@code length} positions of them in the sequence
     * @param out receives {@code width} numbers from {@code to} on
     * @throws IllegalArgumentException if the sequence has no such position
     */
    void pool(double[] values, int from, int length, int width, double[] out, int to);

    /**
     * The pullback of {@link #pool}: adds what each position contributes.
     *
     * @param cotangent {@code width} numbers from {@code at} on
     * @param into [position, width] from {@code from} on
     */
    void pullback(double[] values, int from, int length, int width, double[] cotangent, int at, double[] into);

    /** As in YAML: mean, last, max, position 3. */
    String label();

    /** The arithmetic mean over positions. */
    record Mean() implements Pool {
        @Override
        public void pool(double[] values, int from, int length, int width, double[] out, int to) {
            for (int feature = 0; feature < width; feature++) {
                double sum = 0;
                for (int position = 0; position < length; position++) {
                    sum += values[from + position * width + feature];
                }
                out[to + feature] = sum / length;
            }
        }

        @Override
        public void pullback(
                double[] values, int from, int length, int width, double[] cotangent, int at, double[] into) {
            for (int position = 0; position < length; position++) {
                for (int feature = 0; feature < width; feature++) {
                    into[from + position * width + feature] += cotangent[at + feature] / length;
                }
            }
        }

        @Override
        public String label() {
            return "mean";
        }
    }

    /** The last position: the one that has seen the whole sequence. */
    record Last() implements Pool {
        @Override
        public void pool(double[] values, int from, int length, int width, double[] out, int to) {
            System.arraycopy(values, from + (length - 1) * width, out, to, width);
        }

        @Override
        public void pullback(
                double[] values, int from, int length, int width, double[] cotangent, int at, double[] into) {
            add(cotangent, at, into, from + (length - 1) * width, width);
        }

        @Override
        public String label() {
            return "last";
        }
    }

    /** The largest value of each feature; the first such position, if several share it, has the derivative. */
    record Max() implements Pool {
        @Override
        public void pool(double[] values, int from, int length, int width, double[] out, int to) {
            for (int feature = 0; feature < width; feature++) {
                out[to + feature] = values[from + largest(values, from, length, width, feature) * width + feature];
            }
        }

        @Override
        public void pullback(
                double[] values, int from, int length, int width, double[] cotangent, int at, double[] into) {
            for (int feature = 0; feature < width; feature++) {
                into[from + largest(values, from, length, width, feature) * width + feature] += cotangent[at + feature];
            }
        }

        private static int largest(double[] values, int from, int length, int width, int feature) {
            int largest = 0;
            for (int position = 1; position < length; position++) {
                if (values[from + position * width + feature] > values[from + largest * width + feature]) {
                    largest = position;
                }
            }
            return largest;
        }

        @Override
        public String label() {
            return "max";
        }
    }

    /**
     * One position.
     *
     * @param position from 0; from the end if negative, -1 the last
     */
    record Position(int position) implements Pool {
        /** The index in a sequence of {@code length} positions. */
        int in(int length) {
            int index = position < 0 ? length + position : position;
            if (index < 0 || index >= length) {
                throw new IllegalArgumentException("pool position " + position + " is outside a sequence of " + length
                        + " tokens; choose one that every example has");
            }
            return index;
        }

        @Override
        public void pool(double[] values, int from, int length, int width, double[] out, int to) {
            System.arraycopy(values, from + in(length) * width, out, to, width);
        }

        @Override
        public void pullback(
                double[] values, int from, int length, int width, double[] cotangent, int at, double[] into) {
            add(cotangent, at, into, from + in(length) * width, width);
        }

        @Override
        public String label() {
            return "position " + position;
        }
    }

    /**
     * Reads mean, last, max, or the number of a position.
     *
     * @throws IllegalArgumentException naming the ways
     */
    static Pool parse(String text) {
        return switch (text) {
            case "mean" -> new Mean();
            case "last" -> new Last();
            case "max" -> new Max();
            default -> {
                if (!text.matches("-?\\d{1,9}")) {
                    throw new IllegalArgumentException("pool \"" + text
                            + "\" is unknown; choose mean, last, max, or a position (0 the first, -1 the last)");
                }
                yield new Position(Integer.parseInt(text));
            }
        };
    }

    private static void add(double[] cotangent, int at, double[] into, int to, int width) {
        for (int feature = 0; feature < width; feature++) {
            into[to + feature] += cotangent[at + feature];
        }
    }
}
