package io.reprise.analysis.overlap.transport;

import java.util.Locale;

/** How one model's residual stream is mapped to another's. */
public enum MapMethod {
    /** Any linear map; least squares with a penalty on its entries (Hoerl and Kennard 1970), chosen by held-out error. */
    RIDGE,
    /** A rotation with one scale: orthogonal Procrustes (Schönemann 1966). Into fewer dimensions it is a projection. */
    PROCRUSTES;

    /** As in YAML and JSON. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
