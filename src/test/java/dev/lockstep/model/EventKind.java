package dev.lockstep.model;

/** The events of contract section 6. */
public enum EventKind {
    ENVIRONMENT_CREATED("dev.cdevents.environment.created.0.3.0"),
    ENVIRONMENT_MODIFIED("dev.cdevents.environment.modified.0.3.0"),
    ENVIRONMENT_DELETED("dev.cdevents.environment.deleted.0.3.0"),
    APPLICATION_UPDATED("dev.cdeventsx.lockstep-application.updated.0.1.0"),
    APPLICATION_ARCHIVED("dev.cdeventsx.lockstep-application.archived.0.1.0"),
    APPLICATION_UNARCHIVED("dev.cdeventsx.lockstep-application.unarchived.0.1.0"),
    RELEASE_CREATED("dev.cdeventsx.lockstep-release.created.0.1.0"),
    RELEASE_UPDATED("dev.cdeventsx.lockstep-release.updated.0.1.0"),
    RELEASE_ANNOTATED("dev.cdeventsx.lockstep-release.annotated.0.1.0"),
    RELEASE_DELETED("dev.cdeventsx.lockstep-release.deleted.0.1.0"),
    RELEASE_ARCHIVED("dev.cdeventsx.lockstep-release.archived.0.1.0"),
    RELEASE_UNARCHIVED("dev.cdeventsx.lockstep-release.unarchived.0.1.0"),
    RELEASE_LOCKED("dev.cdeventsx.lockstep-release.locked.0.1.0"),
    RELEASE_UNLOCKED("dev.cdeventsx.lockstep-release.unlocked.0.1.0"),
    DEPLOYMENT_QUEUED("dev.cdeventsx.lockstep-deployment.queued.0.1.0"),
    DEPLOYMENT_WAITING("dev.cdeventsx.lockstep-deployment.waiting.0.1.0"),
    DEPLOYMENT_STARTED("dev.cdeventsx.lockstep-deployment.started.0.1.0"),
    DEPLOYMENT_UPDATED("dev.cdeventsx.lockstep-deployment.updated.0.1.0"),
    DEPLOYMENT_CANCELREQUESTED("dev.cdeventsx.lockstep-deployment.cancelrequested.0.1.0"),
    DEPLOYMENT_FINISHED("dev.cdeventsx.lockstep-deployment.finished.0.1.0"),
    SERVICE_DEPLOYED("dev.cdevents.service.deployed.0.3.0"),
    SERVICE_UPGRADED("dev.cdevents.service.upgraded.0.3.0"),
    SERVICE_ROLLEDBACK("dev.cdevents.service.rolledback.0.3.0"),
    SERVICE_REDEPLOYED("dev.cdeventsx.lockstep-service.redeployed.0.1.0"),
    SERVICE_REMOVED("dev.cdevents.service.removed.0.3.0");

    private final String type;

    EventKind(String type) {
        this.type = type;
    }

    /** The CDEvents type. */
    public String type() {
        return type;
    }

    boolean ofService() {
        return name().startsWith("SERVICE_");
    }

    boolean ofDeployment() {
        return name().startsWith("DEPLOYMENT_");
    }

    /** Whether it says why a deployment waits. */
    boolean tellsWhy() {
        return this == DEPLOYMENT_QUEUED || this == DEPLOYMENT_WAITING;
    }

    boolean ofRelease() {
        return name().startsWith("RELEASE_");
    }

    boolean ofEnvironment() {
        return name().startsWith("ENVIRONMENT_");
    }

    boolean ofApplication() {
        return name().startsWith("APPLICATION_");
    }
}
