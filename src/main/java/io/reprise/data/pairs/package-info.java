/**
 * Makes clean and corrupt prompts ({@link io.reprise.data.PairSet}): of a toy's data set ({@link io.reprise.data.pairs.ToyPairs}),
 * from templates for pretrained models, and from files.
 *
 * <p>Roles. Members are {@code x1}, {@code x2}, … by their number in the prompt; written in parts they are {@code x1.d1}, {@code
 * x1.d2}, …, and what is already given of the answer goes on counting. {@code start} opens a sequence, {@code sep} closes a member;
 * where the last position is such a separator, it is {@code end}, since it is read for the answer. The last position has no other
 * name of its own: it is the last of {@link io.reprise.data.PairSet.Group#roles()}.
 */
package io.reprise.data.pairs;
