package io.reprise.train;

/**
 * How a batch is cut for the cores. A function of the batch's shape alone, so that results do not depend on threads.
 *
 * @param shards parts with a gradient of their own, run side by side
 * @param sequencesPerChunk sequences that go through the model at once, so that a chunk's activations stay in the cache
 */
record ShardPlan(int shards, int sequencesPerChunk) {
    private static final int ROWS_PER_CHUNK = 384;
    private static final int MOST_SHARDS = 4;

    static ShardPlan of(int batch, int length) {
        return new ShardPlan(Math.min(MOST_SHARDS, batch), Math.max(1, ROWS_PER_CHUNK / length));
    }

    /** First sequence of {@code shard}. */
    int from(int shard, int batch) {
        return (int) ((long) batch * shard / shards);
    }
}
