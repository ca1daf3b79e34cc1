package dev.lockstep.domain;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Ids that follow from what they name, so that deciding twice names the same thing twice. */
public final class Ids {

    private Ids() {}

    /** The id of the event that took {@code revision}. */
    public static String event(String application, long revision) {
        return named("event/" + application + "/" + revision);
    }

    /** The id of the deployment whose first event took {@code revision}. */
    public static String deployment(String application, long revision) {
        return named("deployment/" + application + "/" + revision);
    }

    /** A name-based UUID (RFC 9562, version 3). */
    public static String named(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
