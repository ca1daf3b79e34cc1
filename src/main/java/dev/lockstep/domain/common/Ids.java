package dev.lockstep.domain.common;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Ids derived from what they name, so that deciding again gives the same id again. */
public final class Ids {

    private Ids() {}

    /** The id of the event that took {@code revision}. */
    public static String event(String application, long revision) {
        return nameBasedUuid("event/" + application + "/" + revision);
    }

    /** The id of the deployment whose first event took {@code revision}. */
    public static String deployment(String application, long revision) {
        return nameBasedUuid("deployment/" + application + "/" + revision);
    }

    /** A name-based UUID (RFC 9562, version 3). */
    public static String nameBasedUuid(String name) {
        ByteBuffer hash = ByteBuffer.wrap(Digests.md5().digest(name.getBytes(StandardCharsets.UTF_8)));
        long high = hash.getLong() & 0xffff_ffff_ffff_0fffL | 0x3000;
        long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
