/**
 * Tensors in files: safetensors, single and sharded. Opens a file, checks it whole against its format's rules, and reads by
 * position what is asked for. Knows files, not architectures.
 */
package io.reprise.weights;
