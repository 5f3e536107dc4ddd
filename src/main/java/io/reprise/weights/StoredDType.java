package io.reprise.weights;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Element types of a safetensors file that are read here; the constants' names are the format's. Little-endian all. */
public enum StoredDType {
    F64(8),
    F32(4),
    /** IEEE binary16. */
    F16(2),
    /** The upper half of a binary32. */
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    StoredDType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloatingPoint() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    static Optional<StoredDType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(StoredDType::name).collect(Collectors.joining(", "));
    }
}
