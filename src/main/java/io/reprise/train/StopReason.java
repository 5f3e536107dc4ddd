package io.reprise.train;

/** Why training ended. */
public enum StopReason {
    STEPS("all steps done"),
    ACCURACY("validation accuracy reached"),
    PATIENCE("validation loss stopped improving"),
    NOT_FINITE("the loss is not finite");

    private final String words;

    StopReason(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
