package io.reprise.analysis.circuit;

import java.util.Locale;

/** Where a head reads, and where it writes. */
public enum Port {
    /** Queries. */
    Q,
    /** Keys. */
    K,
    /** Values. */
    V,
    /** The head's output z, before W_O. */
    Z;

    /** As in names: q, k, v, z. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
