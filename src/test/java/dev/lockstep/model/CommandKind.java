package dev.lockstep.model;

/** The commands of contract section 3. */
public enum CommandKind {
    CREATE("dev.lockstep.release.create.v1"),
    UPDATE("dev.lockstep.release.update.v1"),
    ANNOTATE("dev.lockstep.release.annotate.v1"),
    DEPLOY("dev.lockstep.release.deploy.v1"),
    DELETE("dev.lockstep.release.delete.v1"),
    ARCHIVE("dev.lockstep.release.archive.v1"),
    UNARCHIVE("dev.lockstep.release.unarchive.v1"),
    UNDEPLOY("dev.lockstep.release.undeploy.v1"),
    ROLLBACK("dev.lockstep.environment.rollback.v1"),
    REDEPLOY("dev.lockstep.environment.redeploy.v1"),
    CONFIGURE("dev.lockstep.environment.configure.v1"),
    REPORT("dev.lockstep.deployment.report.v1"),
    CANCEL("dev.lockstep.deployment.cancel.v1"),
    DEFINE("dev.lockstep.pipeline.define.v1"),
    UPDATE_APPLICATION("dev.lockstep.application.update.v1"),
    ARCHIVE_APPLICATION("dev.lockstep.application.archive.v1"),
    UNARCHIVE_APPLICATION("dev.lockstep.application.unarchive.v1");

    private final String type;

    CommandKind(String type) {
        this.type = type;
    }

    /** Whether it creates an unknown application. */
    boolean creates() {
        return this == CREATE || this == DEFINE;
    }

    /** Whether it requests a deployment. */
    boolean asks() {
        return this == DEPLOY || this == UNDEPLOY || this == ROLLBACK || this == REDEPLOY;
    }

    /** Whether it is about an existing deployment. */
    boolean ofDeployment() {
        return this == REPORT || this == CANCEL;
    }

    /** The CloudEvents type. */
    public String type() {
        return type;
    }

    /** The kind with that CloudEvents type, null if there is none. */
    public static CommandKind ofType(String type) {
        for (CommandKind kind : values()) {
            if (kind.type.equals(type)) {
                return kind;
            }
        }
        return null;
    }
}
