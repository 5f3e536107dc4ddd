package io.reprise.run;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** How numbers are spelt in the repeatable files. */
final class Numbers {
    private Numbers() {}

    /**
     * A short decimal that reads back as exactly {@code value}; the same text on every JDK (Double.toString changed in 19).
     * Fifteen digits recover every decimal that has at most fifteen, seventeen recover every double (IEEE 754-2008, 5.12.2). JSON
     * has no word for the others: NaN, Infinity and -Infinity are strings.
     */
    static String format(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return '"' + Double.toString(value) + '"';
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 15; ; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value || digits == 17) {
                return spell(rounded.stripTrailingZeros());
            }
        }
    }

    private static String spell(BigDecimal value) {
        int exponent = value.precision() - value.scale() - 1;
        if (exponent >= -5 && exponent < 16) {
            String plain = value.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = value.unscaledValue().abs().toString();
        String fraction = digits.length() > 1 ? digits.substring(1) : "0";
        return (value.signum() < 0 ? "-" : "") + digits.charAt(0) + "." + fraction + "e" + exponent;
    }
}
