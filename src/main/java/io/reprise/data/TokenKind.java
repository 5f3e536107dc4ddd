package io.reprise.data;

/**
 * What a token is. {@link #VALUE}: one token a member ({@code 12}, {@code twenty-one}). {@link #DIGIT}: the member's written
 * parts, each member closed by the separator {@code ,} ({@code 1 2 ,}, {@code twenty one ,}), so that where a number ends is
 * itself predicted. {@link #SEPARATED}: one token a member, closed by the separator ({@code 12 ,}), so that the last two tokens
 * show one member only and no table of two tokens sees a step; the separators are never scored.
 */
public enum TokenKind {
    VALUE,
    DIGIT,
    SEPARATED
}
