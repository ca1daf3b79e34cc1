package dev.lockstep.store;

import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.domain.Command;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The keys of everything that a batch's records name. */
final class NamedKeys {

    private static final int HASH_MULTIPLIER = 0x9E3779B1;

    record ReleaseKey(String application, String id) {

        /** A record's own hash collides often when applications and releases have consecutive numbers. */
        @Override
        public int hashCode() {
            return HASH_MULTIPLIER * application.hashCode() + id.hashCode();
        }
    }

    record DeploymentKey(String application, UUID id) {}

    final Set<UUID> idempotencyKeys = new LinkedHashSet<>();
    final Set<String> applications = new LinkedHashSet<>();
    final Set<ReleaseKey> releases = new LinkedHashSet<>();
    final Set<EnvironmentKey> definedEnvironments = new LinkedHashSet<>();
    final Set<DeploymentKey> deployments = new LinkedHashSet<>();
    final Map<EnvironmentKey, Integer> rollbackCounts = new HashMap<>();

    NamedKeys(List<IncomingRecord> records) {
        for (IncomingRecord record : records) {
            if (record.idempotencyKey() != null) {
                idempotencyKeys.add(record.idempotencyKey());
            }
            applications.add(record.application());
            applications.add(record.keyApplication());
            if (record.command() != null) {
                add(record.command());
            }
        }
        applications.remove(null);
    }

    private void add(Command command) {
        if (command.release() != null) {
            releases.add(new ReleaseKey(command.application(), command.release()));
        }
        if (command.requiredState().needsPredecessor()) {
            rollbackCounts.merge(EnvironmentKey.named(command), 1, Integer::sum);
        }
        if (command.deployment() != null) {
            deployments.add(new DeploymentKey(command.application(), UUID.fromString(command.deployment())));
        }
        command.requiredState()
                .definedEnvironments()
                .forEach(
                        environment -> definedEnvironments.add(new EnvironmentKey(command.application(), environment)));
    }
}
