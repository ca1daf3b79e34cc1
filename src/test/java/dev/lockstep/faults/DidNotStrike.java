package dev.lockstep.faults;

/** A fault was announced and did not happen: what a run says after that proves nothing. */
final class DidNotStrike extends RuntimeException {

    DidNotStrike(String message) {
        super(message);
    }

    static void unless(boolean struck, String message) {
        if (!struck) {
            throw new DidNotStrike(message);
        }
    }
}
