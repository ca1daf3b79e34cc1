package dev.lockstep.local;

/** The local run cannot continue; the message is a sentence for its user. */
final class LocalRunException extends RuntimeException {

    LocalRunException(String sentence) {
        super(sentence);
    }

    LocalRunException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
