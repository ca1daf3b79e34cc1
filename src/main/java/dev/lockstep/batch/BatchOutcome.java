package dev.lockstep.batch;

import java.util.List;

/**
 * What became of a batch.
 *
 * @param partitions one for each partition of those records that were applied, and of those without records
 * @param left the first record that was left out, with all behind it, because the batch was too much for one transaction;
 *     null when all were applied
 * @param isLeftAlone whether that first one is to come without any other: it takes long, and nobody else should wait for it
 * @param gaps what was noticed on the way
 */
public record BatchOutcome(
        List<PartitionOutcome> partitions, CommandRecord left, boolean isLeftAlone, List<Gap> gaps) {}
