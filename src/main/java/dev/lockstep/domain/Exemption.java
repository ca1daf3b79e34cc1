package dev.lockstep.domain;

/** The preconditions from which a command is exempt (contract, section 4). */
enum Exemption {
    /** It creates an unknown application. */
    UNKNOWN_APPLICATION,
    ARCHIVED_APPLICATION,
    /** The release that it names need not exist. */
    UNKNOWN_RELEASE,
    ARCHIVED_RELEASE,
    /** It may target the pipeline's first environment. */
    FIRST_ENVIRONMENT
}
