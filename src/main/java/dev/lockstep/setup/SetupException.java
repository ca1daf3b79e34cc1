package dev.lockstep.setup;

/** Something outside is not as the worker needs it; the message tells an operator what, and what to do. */
final class SetupException extends RuntimeException {

    SetupException(String message) {
        super(message);
    }
}
