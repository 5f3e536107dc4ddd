package io.reprise.backend.nd4j;

import io.reprise.backend.Attention;
import io.reprise.backend.Derivative;
import io.reprise.backend.Gradients;
import io.reprise.backend.Span;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;

/** A block at a point without rows (the library's operations take no empty arrays). */
final class NoRows implements Attention {
    private final Memory memory;
    private final Arguments arguments;
    private final int in;
    private final int out;
    private final Shape pattern;
    private final Nd4jTensor value;

    NoRows(Memory memory, Arguments arguments, int in, int out) {
        this(memory, arguments, in, out, Shape.of(0));
    }

    NoRows(Memory memory, Arguments arguments, int in, int out, Shape pattern) {
        this.memory = memory;
        this.arguments = arguments;
        this.in = in;
        this.out = out;
        this.pattern = pattern;
        this.value = memory.make(0, out);
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        arguments.ofShape("tangents", tangents, 0, in);
        return memory.make(0, out);
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        arguments.ofShape("cotangents", cotangents, 0, out);
        return memory.make(0, in);
    }

    @Override
    public Derivative between(Span from, Span to) {
        return new Derivative() {
            @Override
            public Tensor pushforward(Tensor tangents) {
                return NoRows.this.pushforward(tangents);
            }

            @Override
            public Tensor pullback(Tensor cotangents) {
                return NoRows.this.pullback(cotangents, Gradients.NONE);
            }
        };
    }

    @Override
    public Tensor pattern() {
        return memory.make(pattern);
    }

    @Override
    public Tensor scores() {
        return pattern();
    }
}
