package dev.lockstep.decode.envelope;

/** Why a record became a dead letter: few enough values to use as a metric label. Stored by name. */
public enum DeadLetterKind {
    /** Nothing says that it is a CloudEvent, or which supported mode it is in. */
    NO_CLOUD_EVENT,
    /** It is meant to be in structured mode, but its value is not one well-formed JSON object in UTF-8. */
    NO_JSON,
    /** A required attribute is missing or empty, or something occurs twice or cannot be read. */
    BAD_ENVELOPE,
    /** Key, value or headers are larger than the worker accepts. */
    TOO_LARGE,
    /** It claims to be a timer, but its data or its key is not a timer's. */
    INVALID_TIMER,
    /** It may well be a command: the worker has a bug, and has logged where. */
    FAULT
}
