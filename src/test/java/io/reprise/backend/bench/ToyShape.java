package io.reprise.backend.bench;

/** The sizes of a one-layer transformer and its batch; d_mlp 0 means attention only. */
record ToyShape(String name, int dModel, int heads, int dMlp, int vocab, int length, int batch) {
    static final ToyShape DEFAULT = new ToyShape("default", 64, 4, 256, 64, 12, 64);
    static final ToyShape SMALL = new ToyShape("small", 32, 2, 0, 32, 8, 32);
    static final ToyShape LARGE = new ToyShape("large", 128, 4, 512, 64, 12, 512);

    static ToyShape parse(String name) {
        return switch (name) {
            case "default" -> DEFAULT;
            case "small" -> SMALL;
            case "large" -> LARGE;
            default ->
                throw new IllegalArgumentException("shape " + name + " is unknown; choose default, small or large");
        };
    }
}
