package dev.lockstep.domain;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.NameFormat;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Archiving and unarchiving: rules 16 and 29. Except for archiving an application, both are idempotent (rule 12). */
final class ArchiveRules {

    private ArchiveRules() {}

    static Decision setReleaseArchived(
            Application application, Command.SetReleaseArchived command, DecisionContext context) {
        Release release = application.release(command.release());
        if (release.isArchived() == command.isArchived()) {
            return Decision.NO_CHANGE;
        }
        if (!command.isArchived()) {
            return Decision.accepted(new Event.ReleaseUnarchived(release.asUnarchived(context.now())));
        }
        List<String> environments = release.currentEnvironments();
        List<String> onItsWayTo = onItsWayTo(application, release);
        if (environments.isEmpty() && onItsWayTo.isEmpty()) {
            return Decision.accepted(new Event.ReleaseArchived(release.asArchived()));
        }
        return Decision.rejected(
                RejectionCode.RELEASE_IN_USE,
                environments.isEmpty()
                        ? "Release '" + release.id() + "' is on its way to " + NameFormat.quoted(onItsWayTo)
                                + ": wait until that deployment has ended, or cancel it."
                        : "Release '" + release.id() + "' runs in " + NameFormat.quoted(environments)
                                + ": replace or undeploy it there first.",
                new ProblemExtension.CurrentEnvironments(environments));
    }

    private static List<String> onItsWayTo(Application application, Release release) {
        return application.environments().stream()
                .filter(environment -> environment.unfinishedDeploymentOf(release.id()) != null)
                .map(Environment::id)
                .toList();
    }

    static Decision archiveApplication(Application application) {
        List<String> environments = application.environments().stream()
                .filter(environment -> environment.current() != null || environment.hasUnfinishedDeployments())
                .map(Environment::id)
                .toList();
        return environments.isEmpty()
                ? Decision.accepted(new Event.ApplicationArchived())
                : Decision.rejected(
                        RejectionCode.APPLICATION_IN_USE,
                        "Releases run in " + NameFormat.quoted(environments)
                                + ", or are on their way there: first undeploy them, and cancel the deployments that are waiting.",
                        new ProblemExtension.Environments(environments));
    }

    static Decision unarchiveApplication(Application application) {
        return application.isArchived() ? Decision.accepted(new Event.ApplicationUnarchived()) : Decision.NO_CHANGE;
    }

    /**
     * @return the releases before the newest that may be archived, lowest created revision first; at most one more than a
     * check archives, so that the caller knows whether more are left
     */
    static List<Release> findArchivable(Application application, long lowestNewestRevision, Instant now) {
        return application.releases().stream()
                .filter(release ->
                        release.createdRevision() < lowestNewestRevision && isArchivable(application, release, now))
                .sorted(Comparator.comparingLong(Release::createdRevision))
                .limit(KeepPolicy.MAX_ARCHIVED_PER_CHECK + 1L)
                .toList();
    }

    /** Whether nobody needs to see it any longer, disregarding whether it is one of the newest. */
    static boolean isArchivable(Application application, Release release, Instant now) {
        Instant cutoff = application.keepSchedule().policy().cutoff(now);
        return !release.isArchived()
                && release.lastNeededTimes().noneMatch(at -> at.isAfter(cutoff))
                && release.currentEnvironments().isEmpty()
                && onItsWayTo(application, release).isEmpty()
                && application.pipeline().stages().stream()
                        .map(stage -> application.environment(stage.id()))
                        .noneMatch(environment -> isRollbackCandidate(environment, release.id()));
    }

    private static boolean isRollbackCandidate(Environment environment, String release) {
        Environment.DeployedRelease previous = environment.previous();
        return previous != null && previous.release().equals(release) || release.equals(environment.rollbackTarget());
    }
}
