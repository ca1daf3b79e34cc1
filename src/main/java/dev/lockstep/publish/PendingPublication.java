package dev.lockstep.publish;

import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.intake.GroupOffsetClient;
import dev.lockstep.intake.PartitionOwnership;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** One publication in progress: what is still to be done, and what happened to the rest. */
final class PendingPublication {

    private final long generation;
    private final Map<Integer, Long> committed = new HashMap<>();
    private final Set<Integer> dropped = new HashSet<>();
    private final Map<OutgoingRecord, OutgoingRecord> replacements = new IdentityHashMap<>();
    private final Set<OutgoingRecord> isolated = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<RejectedPartition> rejected = new ArrayList<>();
    /** What the next transaction consists of: one output for each partition. */
    private List<PartitionOutput> remaining;

    /** What is left for later transactions, by partition, in order. */
    private final Map<Integer, Deque<PartitionOutput>> deferred = new LinkedHashMap<>();

    private String unsettledGroup;
    private boolean isUnbatched;
    private boolean wasSplitRepeatedly;
    private OutgoingRecord recordToProbe;

    PendingPublication(Publication publication) {
        this(publication.generation(), publication.partitions());
    }

    private PendingPublication(long generation, List<PartitionOutput> remaining) {
        this.generation = generation;
        this.remaining = new ArrayList<>(remaining);
    }

    /** The part of a publication that a topic rejects for now: one partition, to be published separately. */
    record RejectedPartition(int partition, PendingPublication publication, String reason) {}

    boolean isDone() {
        return remaining.isEmpty() && deferred.isEmpty();
    }

    /** Whether the next transaction has anything to send or to commit. */
    boolean hasNext() {
        return !remaining.isEmpty();
    }

    /**
     * Limits what the next transaction consists of; the rest is left for later ones. Not while the outcome of a commit is open:
     * it is settled by what the commit was for.
     *
     * @param maxBytes of keys and values; at least one record's output is kept
     */
    void limitTo(long maxBytes) {
        if (deferred.isEmpty() && maxBytes == TransactionLimit.UNLIMITED) {
            return;
        }
        if (remaining.isEmpty()) {
            deferred.values().forEach(rest -> remaining.add(rest.remove()));
            deferred.values().removeIf(Deque::isEmpty);
        }
        List<PartitionOutput> fitting = new ArrayList<>();
        long left = maxBytes;
        for (PartitionOutput output : remaining) {
            List<PartitionOutput> parts = output.split(left);
            PartitionOutput first = parts.get(0);
            if (!fitting.isEmpty() && first.bytes() > left) {
                defer(output);
                continue;
            }
            fitting.add(first);
            left -= first.bytes();
            parts.stream().skip(1).forEach(this::defer);
        }
        remaining = fitting;
    }

    private void defer(PartitionOutput output) {
        deferred.computeIfAbsent(output.partition(), partition -> new ArrayDeque<>())
                .addFirst(output);
    }

    /** The bytes of keys and values in the next transaction, without pages. */
    long bytes() {
        return remaining.stream().mapToLong(PartitionOutput::bytes).sum();
    }

    /** Drops partitions that are no longer owned, or were reassigned since the batch was polled. */
    void keepOwned(PartitionOwnership.Snapshot ownership) {
        updateRemaining(output -> ownership.owns(output.partition(), generation) ? output : markDropped(output));
        deferred.keySet().removeIf(partition -> {
            boolean isLost = !ownership.owns(partition, generation);
            if (isLost) {
                dropped.add(partition);
            }
            return isLost;
        });
    }

    /**
     * Passes the records on in order. Pages are read one at a time and not kept.
     *
     * @param onPage called before each page
     */
    void forEach(Consumer<OutgoingRecord> action, Runnable onPage) {
        for (PartitionOutput output : remaining) {
            output.records().forEach(record -> action.accept(replacementOf(record)));
            for (int page = 1; page <= output.pages().count(); page++) {
                onPage.run();
                output.pages().read(page).forEach(action);
            }
        }
    }

    /** Whether some of it is in pages, which takes a while. */
    boolean hasPages() {
        return remaining.stream().anyMatch(output -> output.pages().count() > 0);
    }

    Map<TopicPartition, OffsetAndMetadata> offsets(String topic, GroupOffsetClient groupOffsets) {
        return remaining.stream()
                .collect(Collectors.toMap(
                        output -> new TopicPartition(topic, output.partition()),
                        output -> groupOffsets.toOffsetMetadata(output.nextOffset(), output.leaderEpoch())));
    }

    Set<Integer> partitions() {
        return remaining.stream().map(PartitionOutput::partition).collect(Collectors.toSet());
    }

    void markAllCommitted() {
        updateRemaining(this::markCommitted);
        unsettledGroup = null;
    }

    void markNoneCommitted() {
        unsettledGroup = null;
    }

    /** From now on the outcome is unknown, until one of the other methods reports it. */
    void markCommitStarted(String group) {
        unsettledGroup = group;
    }

    /** The group for which a commit was requested that may or may not have happened, or null. */
    String unsettledGroup() {
        return unsettledGroup;
    }

    /** Determines the outcome of that commit from the group's committed offsets. */
    void settle(Map<Integer, Long> offsets) {
        updateRemaining(
                output -> offsets.get(output.partition()) >= output.nextOffset() ? markCommitted(output) : output);
        unsettledGroup = null;
    }

