package dev.lockstep.domain;

/** What is said of an application itself: rule 18. */
final class ApplicationRules {

    private ApplicationRules() {}

    static Decision update(Application application, Command.UpdateApplication command) {
        Profile before = application.profile();
        Profile after = new Profile(
                command.title().over(before.title()),
                command.description().over(before.description()),
                command.owner().over(before.owner()),
                command.url().over(before.url()));
        return after.equals(before)
                ? Decision.NOTHING_CHANGES
                : Decision.accepted(new Event.ApplicationUpdated(
                        after, application.keeping().keep()));
    }
}
