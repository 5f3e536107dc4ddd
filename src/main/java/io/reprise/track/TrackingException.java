package io.reprise.track;

/** Something could not be published; the message is one clause for people, without credentials. */
public final class TrackingException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean temporary;

    private TrackingException(String message, boolean temporary, Throwable cause) {
        super(message, cause);
        this.temporary = temporary;
    }

    /** Trying again may help: no connection, no answer, too many requests, the server's own error, a locked file. */
    static TrackingException temporary(String message, Throwable cause) {
        return new TrackingException(message, true, cause);
    }

    /** Trying again is pointless until someone changes something. */
    static TrackingException permanent(String message, Throwable cause) {
        return new TrackingException(message, false, cause);
    }

    static TrackingException permanent(String message) {
        return new TrackingException(message, false, null);
    }

    public boolean isTemporary() {
        return temporary;
    }
}
