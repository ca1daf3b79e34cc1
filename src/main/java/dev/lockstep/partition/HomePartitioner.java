package dev.lockstep.partition;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * The partition counts that determine applications' homes (contract, section 2): a home is computed from the key's hash
 * when the application is created, and is kept for good. The topics may have grown since.
 *
 * @param initialCount the count at the first start, used for applications whose row names no home
 * @param currentCount the count used for applications created now
 */
public record HomePartitioner(int initialCount, int currentCount) {

    /** Where a new application is created, and where records whose key names no application belong. */
    public int homeOfNew(byte[] key) {
        return home(key, currentCount);
    }

    public int homeOfNew(String application) {
        return homeOfNew(bytes(application));
    }

    /** Where an application lives if its row names no home. */
    public int initialHomeOf(String application) {
        return home(bytes(application), initialCount);
    }

    private static byte[] bytes(String application) {
        return application.getBytes(StandardCharsets.UTF_8);
    }

    /** Kafka's default partitioning by key. */
    private static int home(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
