package io.reprise.analysis.relation.study;

/** Is told how far a study is. */
@FunctionalInterface
public interface RelationProgress {
    RelationProgress NONE = (done, total, step) -> {};

    /**
     * @param done steps finished
     * @param total steps in all
     * @param step what comes next, in words
     */
    void at(int done, int total, String step);
}
