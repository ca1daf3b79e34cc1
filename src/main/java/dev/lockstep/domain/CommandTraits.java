package dev.lockstep.domain;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a command tolerates, and what must be loaded for it besides the application, the release and environment it names,
 * and what runs in that environment, which are always loaded.
 *
 * @param redefinedEnvironments the ids of environments that it may bring back into the pipeline
 */
public record CommandTraits(Set<Trait> all, List<String> redefinedEnvironments) {

    enum Trait {
        /** It creates an unknown application. */
        UNKNOWN_APPLICATION,
        /** It is allowed for an archived application. */
        ARCHIVED_APPLICATION,
        /** The release that it names need not exist. */
        NEW_RELEASE,
        /** It is allowed for an archived release. */
        ARCHIVED_RELEASE,
        /** It may target the pipeline's first environment. */
        FIRST_ENVIRONMENT,
        /** What runs in any environment may be replaced. */
        EVERY_CURRENT_RELEASE,
        /** It steps back on the line of the environment that it names. */
        PREDECESSOR,
        /** It may change the published state of every release. */
        EVERY_RELEASE
    }

    static final CommandTraits NONE = of();
    static final CommandTraits NEW_RELEASE = of(Trait.UNKNOWN_APPLICATION, Trait.NEW_RELEASE, Trait.ARCHIVED_RELEASE);
    static final CommandTraits RELEASE_EVEN_ARCHIVED = of(Trait.ARCHIVED_RELEASE);
    static final CommandTraits DEFINITION = of(Trait.FIRST_ENVIRONMENT);
    static final CommandTraits DEFINITION_WITH_AFTER = of(Trait.FIRST_ENVIRONMENT, Trait.EVERY_RELEASE);
    static final CommandTraits EVERY_CURRENT_RELEASE = of(Trait.EVERY_CURRENT_RELEASE);
    static final CommandTraits PREDECESSOR = of(Trait.PREDECESSOR);
    static final CommandTraits EVERY_RELEASE = of(Trait.EVERY_RELEASE);
    static final CommandTraits EVERY_RELEASE_EVEN_ARCHIVED = of(Trait.EVERY_RELEASE, Trait.ARCHIVED_APPLICATION);

    private static CommandTraits of(Trait... traits) {
        return new CommandTraits(setOf(traits), List.of());
    }

    static CommandTraits forPipeline(List<String> environments) {
        return new CommandTraits(
                setOf(Trait.UNKNOWN_APPLICATION, Trait.EVERY_CURRENT_RELEASE, Trait.EVERY_RELEASE), environments);
    }

    boolean has(Trait trait) {
        return all.contains(trait);
    }

    public boolean needsEveryCurrentRelease() {
        return has(Trait.EVERY_CURRENT_RELEASE);
    }

    public boolean needsPredecessor() {
        return has(Trait.PREDECESSOR);
    }

    public boolean needsEveryRelease() {
        return has(Trait.EVERY_RELEASE);
    }

    private static Set<Trait> setOf(Trait... traits) {
        Set<Trait> all = EnumSet.noneOf(Trait.class);
        all.addAll(List.of(traits));
        return Collections.unmodifiableSet(all);
    }
}
