package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.OutputPages;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.wire.Topics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A batch that was applied and is to be published.
 *
 * @param ownership the ownership of the partitions when it was applied
 * @param partitions the partitions for which there is something to send to Kafka
 */
public record AppliedBatch(
        PartitionOwnership.Snapshot ownership, InFlightBatch batch, List<PartitionOutcome> partitions) {

    /** One publication for everything, except that paged output, and what follows it in its partition, is published separately. */
    public List<AppliedBatch> splitIntoTransactions() {
        List<PartitionOutcome> together = new ArrayList<>();
        List<AppliedBatch> transactions = new ArrayList<>();
        for (PartitionOutcome outcome : partitions) {
            List<PartitionOutcome> parts = outcome.splitAtPages();
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

    public Publication toPublication(Topics topics) {
        return new Publication(
                batch.generation(),
                partitions.stream()
                        .map(outcome -> toPartitionOutput(outcome, topics))
                        .toList());
    }

    private static PartitionOutput toPartitionOutput(PartitionOutcome outcome, Topics topics) {
        List<OutgoingRecord> records = outcome.outputs().stream()
                .map(RecordOutput::records)
                .flatMap(List::stream)
                .toList();
        return new PartitionOutput(
                outcome.partition(),
                outcome.nextOffset(),
                outcome.leaderEpoch(),
                withoutSuperseded(records, topics),
                outcome.hasPages() ? outcome.outputs().get(0).pages() : OutputPages.NONE,
                (whole, maxBytes) -> outcome.splitAtSize(maxBytes).stream()
                        .map(part -> toPartitionOutput(part, topics))
                        .toList());
    }

    private record StatusKey(String topic, ByteBuffer key) {}

    /**
     * Of the statuses with the same key, only the last. An output is committed as a whole, so no reader misses a
     * status that a later one in it supersedes. Not across partitions: those may be committed separately.
     */
    private static List<OutgoingRecord> withoutSuperseded(List<OutgoingRecord> records, Topics topics) {
        Set<StatusKey> later = new HashSet<>();
        List<OutgoingRecord> kept = new ArrayList<>(records.size());
        for (int i = records.size() - 1; i >= 0; i--) {
            OutgoingRecord outgoing = records.get(i);
            if (!topics.isStatus(outgoing.topic())
                    || later.add(new StatusKey(outgoing.topic(), ByteBuffer.wrap(outgoing.key())))) {
                kept.add(outgoing);
            }
        }
        Collections.reverse(kept);
        return kept;
    }
}
