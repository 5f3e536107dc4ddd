/**
 * Series, tasks, splits and what can be known about them: {@link io.reprise.data.TaskSpec} and {@link
 * io.reprise.data.SplitSpec} go into {@link io.reprise.data.DatasetBuilder}, a {@link io.reprise.data.Dataset} comes out.
 *
 * <p>What is decided here, and why:
 *
 * <ul>
 *   <li><b>Membership is a keyed hash</b> of content (SHA-256 of split seed and unit, example or step), compared with the shares.
 *       It asks nobody which other sequences exist, so two generators can't share one. The price: shares are met on average,
 *       and a small task may leave a split empty, which is refused.
 *   <li><b>A sequence that several units generate</b> (2 4 is +2 and ×2) goes to training if one of its units does; what a hold-out
 *       pattern matches goes to held_out and nowhere else. Permuting a series leaves its units, and so its splits, as they are.
 *   <li><b>The generating distribution</b> takes a component by its weight (1 if not given), then a start (and second member) and a
 *       length, all equally likely among those with room. Training follows it: examples have weights, which {@link
 *       io.reprise.data.BatchCursor} honours.
 *   <li><b>A sequence that ends, ends.</b> There is no end token unless asked for; after the last token there is no target, and
 *       every probability of a next token is given that there is one. An end token is a target of the loss but never scored:
 *       at fixed length it would be a free point.
 *   <li><b>Determined</b> means one possible next token over all that the task can generate, held-out and unused parts included.
 *   <li><b>A step</b> is from member to member, also when members have several tokens: digits follow digits everywhere.
 *   <li><b>Shipped series</b> are read from the folder that the caller names (the launcher knows the repository); there is no
 *       second place to look, so a wrong folder is an error that lists what was found.
 * </ul>
 */
package io.reprise.data;
