package dev.lockstep.domain;

/**
 * What an environment demands of what is brought into it.
 *
 * @param onlyNewer whether a deploy of a release that was created before what is current is refused
 */
public record Policy(boolean onlyNewer) {

    public static final Policy DEFAULT = new Policy(false);
}
