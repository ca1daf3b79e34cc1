package dev.lockstep.decode.envelope;

/** Why a record is no command at all: few enough to count by. Stored by their names. */
public enum DeadLetterReason {
    /** Nothing says that it is a CloudEvent, or in which of the modes that are read. */
    NO_CLOUD_EVENT,
    /** It is meant to be in structured mode, but its value is not one well-formed JSON object in UTF-8. */
    NO_JSON,
    /** An attribute that every command needs is missing or empty, or something is there twice or cannot be read. */
    BAD_ENVELOPE,
    /** Key, value or headers are larger than the worker takes. */
    TOO_LARGE,
    /** It is meant to be a timer, but its data or its key is not a timer's. */
    INVALID_TIMER,
    /** It may well be a command: the worker has a bug, and has logged where. */
    FAULT
}
