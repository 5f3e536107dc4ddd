package io.reprise.backend;

/** How a linear map's weight is stored. */
public enum Layout {
    /** [in, out]: y = x·W (GPT-2's Conv1D, TransformerLens's W_U). */
    IN_OUT,
    /** [out, in]: y = x·Wᵀ (torch's Linear, embedding tables used as unembeddings). */
    OUT_IN
}
