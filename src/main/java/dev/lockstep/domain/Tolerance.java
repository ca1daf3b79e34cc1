package dev.lockstep.domain;

/** What a command accepts although most commands are refused for it (contract, section 4). */
enum Tolerance {
    /** It creates an unknown application. */
    UNKNOWN_APPLICATION,
    ARCHIVED_APPLICATION,
    /** The release that it names need not exist. */
    UNKNOWN_RELEASE,
    ARCHIVED_RELEASE,
    /** It may target the pipeline's first environment. */
    FIRST_ENVIRONMENT
}