    /** Whether a record is to have a producer batch of its own. */
    boolean needsOwnBatch(OutgoingRecord record) {
        return isolated.contains(record);
    }

    /** Whether it uses the producer that finds out what a topic rejects. Never changes while an outcome is open. */
    boolean isUnbatched() {
        return isUnbatched;
    }

    void useUnbatchedProducer() {
        isUnbatched = !hasPages();
    }

    /** A record that was rejected before, to be tried on its topic before anything else is sent; or null. */
    OutgoingRecord recordToProbe() {
        return recordToProbe;
    }

    /** Pages keep using batches of the usual size: tens of thousands of records one by one would outlast their transaction. */
    void probeSucceeded() {
        recordToProbe = null;
        isUnbatched = wasSplitRepeatedly || !hasPages();
    }

    /**
     * Does what can be done about rejected records. If nothing can, the whole partition leaves this attempt.
     *
     * @return whether anything was done, so that retrying at once makes sense
     */
    boolean handleRejections(NotCommittedException failure, BrokerRejections rejections) {
        boolean hasHandledAny = failure.wasSplitRepeatedly() && !isUnbatched;
        wasSplitRepeatedly |= failure.wasSplitRepeatedly();
        isUnbatched |= wasSplitRepeatedly;
        for (PartitionOutput output : List.copyOf(remaining)) {
            for (OutgoingRecord original : output.records()) {
                OutgoingRecord record = replacementOf(original);
                Exception rejection = failure.rejectedRecords().get(record);
                if (rejection != null) {
                    hasHandledAny = true;
                    if (!handleRejection(original, record, rejection, rejections)) {
                        reject(output, record, rejection);
                        break;
                    }
                }
            }
        }
        return hasHandledAny || rejectPageRecord(failure);
    }

    /** Pages are not kept, so their records cannot be changed: the topic has to accept them. */
    private boolean rejectPageRecord(NotCommittedException failure) {
        if (!hasPages() || failure.rejectedRecords().isEmpty()) {
            return false;
        }
        Map.Entry<OutgoingRecord, Exception> first =
                failure.rejectedRecords().entrySet().iterator().next();
        reject(remaining.get(0), first.getKey(), first.getValue());
        return true;
    }

    /** A record that was rejected for its size along with others is first sent alone before it is shortened. */
    private boolean handleRejection(
            OutgoingRecord original, OutgoingRecord record, Exception rejection, BrokerRejections rejections) {
        if (BrokerRejections.isTooLarge(rejection) && isolated.add(record)) {
            return true;
        }
        OutgoingRecord replacement = rejections.replacementFor(record, rejection);
        if (replacement != null) {
            replacements.put(original, replacement);
            isolated.add(replacement);
            recordToProbe = recordToProbe == record ? replacement : recordToProbe;
        }
        return replacement != null;
    }

    private void reject(PartitionOutput output, OutgoingRecord record, Exception rejection) {
        PendingPublication rest = splitOff(output.partition());
        rest.isUnbatched = true;
        rest.recordToProbe = record;
        rejected.add(new RejectedPartition(output.partition(), rest, BrokerRejections.describe(record, rejection)));
    }

    /** The partitions that left this attempt because a topic rejects a record. */
    List<RejectedPartition> rejectedPartitions() {
        return rejected;
    }

    /** Turns one of the open partitions into an attempt of its own, which keeps what is known about its records. */
    PendingPublication splitOff(int partition) {
        Map<Boolean, List<PartitionOutput>> parts =
                remaining.stream().collect(Collectors.partitioningBy(output -> output.partition() == partition));
        remaining = parts.get(false);
        PendingPublication own = new PendingPublication(generation, parts.get(true));
        Deque<PartitionOutput> rest = deferred.remove(partition);
        if (rest != null) {
            own.deferred.put(partition, rest);
        }
        own.replacements.putAll(replacements);
        own.isolated.addAll(isolated);
        own.wasSplitRepeatedly = wasSplitRepeatedly;
        return own;
    }

    private OutgoingRecord replacementOf(OutgoingRecord original) {
        return replacements.getOrDefault(original, original);
    }

    /**
     * The result; anything still open counts as dropped.
     *
     * @param stalled the eventual results of the partitions that left it
     */
    PublishOutcome outcome(Map<Integer, CompletableFuture<PublishOutcome>> stalled) {
        Set<Integer> notCommitted = new HashSet<>(dropped);
        notCommitted.addAll(partitions());
        notCommitted.addAll(deferred.keySet());
        Map<Integer, Long> completelyCommitted = new HashMap<>(committed);
        completelyCommitted.keySet().removeAll(notCommitted);
        completelyCommitted.keySet().removeAll(stalled.keySet());
        return new PublishOutcome(completelyCommitted, Set.copyOf(notCommitted), Map.copyOf(stalled));
    }

    private PartitionOutput markCommitted(PartitionOutput output) {
        committed.put(output.partition(), output.nextOffset());
        return null;
    }

    private PartitionOutput markDropped(PartitionOutput output) {
        dropped.add(output.partition());
        return null;
    }

    /** @param decision null for an output that is no longer open */
    private void updateRemaining(UnaryOperator<PartitionOutput> decision) {
        remaining = remaining.stream()
                .map(decision)
                .filter(output -> output != null)
                .collect(Collectors.toList());
    }
}
