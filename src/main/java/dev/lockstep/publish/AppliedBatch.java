package dev.lockstep.publish;

import dev.lockstep.batch.OutputPages;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.intake.PartitionOwnership;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch that was applied and is to be published.
 *
 * @param ownership the ownership of the partitions when it was applied
 * @param partitions the partitions for which there is something to send to Kafka
 */
public record AppliedBatch(
        PartitionOwnership.Snapshot ownership, InFlightBatch batch, List<PartitionOutcome> partitions) {

    /** All in one publication, except for pages: those go separately, as does whatever follows them in their partition. */
    public List<AppliedBatch> transactions() {
        List<PartitionOutcome> together = new ArrayList<>();
        List<AppliedBatch> transactions = new ArrayList<>();
        for (PartitionOutcome one : partitions) {
            List<PartitionOutcome> parts = one.splitAtPages();
            if (!parts.get(0).hasPages()) {
                together.add(parts.remove(0));
            }
            parts.forEach(part -> transactions.add(new AppliedBatch(ownership, batch, List.of(part))));
        }
        if (!together.isEmpty()) {
            transactions.add(0, new AppliedBatch(ownership, batch, together));
        }
        return transactions;
    }

    public Publication publication() {
        return new Publication(
                batch.generation(),
                partitions.stream().map(AppliedBatch::output).toList());
    }

    private static PartitionOutput output(PartitionOutcome one) {
        return new PartitionOutput(
                one.partition(),
                one.nextOffset(),
                one.leaderEpoch(),
                one.outputs().stream()
                        .map(RecordOutput::records)
                        .flatMap(List::stream)
                        .toList(),
                one.hasPages() ? one.outputs().get(0).pages() : OutputPages.NONE);
    }
}
