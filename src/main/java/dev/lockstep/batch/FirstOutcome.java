package dev.lockstep.batch;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The first outcome of a command, remembered under its idempotency key.
 *
 * @param fingerprint distinguishes the same content from other content under the same key
 * @param revision the application's revision after it
 * @param deployment the id of the deployment that it created, or null
 * @param deploymentStatusJson the status of that deployment, as JSON members; null for one that had succeeded
 * @param problemJson why it was refused, as the JSON that was published, or null if it was accepted
 */
public record FirstOutcome(
        UUID fingerprint,
        long revision,
        @Nullable String deployment,
        @Nullable String deploymentStatusJson,
        @Nullable String problemJson) {}
