package dev.lockstep.domain;

import static dev.lockstep.domain.common.RejectionCode.APPLICATION_ARCHIVED;
import static dev.lockstep.domain.common.RejectionCode.APPLICATION_NOT_FOUND;
import static dev.lockstep.domain.common.RejectionCode.DEPLOYMENT_NOT_FOUND;
import static dev.lockstep.domain.common.RejectionCode.ENVIRONMENT_NOT_FOUND;
import static dev.lockstep.domain.common.RejectionCode.FIRST_ENVIRONMENT;
import static dev.lockstep.domain.common.RejectionCode.RELEASE_ARCHIVED;
import static dev.lockstep.domain.common.RejectionCode.RELEASE_NOT_FOUND;
import static dev.lockstep.domain.common.RejectionCode.REVISION_CONFLICT;

import dev.lockstep.domain.common.LastChange;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Release;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks that what a command names exists, allows the command, and is at the revision that the caller expects. */
final class Preconditions {

    private Preconditions() {}

    /** @return the rejection, or null if everything is there */
    static Decision.Rejected check(Application application, Command command) {
        Set<Exemption> exemptions = command.exemptions();
        if (!application.exists() && !exemptions.contains(Exemption.UNKNOWN_APPLICATION)) {
            return Decision.rejected(
                    APPLICATION_NOT_FOUND,
                    "There is no application '" + application.id() + "'. Creating a release creates it.");
        }
        if (application.isArchived() && !exemptions.contains(Exemption.ARCHIVED_APPLICATION)) {
            return Decision.rejected(
                    APPLICATION_ARCHIVED,
                    "Application '" + application.id() + "' is archived: unarchive it (application.unarchive) first.");
        }
        Decision.Rejected conflict =
                checkRevision("The application", command.common().expected().application(), application.revision());
        if (conflict != null) {
            return conflict;
        }
        if (command.deployment() != null
                && application.unfinishedDeployment(command.deployment()) == null
                && application.endedDeployment(command.deployment()) == null) {
            return Decision.rejected(
                    DEPLOYMENT_NOT_FOUND,
                    "Application '" + application.id() + "' has no deployment " + command.deployment()
                            + ". It may have ended too long ago to be remembered, or have succeeded immediately.");
        }
        Release release = command.release() == null ? null : application.releaseIfExists(command.release());
        if (command.release() != null && release == null && !exemptions.contains(Exemption.UNKNOWN_RELEASE)) {
            return Decision.rejected(
                    RELEASE_NOT_FOUND,
                    "Application '" + application.id() + "' has no release '" + command.release()
                            + "': create it first, or correct the id.");
        }
        for (String environment : Arrays.asList(command.environment(), command.from())) {
            if (environment != null && application.positionOf(environment) < 0) {
                return rejectUnknownEnvironment(application, environment);
            }
        }
        Decision.Rejected staleRevision = checkExpectedRevisions(application, command, release);
        if (staleRevision != null) {
            return staleRevision;
        }
        if (command.environment() != null
                && application.positionOf(command.environment()) == 0
                && !exemptions.contains(Exemption.FIRST_ENVIRONMENT)) {
            return Decision.rejected(
                    FIRST_ENVIRONMENT,
                    "'" + command.environment() + "' is the pipeline's first environment: it holds every release, and"
                            + " nothing is deployed to it. Name a later one.");
        }
        if (release != null && release.isArchived() && !exemptions.contains(Exemption.ARCHIVED_RELEASE)) {
            return Decision.rejected(
                    RELEASE_ARCHIVED,
                    "Release '" + release.id() + "' is archived: unarchive it (release.unarchive) first.");
        }
        return null;
    }

    /**
     * @return the rejection if the release or the environment is not at the expected revision, else null. It has changed since
     * the caller last saw it.
     */
    private static Decision.Rejected checkExpectedRevisions(Application application, Command command, Release release) {
        Command.ExpectedRevisions expected = command.common().expected();
        Environment environment =
                expected.environment() == null ? null : application.environment(command.environment());
        Decision.Rejected conflict = expected.release() == null
                ? null
                : checkRevision("Release '" + release.id() + "'", expected.release(), revision(release.lastChange()));
        return conflict != null || environment == null
                ? conflict
                : checkRevision(
                        "Environment '" + environment.id() + "'",
                        expected.environment(),
                        revision(environment.lastChange()));
    }

    private static long revision(LastChange lastChange) {
        return lastChange == null ? 0 : lastChange.revision();
    }

    private static Decision.Rejected checkRevision(String what, Long expected, long revision) {
        return expected == null || expected == revision
                ? null
                : Decision.rejected(
                        REVISION_CONFLICT,
                        what + " is at revision " + revision + ", not " + expected
                                + ": read its state again, decide again, and send with a new id.",
                        new ProblemExtension.CurrentRevision(revision));
    }

    private static Decision.Rejected rejectUnknownEnvironment(Application application, String environment) {
        return Decision.rejected(
                ENVIRONMENT_NOT_FOUND,
                "The pipeline of '" + application.id() + "' has no environment '" + environment + "'. Name one of: "
                        + application.pipeline().stages().stream()
                                .map(Stage::id)
                                .collect(Collectors.joining(", "))
                        + ".");
    }
}
