package dev.lockstep.local;

/** The local run cannot go on; the message is the sentence its user reads. */
final class LocalRunException extends RuntimeException {

    LocalRunException(String sentence) {
        super(sentence);
    }

    LocalRunException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
