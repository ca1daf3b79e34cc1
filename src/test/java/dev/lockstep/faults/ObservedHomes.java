package dev.lockstep.faults;

import dev.lockstep.faults.Findings.Breach;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Utils;

/**
 * Where applications live (contract, section 2), as a reader learns it: an application's first record fixes its home for good.
 * One that does not exist has several possible homes while the topics grow: outsiders cannot see when a new count takes effect.
 */
class ObservedHomes {

    private final Findings findings;
    private final Supplier<Set<Integer>> counts;
    private final Map<String, Integer> known = new ConcurrentHashMap<>();

    /** @param counts the numbers of partitions that the topics have, had, or are about to have */
    ObservedHomes(Findings findings, Supplier<Set<Integer>> counts) {
        this.findings = findings;
        this.counts = counts;
    }

    /** @return the partition of an application that is known to exist, or null */
    Integer of(byte[] key) {
        return known.get(new String(key, StandardCharsets.UTF_8));
    }

    /** Where an application may be created, or may have been. */
    Set<Integer> possible(byte[] key) {
        return counts.get().stream().map(count -> home(key, count)).collect(Collectors.toSet());
    }

    /** Called when something shows that an application lives in a partition. */
    void settle(String application, int partition, Object what) {
        Integer home = known.putIfAbsent(application, partition);
        boolean fits = home == null
                ? possible(application.getBytes(StandardCharsets.UTF_8)).contains(partition)
                : home == partition;
        if (!fits) {
            findings.add(Breach.DIFFERING, what + " lies in another partition than its application's");
        }
    }

    Map<String, Integer> known() {
        return known;
    }

    /** How many do not live where the initial partition count would put them. */
    long newcomers() {
        return known.entrySet().stream()
                .filter(entry -> first(entry.getKey()) != entry.getValue())
                .count();
    }

    static int first(String application) {
        return home(application.getBytes(StandardCharsets.UTF_8), FaultEnvironment.PARTITIONS);
    }

    private static int home(byte[] key, int partitions) {
        return (Utils.murmur2(key) & 0x7fffffff) % partitions;
    }
}
