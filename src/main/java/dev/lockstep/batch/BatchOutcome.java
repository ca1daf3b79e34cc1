package dev.lockstep.batch;

import dev.lockstep.partition.OffsetGap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of applying a batch.
 *
 * @param partitions one for each partition of those records that were applied, and of those without records
 * @param firstDeferred the first record that was deferred to the next transaction, along with all that follow it, because the
 *     batch was too large for one; null when all were applied
 * @param firstDeferredNeedsOwnBatch whether that record needs a batch of its own: it takes long, and no other record should
 *     have to wait for it
 * @param gaps the gaps found while it was applied
 */
public record BatchOutcome(
        List<PartitionOutcome> partitions,
        @Nullable IncomingRecord firstDeferred,
        boolean firstDeferredNeedsOwnBatch,
        List<OffsetGap> gaps) {}
