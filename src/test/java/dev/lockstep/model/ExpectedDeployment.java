package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A deployment as it must be published; it succeeded at once, so it is known by the revision of its service event.
 *
 * @param tier            of the environment at that time, or null
 * @param action          deploy, rollback or redeploy
 * @param previousRelease what it replaced, or null
 * @param actor           the command's, or null, like {@code reason}
 * @param source          the release's, or null
 */
public record ExpectedDeployment(
        long revision,
        String release,
        String environment,
        String tier,
        String action,
        String previousRelease,
        Link link,
        String actor,
        String reason,
        JsonNode source) {

    boolean isRedeploy() {
        return action.equals("redeploy");
    }
}
