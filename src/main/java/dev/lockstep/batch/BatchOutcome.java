package dev.lockstep.batch;

import dev.lockstep.partition.Gap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a batch.
 *
 * @param partitions one for each partition of those records that were applied, and of those without records
 * @param firstDeferred the first record that was left to the next transaction, with all behind it, as the batch was too much for one;
 *     null when all were applied
 * @param goesAlone whether that one is to come in a batch of its own: it takes long, and nobody else should wait for it
 * @param gaps what was noticed on the way
 */
public record BatchOutcome(
        List<PartitionOutcome> partitions, @Nullable CommandRecord firstDeferred, boolean goesAlone, List<Gap> gaps) {}
