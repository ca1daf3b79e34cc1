package dev.lockstep.domain;

import java.util.List;

/**
 * What a command needs besides the application, the release and environment that it names, and what runs in that
 * environment, which are always at hand.
 *
 * @param unknownApplication whether it brings an unknown application into being
 * @param archivedApplication whether it is for an archived application too
 * @param newRelease whether the release that it names need not be there
 * @param archivedRelease whether it is for an archived release too
 * @param firstEnvironment whether it may be aimed at the pipeline's first environment
 * @param everyOccupant whether what runs in any environment may be replaced
 * @param predecessor whether it steps back on the line of the environment that it names
 * @param everyRelease whether it may change the published state of every release
 * @param environments the ids of environments that it may bring back into the pipeline
 */
public record Needs(
        boolean unknownApplication,
        boolean archivedApplication,
        boolean newRelease,
        boolean archivedRelease,
        boolean firstEnvironment,
        boolean everyOccupant,
        boolean predecessor,
        boolean everyRelease,
        List<String> environments) {

    static final Needs NONE = new Needs(false, false, false, false, false, false, false, false, List.of());
    static final Needs NEW_RELEASE = new Needs(true, false, true, true, false, false, false, false, List.of());
    static final Needs RELEASE_EVEN_ARCHIVED =
            new Needs(false, false, false, true, false, false, false, false, List.of());
    static final Needs DEFINITION = new Needs(false, false, false, false, true, false, false, false, List.of());
    static final Needs DEFINITION_OF_WAYS = new Needs(false, false, false, false, true, false, false, true, List.of());
    static final Needs EVERY_OCCUPANT = new Needs(false, false, false, false, false, true, false, false, List.of());
    static final Needs PREDECESSOR = new Needs(false, false, false, false, false, false, true, false, List.of());
    static final Needs EVERY_RELEASE = new Needs(false, false, false, false, false, false, false, true, List.of());
    static final Needs EVERY_RELEASE_EVEN_ARCHIVED =
            new Needs(false, true, false, false, false, false, false, true, List.of());

    static Needs forPipeline(List<String> environments) {
        return new Needs(true, false, false, false, false, true, false, true, environments);
    }
}
