package dev.lockstep.setup;

/** Something external does not meet the worker's needs; the message tells an operator what it is and what to do. */
final class SetupException extends RuntimeException {

    SetupException(String message) {
        super(message);
    }
}
