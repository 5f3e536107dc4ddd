package io.reprise.run;

import java.util.List;

/**
 * What the model does with one test sequence.
 *
 * @param prompt tokens shown
 * @param target the right next token
 * @param determined whether only one next token is possible
 * @param guesses most probable first
 */
public record SampleContinuation(List<String> prompt, String target, boolean determined, List<Guess> guesses) {
    public SampleContinuation {
        prompt = List.copyOf(prompt);
        guesses = List.copyOf(guesses);
    }

    public record Guess(String token, double probability) {}
}
