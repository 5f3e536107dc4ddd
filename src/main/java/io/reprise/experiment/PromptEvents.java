package io.reprise.experiment;

/** Hears how work on a list of prompts gets on. */
public interface PromptEvents {
    /** Something the reader should know. */
    void note(String note);

    void at(int done, int prompts);
}
