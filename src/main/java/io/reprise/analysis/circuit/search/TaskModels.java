package io.reprise.analysis.circuit.search;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.edges.EdgeModel;
import io.reprise.analysis.circuit.nodes.ChannelModel;
import io.reprise.analysis.circuit.nodes.NeuronModel;
import io.reprise.analysis.circuit.nodes.NodeModel;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;

/** The engine for each kind of units. */
public final class TaskModels {
    private TaskModels() {}

    /** Give it back with {@link #close}. */
    public static TaskModel of(
            Transformer model, PairSet pairs, Universe.Kind units, Metric metric, Ablation ablation) {
        return switch (units) {
            case NODES -> new NodeModel(model, pairs, metric, ablation);
            case NEURONS -> new NeuronModel(model, pairs, metric, ablation);
            case CHANNELS -> new ChannelModel(model, pairs, metric, ablation);
            case EDGES -> new EdgeModel(model, pairs, metric, ablation);
        };
    }

    /** Gives back what an engine holds, if it holds anything. */
    public static void close(TaskModel model) {
        if (model instanceof EdgeModel edges) {
            edges.close();
        }
    }
}
