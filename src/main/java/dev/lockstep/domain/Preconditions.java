package dev.lockstep.domain;

import static dev.lockstep.domain.RefusalCode.APPLICATION_NOT_FOUND;
import static dev.lockstep.domain.RefusalCode.ENVIRONMENT_NOT_FOUND;
import static dev.lockstep.domain.RefusalCode.RELEASE_NOT_FOUND;

import java.util.stream.Collectors;

/** What a command names must be there, at the revision that the caller expects. */
final class Preconditions {

    private Preconditions() {}

    /** @return the refusal, or null when all is there */
    static Decision.Rejected check(Application application, Command command) {
        boolean creates = command instanceof Command.CreateRelease;
        boolean bringsIntoBeing = creates || command instanceof Command.DefinePipeline;
        if (!bringsIntoBeing && !application.exists()) {
            return Decision.rejected(
                    APPLICATION_NOT_FOUND,
                    "There is no application '" + application.id() + "'. Creating a release brings it into being.");
        }
        Long expected = command.common().expectedRevision();
        if (expected != null && expected != application.revision()) {
            return Decision.revisionConflict(expected, application.revision());
        }
        if (!creates && command.release() != null && application.release(command.release()) == null) {
            return Decision.rejected(
                    RELEASE_NOT_FOUND,
                    "Application '" + application.id() + "' has no release '" + command.release()
                            + "': create it first, or correct the name.");
        }
        if (command.environment() != null && application.position(command.environment()) < 0) {
            return Decision.rejected(
                    ENVIRONMENT_NOT_FOUND,
                    "The pipeline of '" + application.id() + "' has no environment '" + command.environment()
                            + "'. Name one of: "
                            + application.pipeline().stream().map(Stage::id).collect(Collectors.joining(", ")) + ".");
        }
        return null;
    }
}
