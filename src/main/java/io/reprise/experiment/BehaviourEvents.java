package io.reprise.experiment;

/** What is told while models answer questions. */
public interface BehaviourEvents {
    /** A model is opened, and will be asked so many questions. */
    void onModel(String name, String words, int questions);

    void onAnswered(int done);

    void onNote(String note);
}
