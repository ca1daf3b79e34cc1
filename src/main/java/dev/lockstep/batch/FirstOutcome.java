package dev.lockstep.batch;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The first outcome of a command, remembered under its idempotency key.
 *
 * @param fingerprint tells the same content from other content under the same key
 * @param revision the application's revision after it
 * @param deployment the id of the deployment it made, or null
 * @param deploymentStatusJson where that deployment stood, as members of JSON; null for one that had succeeded
 * @param problemJson why it was refused, as the JSON that was published, or null when it was accepted
 */
public record FirstOutcome(
        UUID fingerprint,
        long revision,
        @Nullable String deployment,
        @Nullable String deploymentStatusJson,
        @Nullable String problemJson) {}
