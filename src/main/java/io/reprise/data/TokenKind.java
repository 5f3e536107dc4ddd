package io.reprise.data;

/**
 * What a token is. {@link #VALUE}: one token a member ({@code 12}, {@code twenty-one}). {@link #DIGIT}: the member's written
 * parts, each member closed by the separator {@code ,} ({@code 1 2 ,}, {@code twenty one ,}), so that where a number ends is
 * itself predicted.
 */
public enum TokenKind {
    VALUE,
    DIGIT
}
