package io.reprise.analysis.relation;

import java.io.IOException;
import java.util.Optional;

/** Keeps linearizations of one model, so that a study that was interrupted goes on where it stopped. */
public interface JacobianStore {
    Optional<Linearization> find(SubjectPrompt prompt, Ends ends) throws IOException;

    void put(SubjectPrompt prompt, Ends ends, Linearization linearization) throws IOException;
}
