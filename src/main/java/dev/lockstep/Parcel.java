package dev.lockstep;

import dev.lockstep.outbox.Output;
import dev.lockstep.outbox.Pages;
import dev.lockstep.publish.Ownership;
import dev.lockstep.publish.PartitionOutput;
import dev.lockstep.publish.Publication;
import dev.lockstep.store.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * What was applied and is to be published.
 *
 * @param owner of the partitions when it was applied
 * @param slices of which there is something to tell Kafka
 */
record Parcel(Ownership.Snapshot owner, Portion portion, List<Slice> slices) {

    /** All in one, but for pages: those are by themselves, and so is what comes behind them of their partition. */
    List<Parcel> transactions() {
        List<Slice> together = new ArrayList<>();
        List<Parcel> transactions = new ArrayList<>();
        for (Slice slice : slices) {
            List<Slice> parts = slice.parts();
            if (!parts.get(0).hasPages()) {
                together.add(parts.remove(0));
            }
            parts.forEach(part -> transactions.add(new Parcel(owner, portion, List.of(part))));
        }
        if (!together.isEmpty()) {
            transactions.add(0, new Parcel(owner, portion, together));
        }
        return transactions;
    }

    Publication publication() {
        return new Publication(
                portion.generation(), slices.stream().map(Parcel::output).toList());
    }

    private static PartitionOutput output(Slice slice) {
        return new PartitionOutput(
                slice.partition(),
                slice.nextOffset(),
                slice.leaderEpoch(),
                slice.outputs().stream()
                        .map(Output::records)
                        .flatMap(List::stream)
                        .toList(),
                slice.hasPages() ? slice.outputs().get(0).more() : Pages.NONE);
    }
}
