package io.reprise.analysis.circuit.edges;

import io.reprise.tensor.Tensor;
import java.util.Collections;
import java.util.List;

/**
 * What happens between the residual stream and the components of a {@link WiredPass}. By default nothing: then the pass is the
 * model's own, bit for bit. What a method makes is in the scope of its layer, which ends with the layer.
 */
interface Wires {
    /** Told the embeddings, [rows, d_model]; returns those to go on with. */
    default Tensor embedded(Tensor embedded) {
        return embedded;
    }

    /** What queries, keys and values of each head read: q, k, v of head 0, of head 1, … The same tensor, if the same. */
    default List<Tensor> headInputs(int layer, int count, Tensor stream) {
        return Collections.nCopies(count, stream);
    }

    /** Told a layer's z [rows, heads·d_head]; returns that to go on with. */
    default Tensor z(int layer, Tensor z, BlockParts parts) {
        return z;
    }

    /** What the MLP reads. */
    default Tensor mlpInput(int layer, Tensor stream) {
        return stream;
    }

    /** Told what the MLP writes, [rows, d_model]; returns that to go on with. */
    default Tensor mlpOut(int layer, Tensor out) {
        return out;
    }

    /** What the final norm and the unembedding read. */
    default Tensor logitsInput(Tensor stream) {
        return stream;
    }
}
