package dev.lockstep.partition;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * By which partition counts applications find their homes (contract, section 2): by hash when they come into being, and for
 * good. The topics may have grown since.
 *
 * @param first of the first start: the count of applications whose row names no home
 * @param current the count of those that come into being now
 */
public record HomePartitions(int first, int current) {

    /** Where an application that does not exist yet comes into being, and records whose key names none belong. */
    public int of(byte[] key) {
        return home(key, current);
    }

    public int of(String application) {
        return of(bytes(application));
    }

    /** Where an application lives whose row names no home. */
    public int before(String application) {
        return home(bytes(application), first);
    }

    private static byte[] bytes(String application) {
        return application.getBytes(StandardCharsets.UTF_8);
    }

    /** Kafka's own default for a key. */
    private static int home(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
