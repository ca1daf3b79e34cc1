package dev.lockstep.domain;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a command needs besides the application, the release and environment that it names, and what runs in that
 * environment, which are always at hand.
 *
 * @param environments the ids of environments that it may bring back into the pipeline
 */
public record Needs(Set<Need> all, List<String> environments) {

    enum Need {
        /** It brings an unknown application into being. */
        UNKNOWN_APPLICATION,
        /** It is for an archived application too. */
        ARCHIVED_APPLICATION,
        /** The release that it names need not be there. */
        NEW_RELEASE,
        /** It is for an archived release too. */
        ARCHIVED_RELEASE,
        /** It may be aimed at the pipeline's first environment. */
        FIRST_ENVIRONMENT,
        /** What runs in any environment may be replaced. */
        EVERY_OCCUPANT,
        /** It steps back on the line of the environment that it names. */
        PREDECESSOR,
        /** It may change the published state of every release. */
        EVERY_RELEASE
    }

    static final Needs NONE = of();
    static final Needs NEW_RELEASE = of(Need.UNKNOWN_APPLICATION, Need.NEW_RELEASE, Need.ARCHIVED_RELEASE);
    static final Needs RELEASE_EVEN_ARCHIVED = of(Need.ARCHIVED_RELEASE);
    static final Needs DEFINITION = of(Need.FIRST_ENVIRONMENT);
    static final Needs DEFINITION_OF_WAYS = of(Need.FIRST_ENVIRONMENT, Need.EVERY_RELEASE);
    static final Needs EVERY_OCCUPANT = of(Need.EVERY_OCCUPANT);
    static final Needs PREDECESSOR = of(Need.PREDECESSOR);
    static final Needs EVERY_RELEASE = of(Need.EVERY_RELEASE);
    static final Needs EVERY_RELEASE_EVEN_ARCHIVED = of(Need.EVERY_RELEASE, Need.ARCHIVED_APPLICATION);

    private static Needs of(Need... needs) {
        return new Needs(setOf(needs), List.of());
    }

    static Needs forPipeline(List<String> environments) {
        return new Needs(setOf(Need.UNKNOWN_APPLICATION, Need.EVERY_OCCUPANT, Need.EVERY_RELEASE), environments);
    }

    boolean include(Need need) {
        return all.contains(need);
    }

    public boolean everyOccupant() {
        return include(Need.EVERY_OCCUPANT);
    }

    public boolean predecessor() {
        return include(Need.PREDECESSOR);
    }

    public boolean everyRelease() {
        return include(Need.EVERY_RELEASE);
    }

    private static Set<Need> setOf(Need... needs) {
        Set<Need> all = EnumSet.noneOf(Need.class);
        all.addAll(List.of(needs));
        return Collections.unmodifiableSet(all);
    }
}
