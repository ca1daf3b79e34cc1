package dev.lockstep.domain;

/** Updates of an application's own attributes: rule 18. */
final class ApplicationRules {

    private ApplicationRules() {}

    static Decision update(Application application, Command.UpdateApplication command) {
        Profile before = application.profile();
        Profile after = new Profile(
                command.title().applyTo(before.title()),
                command.description().applyTo(before.description()),
                command.owner().applyTo(before.owner()),
                command.url().applyTo(before.url()));
        return after.equals(before)
                ? Decision.NO_CHANGE
                : Decision.accepted(new Event.ApplicationUpdated(
                        after, application.keepSchedule().policy()));
    }
}
