package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Map;

/** Reads the values that have no structure. Each method throws IllegalArgumentException saying what was expected. */
final class Scalars {
    private static final Map<Class<?>, String> EXPECTED = Map.of(
            int.class, "a whole number",
            Integer.class, "a whole number",
            long.class, "a whole number",
            Long.class, "a whole number",
            double.class, "a number",
            Double.class, "a number",
            boolean.class, "true or false",
            Boolean.class, "true or false",
            String.class, "text",
            Path.class, "a path");

    private Scalars() {}

    static boolean handles(Class<?> type) {
        return EXPECTED.containsKey(type);
    }

    static String expected(Class<?> type) {
        return EXPECTED.get(type);
    }

    static Object read(Class<?> type, JsonNode node) {
        if (type == int.class || type == Integer.class) {
            return (int) whole(node, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return whole(node, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return real(node);
        }
        if (type == boolean.class || type == Boolean.class) {
            if (!node.isBoolean()) {
                throw wrong(type, node, "");
            }
            return node.booleanValue();
        }
        if (!node.isTextual()) {
            var hint = node.isValueNode() && !node.isNull() ? "; put it in quotes: \"" + node.asText() + "\"" : "";
            throw wrong(type, node, hint);
        }
        return type == Path.class ? Path.of(node.textValue()) : node.textValue();
    }

    /** 4000, and 4e3 too; 4000.5 isn't whole. */
    private static long whole(JsonNode node, long least, long most) {
        if (!node.isNumber() || notFinite(node)) {
            throw wrong(long.class, node, "");
        }
        BigDecimal exact = node.decimalValue();
        // the precision check keeps 1e999999999 from being written out digit by digit
        boolean hugeExponent = exact.precision() - (long) exact.scale() > 20;
        if (!hugeExponent && exact.stripTrailingZeros().scale() > 0) {
            throw wrong(long.class, node, "");
        }
        if (hugeExponent
                || exact.compareTo(BigDecimal.valueOf(least)) < 0
                || exact.compareTo(BigDecimal.valueOf(most)) > 0) {
            throw new IllegalArgumentException(
                    "expected a whole number from " + least + " to " + most + ", got " + node.asText());
        }
        return exact.longValue();
    }

    private static double real(JsonNode node) {
        if (!node.isNumber()) {
            throw wrong(double.class, node, "");
        }
        double value = node.doubleValue();
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("expected a finite number, got " + node.asText());
        }
        return value;
    }

    private static boolean notFinite(JsonNode node) {
        return (node.isDouble() || node.isFloat()) && !Double.isFinite(node.doubleValue());
    }

    private static IllegalArgumentException wrong(Class<?> type, JsonNode node, String hint) {
        return new IllegalArgumentException("expected " + expected(type) + ", got " + Words.given(node) + hint);
    }
}
