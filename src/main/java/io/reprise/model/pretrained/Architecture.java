package io.reprise.model.pretrained;

import io.reprise.model.ModelConfig;

/**
 * What a family reads from a config.
 *
 * @param dimensions the config's file and its numbers that shapes follow from, in its own words
 */
record Architecture(ModelConfig config, WeightTable table, String dimensions) {}
