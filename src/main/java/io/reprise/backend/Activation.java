package io.reprise.backend;

/** Pointwise non-linearities, by the names of model configs. */
public enum Activation {
    NONE,
    RELU,
    /** x·Φ(x), with erf: the families' "gelu". */
    GELU,
    /** 0.5x(1 + tanh(√(2/π)(x + 0.044715x³))): "gelu_new". */
    GELU_NEW
}
