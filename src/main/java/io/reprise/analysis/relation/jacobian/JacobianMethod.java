package io.reprise.analysis.relation.jacobian;

/** How a Jacobian is computed. All give the same matrix, up to rounding. */
public enum JacobianMethod {
    /** Columns: tangents enter at the subject and go up a layer at a time, through the positions that can see them. */
    PUSHFORWARD,
    /** Rows: cotangents enter at the prompt's end and go down, in batches. */
    PULLBACK,
    /** Rows, one at a time through whole blocks at all positions, as the estimator was first published: the check. */
    ROWS
}
