package dev.lockstep.domain;

import java.util.List;

/**
 * What must be loaded before a command is decided, besides what always is: the application, the release and the environment that
 * the command names, what runs in that environment, and, in all environments with unfinished deployments, what runs there and
 * the releases of these deployments.
 *
 * @param needsEveryCurrentRelease whether it needs what runs in every environment, since any may be replaced
 * @param needsPredecessor whether it needs the release before the current one on the line of the environment that it names
 * @param needsEveryRelease whether it needs all releases, since the published state of each may change
 * @param definedEnvironments the ids of environments that it may bring back into the pipeline
 */
public record RequiredState(
        boolean needsEveryCurrentRelease,
        boolean needsPredecessor,
        boolean needsEveryRelease,
        List<String> definedEnvironments) {

    static final RequiredState ONLY_NAMED = new RequiredState(false, false, false, List.of());
    static final RequiredState EVERY_CURRENT_RELEASE = new RequiredState(true, false, false, List.of());
    static final RequiredState PREDECESSOR = new RequiredState(false, true, false, List.of());
    static final RequiredState EVERY_RELEASE = new RequiredState(false, false, true, List.of());

    static RequiredState forPipeline(List<String> environments) {
        return new RequiredState(true, false, true, environments);
    }
}
