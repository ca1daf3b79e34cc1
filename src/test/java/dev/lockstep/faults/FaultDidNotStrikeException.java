package dev.lockstep.faults;

/** A fault was announced but did not happen: the run's result then proves nothing. */
final class FaultDidNotStrikeException extends RuntimeException {

    FaultDidNotStrikeException(String message) {
        super(message);
    }

    static void unless(boolean struck, String message) {
        if (!struck) {
            throw new FaultDidNotStrikeException(message);
        }
    }
}
