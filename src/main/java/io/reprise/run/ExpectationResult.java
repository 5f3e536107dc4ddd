package io.reprise.run;

/**
 * An {@code expect:} line after the run.
 *
 * @param metric for example test/determined_accuracy
 * @param expected in words: at least 0.98 | at most 0.1 | between 0.35 and 0.65
 * @param measured value, NaN if the run has no such metric
 * @param met whether it holds
 * @param control control metric's value beside it in words, empty if none was named
 */
public record ExpectationResult(String metric, String expected, double measured, boolean met, String control) {}
