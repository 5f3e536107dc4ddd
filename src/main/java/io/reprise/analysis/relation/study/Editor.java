package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.State;
import io.reprise.analysis.relation.Svd;
import io.reprise.analysis.relation.Vectors;
import java.util.Locale;
import java.util.Optional;

/** What is put in place of the source subject's h, to make the model answer with the target's object. */
enum Editor {
    /** h + W_r⁺·(z_target − z_source): the operator's own. β has no part in it. */
    OPERATOR {
        @Override
        double[] edit(State source, State target, double[] object, Optional<Svd> svd, int rank) {
            return moved(source, target.z(), svd, rank);
        }
    },
    /** The target's own h: the most that an edit here can reach. */
    ORACLE_H {
        @Override
        double[] edit(State source, State target, double[] object, Optional<Svd> svd, int rank) {
            return target.h();
        }
    },
    /** The target's z. */
    TARGET_Z {
        @Override
        double[] edit(State source, State target, double[] object, Optional<Svd> svd, int rank) {
            return target.z();
        }
    },
    /** The unembedding row of the object's first token, as long as h. */
    OBJECT_EMBEDDING {
        @Override
        double[] edit(State source, State target, double[] object, Optional<Svd> svd, int rank) {
            return Vectors.ofLength(object, Vectors.norm(source.h()), "the object's unembedding row");
        }
    },
    /** As OPERATOR, with that row, as long as z_source, as z_target. */
    OPERATOR_OBJECT_EMBEDDING {
        @Override
        double[] edit(State source, State target, double[] object, Optional<Svd> svd, int rank) {
            return moved(
                    source,
                    Vectors.ofLength(object, Vectors.norm(source.z()), "the object's unembedding row"),
                    svd,
                    rank);
        }
    };

    /**
     * @param source of the prompt that is edited
     * @param target of the subject whose object is wanted
     * @param object unembedding row of that object's first token
     * @param svd of W; without one W is the identity
     * @param rank of its pseudo-inverse
     * @return the new h
     */
    abstract double[] edit(State source, State target, double[] object, Optional<Svd> svd, int rank);

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static double[] moved(State source, double[] z, Optional<Svd> svd, int rank) {
        double[] change = Vectors.plus(z, -1, source.z());
        return Vectors.plus(source.h(), 1, svd.isPresent() ? svd.get().solve(rank, change) : change);
    }
}
