package io.reprise.model;

import io.reprise.tensor.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Captured values by site, on the host, in the order in which the forward pass reached them. */
public final class Activations {
    private final Map<Site, Value> bySite = new LinkedHashMap<>();

    /** One site's numbers, row-major. */
    public static final class Value {
        private final Shape shape;
        private final double[] data;

        Value(Shape shape, double[] data) {
            this.shape = shape;
            this.data = data;
        }

        /**
         * A value from elsewhere, to resume from.
         *
         * @param data row-major, not copied
         * @throws IllegalArgumentException if they are not as many as the shape has
         */
        public static Value of(Shape shape, double[] data) {
            if (data.length != shape.size()) {
                throw new IllegalArgumentException(
                        data.length + " numbers given, expected " + shape.size() + " for " + shape);
            }
            return new Value(shape, data);
        }

        public Shape shape() {
            return shape;
        }

        /** Not copied. */
        public double[] data() {
            return data;
        }

        /**
         * The element at these indices, one per axis.
         *
         * @throws IllegalArgumentException if there is no such element
         */
        public double at(int... index) {
            if (index.length != shape.rank()) {
                throw missing(index);
            }
            int flat = 0;
            for (int axis = 0; axis < index.length; axis++) {
                if (index[axis] < 0 || index[axis] >= shape.dim(axis)) {
                    throw missing(index);
                }
                flat = flat * shape.dim(axis) + index[axis];
            }
            return data[flat];
        }

        private IllegalArgumentException missing(int[] index) {
            return new IllegalArgumentException("a value of shape " + shape + " has no element "
                    + Arrays.toString(index) + "; expected one index per axis, below its extent");
        }
    }

    void put(Site site, Shape shape, double[] data) {
        bySite.put(site, new Value(shape, data));
    }

    public Set<Site> sites() {
        return Collections.unmodifiableSet(bySite.keySet());
    }

    public Value get(Site site) {
        Value value = bySite.get(site);
        if (value == null) {
            throw new IllegalArgumentException("site " + site + " was not captured; captured: " + bySite.keySet());
        }
        return value;
    }
}
