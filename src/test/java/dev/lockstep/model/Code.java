package dev.lockstep.model;

/**
 * The refusals of contract section 4 in the order in which they are checked, without {@code UNPROCESSABLE}, which the
 * rules alone cannot give.
 */
public enum Code {
    UNKNOWN_COMMAND,
    INVALID_COMMAND,
    KEY_MISMATCH,
    ID_REUSED,
    APPLICATION_NOT_FOUND,
    REVISION_CONFLICT,
    RELEASE_NOT_FOUND,
    ENVIRONMENT_NOT_FOUND,
    RELEASE_EXISTS,
    FIRST_ENVIRONMENT,
    RELEASE_LOCKED,
    ALREADY_CURRENT,
    ENVIRONMENT_REQUIRED,
    NOTHING_LEFT,
    NOT_DEPLOYED_THERE,
    PROMOTION_ORDER,
    ENVIRONMENT_IN_USE
}
