package dev.lockstep.domain.common;

/** Why a command was refused (contract, section 4), in the order in which they are checked. */
public enum RejectionCode {
    UNKNOWN_COMMAND("Unknown command"),
    INVALID_COMMAND("Invalid command"),
    KEY_MISMATCH("Record key is not the application"),
    ID_REUSED("Command id reused with other content"),
    APPLICATION_NOT_FOUND("Application not found"),
    APPLICATION_ARCHIVED("Application is archived"),
    REVISION_CONFLICT("Revision conflict"),
    DEPLOYMENT_NOT_FOUND("Deployment not found"),
    RELEASE_NOT_FOUND("Release not found"),
    ENVIRONMENT_NOT_FOUND("Environment not found"),
    RELEASE_EXISTS("Release exists"),
    PIPELINE_INVALID("Pipeline invalid"),
    FIRST_ENVIRONMENT("First environment of the pipeline"),
    RELEASE_ARCHIVED("Release is archived"),
    RELEASE_LOCKED("Release is locked"),
    NOT_THERE("Not there"),
    ALREADY_CURRENT("Already current"),
    ENVIRONMENT_REQUIRED("Environment required"),
    NOTHING_LEFT("Nothing left to do"),
    NOT_DEPLOYED_THERE("Never deployed there"),
    ALREADY_ON_ITS_WAY("Already on its way"),
    PROMOTION_ORDER("Promotion order"),
    OLDER_THAN_CURRENT("Older than what is current"),
    EXPIRED("Expired"),
    BLOCKED("Would have to wait"),
    ENVIRONMENT_BUSY("Environment is busy"),
    QUEUE_FULL("Queue is full"),
    NOT_STARTED("Not started"),
    DEPLOYMENT_NOT_ACTIVE("Deployment has ended"),
    ENVIRONMENT_IN_USE("Environment in use"),
    RELEASE_IN_USE("Release in use"),
    APPLICATION_IN_USE("Application in use"),
    UNPROCESSABLE("Unprocessable");

    private final String title;

    RejectionCode(String title) {
        this.title = title;
    }

    /** Whether the refused command's id is taken, so that a re-send gets this outcome again (contract, section 4). */
    public boolean usesUpId() {
        return this != UNKNOWN_COMMAND && this != INVALID_COMMAND && this != KEY_MISMATCH;
    }

    /** A short summary that is the same for every occurrence (RFC 9457, {@code title}). */
    public String title() {
        return title;
    }
}
