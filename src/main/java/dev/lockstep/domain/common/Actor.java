package dev.lockstep.domain.common;

/**
 * Who asks for something, as the command's sender says: nobody verifies it.
 *
 * @param name a URI or a name (contract, section 3)
 */
public record Actor(String name) {

    /** @param name null if nobody is named: then there is no actor */
    public static Actor of(String name) {
        return name == null ? null : new Actor(name);
    }

    /** @param actor may be null: then there is no name */
    public static String nameOf(Actor actor) {
        return actor == null ? null : actor.name;
    }
}
