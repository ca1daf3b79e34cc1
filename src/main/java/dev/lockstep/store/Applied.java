package dev.lockstep.store;

import java.util.List;

/**
 * What became of a batch.
 *
 * @param slices one for each partition of those records that were applied
 * @param left the first record that was left out, with all behind it, because the batch was too much for one transaction;
 *     null when all were applied
 */
public record Applied<E extends Entry>(List<Slice> slices, E left) {}
