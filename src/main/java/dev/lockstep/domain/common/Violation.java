package dev.lockstep.domain.common;

/**
 * One thing that is wrong with a command. Both strings are bounded and encode to UTF-8 without loss.
 *
 * @param pointer where: an RFC 6901 pointer rooted at the CloudEvent, e.g. {@code /data/environments/0/id}
 * @param message what to change, as a predicate of the pointer ("is required"); reveals only the value's size and kind
 */
public record Violation(String pointer, String message) {

    /** @param field a member of the command's data */
    public static Violation ofField(String field, String message) {
        return new Violation("/data/" + field, message);
    }

    public String sentence() {
        return pointer + " " + message + ".";
    }
}
