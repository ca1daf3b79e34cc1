package dev.lockstep.domain;

import java.util.List;

/** What goes out of sight and comes back: rule 16. Twice changes nothing (rule 12). */
final class ArchiveRules {

    private ArchiveRules() {}

    static Decision archive(Application application, Command.ArchiveRelease command) {
        Release release = application.release(command.release());
        if (release.archived() == command.archived()) {
            return Decision.NOTHING_CHANGES;
        }
        if (!command.archived()) {
            return Decision.accepted(new Event.ReleaseUnarchived(release.archived(false)));
        }
        List<String> environments = release.currentEnvironments();
        List<String> onItsWayTo = application.environments().stream()
                .filter(environment -> environment.onItsWay(release.id()) != null)
                .map(Environment::id)
                .toList();
        if (environments.isEmpty() && onItsWayTo.isEmpty()) {
            return Decision.accepted(new Event.ReleaseArchived(release.archived(true)));
        }
        return Decision.rejected(
                RefusalCode.RELEASE_IN_USE,
                environments.isEmpty()
                        ? "Release '" + release.id() + "' is on its way to " + Decision.quoted(onItsWayTo)
                                + ": wait until that has ended, or cancel it."
                        : "Release '" + release.id() + "' is what runs in " + Decision.quoted(environments)
                                + ": replace or undeploy it there first.",
                Remedy.currentEnvironments(environments));
    }

    static Decision archive(Application application) {
        List<String> environments = application.environments().stream()
                .filter(environment -> environment.current() != null || environment.isBusy())
                .map(Environment::id)
                .toList();
        return environments.isEmpty()
                ? Decision.accepted(new Event.ApplicationArchived())
                : Decision.rejected(
                        RefusalCode.APPLICATION_IN_USE,
                        "Releases run in " + Decision.quoted(environments)
                                + ", or are on their way there: undeploy them, and cancel what waits, first.",
                        Remedy.environments(environments));
    }

    static Decision unarchive(Application application) {
        return application.archived() ? Decision.accepted(new Event.ApplicationUnarchived()) : Decision.NOTHING_CHANGES;
    }
}
