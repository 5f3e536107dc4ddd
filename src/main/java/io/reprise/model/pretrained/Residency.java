package io.reprise.model.pretrained;

import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;

/** How many of a model's weights are in memory at a time. The numbers that come out are the same, bit for bit. */
public enum Residency {
    /** Each weight is read once, when it is first asked for, and stays. */
    ALL,
    /** One layer at a time, the unembedding in blocks of rows, the embedding by row; read again for every pass. */
    ONE_LAYER;

    /** Bytes of float32 weights that are there at the same time, at most. */
    public long bytes(ModelConfig config) {
        return bytes(config, 0);
    }

    /**
     * As above, of the part of a model that starts at a block.
     *
     * @param firstLayer from 0, which is the whole model
     */
    public long bytes(ModelConfig config, int firstLayer) {
        long blocks = 0;
        long layer = 0;
        long rest = 0;
        for (var parameter : Parameters.shapes(config).entrySet()) {
            long bytes = 4L * parameter.getValue().size();
            String name = parameter.getKey();
            if (name.startsWith("blocks.")) {
                layer += name.startsWith("blocks.0.") ? bytes : 0; // all blocks are equal
                blocks += name.startsWith("blocks.0.") ? (config.nLayers() - firstLayer) * bytes : 0;
            } else if (firstLayer == 0 || !isInput(name, config)) {
                rest += bytes;
            }
        }
        long unembedding = 4L * StreamedUnembedding.rows(config.dVocab(), config.dModel()) * config.dModel();
        return this == ALL ? blocks + rest : layer + unembedding;
    }

    private static boolean isInput(String name, ModelConfig config) {
        return name.equals(Parameters.POS_EMBED) || (name.equals(Parameters.EMBED) && !config.tiedUnembed());
    }
}
