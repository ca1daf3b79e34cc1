package dev.lockstep.model;

/** The commands of contract section 3. */
public enum Kind {
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
    DEFINE("dev.lockstep.pipeline.define.v1"),
    UPDATE_APPLICATION("dev.lockstep.application.update.v1"),
    ARCHIVE_APPLICATION("dev.lockstep.application.archive.v1"),
    UNARCHIVE_APPLICATION("dev.lockstep.application.unarchive.v1");

    private final String type;

    Kind(String type) {
        this.type = type;
    }

    /** Whether it brings an unknown application into being. */
    boolean creates() {
        return this == CREATE || this == DEFINE;
    }

    /** The CloudEvents type. */
    public String type() {
        return type;
    }

    /** The kind with that CloudEvents type, null if there is none. */
    public static Kind ofType(String type) {
        for (Kind kind : values()) {
            if (kind.type.equals(type)) {
                return kind;
            }
        }
        return null;
    }
}
