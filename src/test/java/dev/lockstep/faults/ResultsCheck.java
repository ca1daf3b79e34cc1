package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.Comparison;
import dev.lockstep.model.ExpectedOutcome;
import dev.lockstep.model.ExpectedRefusal;
import dev.lockstep.model.SentCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Exactly one result for each command record, in the order of the commands, and as the model says. */
final class ResultsCheck {

    /**
     * @param expected null for a command to {@link DeploymentLoad}
     * @param hasSeveralHomes whether others with the same id may be judged elsewhere, in an unobservable order
     */
    private record Awaited(
            int partition, long offset, SentCommand sent, ExpectedOutcome expected, boolean hasSeveralHomes) {}

    /** What the results said about the commands with one idempotency key. */
    private record Copies(Set<Integer> partitions, List<Boolean> areFirst, List<String> differences) {

        /** In two partitions while a growth takes effect: whichever was first, exactly one was. */
        boolean isJustAnotherOrder() {
            return partitions.size() > 1 && areFirst.stream().filter(is -> is).count() == 1;
        }
    }

    private final Findings findings;
    private final ObservedHomes homes;
    private final DeploymentLoadCheck deployments;
    private final Map<UUID, Awaited> awaited = new HashMap<>();
    private final Set<UUID> seen = new HashSet<>();
    /** Results whose command has not been read yet, and what came after them, by partition. */
    private final Map<Integer, Deque<ConsumedRecord>> waiting = new HashMap<>();

    private final Map<List<Integer>, Long> lastOffset = new HashMap<>();
    private final Map<String, Long> lastRevision = new HashMap<>();
    private final Map<List<String>, Copies> severalHomes = new HashMap<>();

    ResultsCheck(Findings findings, ObservedHomes homes, DeploymentLoadCheck deployments) {
        this.findings = findings;
        this.deployments = deployments;
        this.homes = homes;
    }

    /** Whether a result with this id was read, whichever command it belongs to. */
    boolean hasSeen(String resultId) {
        return seen.contains(UUID.fromString(resultId));
    }

    /**
     * @param expected null for a command to {@link DeploymentLoad}
     * @param hasSeveralHomes whether the topics have grown such that, before its application existed, the same command sent
     *     twice may have been judged in two places, and outsiders cannot see in which first
     */
    void expect(
            String resultId,
            ConsumerRecord<byte[], byte[]> command,
            SentCommand sent,
            ExpectedOutcome expected,
            boolean hasSeveralHomes) {
        awaited.put(
                UUID.fromString(resultId),
                new Awaited(command.partition(), command.offset(), sent, expected, hasSeveralHomes));
    }

    void look(ConsumedRecord result) {
        if (!seen.add(id(result))) {
            findings.add(Breach.DOUBLED, "A result was repeated: " + result + " ce_id=" + result.header("ce_id"));
            return;
        }
        Deque<ConsumedRecord> queue = waiting.computeIfAbsent(result.record().partition(), p -> new ArrayDeque<>());
        queue.add(result);
        settle(queue);
    }

    /** Re-examines the results that waited for their commands. */
    void settle() {
        waiting.values().forEach(this::settle);
    }

    private void settle(Deque<ConsumedRecord> queue) {
        while (!queue.isEmpty() && awaited.containsKey(id(queue.peek()))) {
            ConsumedRecord result = queue.poll();
            compare(result, awaited.remove(id(result)));
        }
    }

    private void compare(ConsumedRecord result, Awaited due) {
        List<Integer> way = List.of(due.partition, result.record().partition());
        Long before = lastOffset.put(way, due.offset);
        if (before != null && before > due.offset) {
            findings.add(
                    Breach.OUT_OF_ORDER,
                    result + " is that of command " + due.offset + ", after that of command " + before);
        }
        if (DeploymentLoad.isOne(due.sent.application())) {
            compareLively(result, due.sent);
        } else {
            compareWithModel(result, due);
        }
    }

    private void compareLively(ConsumedRecord result, SentCommand sent) {
        result.checkHeaders(findings, sent.application());
        homes.settle(sent.application(), result.record().partition(), result);
        lastRevision.merge(sent.application(), deployments.result(result, sent), Math::max);
    }

    private void compareWithModel(ConsumedRecord result, Awaited due) {
        JsonNode data = result.value();
        List<String> differences = Comparison.result(due.sent, due.expected, data, true).stream()
                .map(difference -> result + ": " + difference)
                .toList();
        if (due.hasSeveralHomes) {
            note(due, data, differences);
        } else {
            findings.addAll(Breach.DIFFERING, differences);
        }
        result.checkHeaders(findings, due.expected.application());
        checkPartition(result, due.expected.application(), data.path("revision").asLong());
        if (due.expected.code() == null && !due.expected.duplicate()) {
            lastRevision.merge(due.expected.application(), data.path("revision").asLong(), Math::max);
        }
    }

    private void note(Awaited due, JsonNode data, List<String> differences) {
        Copies copies = severalHomes.computeIfAbsent(
                List.of(String.valueOf(due.expected.application()), due.sent.source(), due.sent.id()),
                key -> new Copies(new HashSet<>(), new ArrayList<>(), new ArrayList<>()));
        copies.partitions.add(due.partition);
        copies.areFirst.add(!data.path("duplicate").asBoolean()
                && !data.at("/problem/code").asText().equals(ExpectedRefusal.ID_REUSED.name()));
        copies.differences.addAll(differences);
    }

    private void checkPartition(ConsumedRecord result, String application, long revision) {
        int partition = result.record().partition();
        if (application != null && revision > 0) {
            homes.settle(application, partition, result);
        } else if (application != null
                && !homes.possible(application.getBytes(StandardCharsets.UTF_8)).contains(partition)) {
            findings.add(Breach.DIFFERING, result + " of an unknown application lies where none can be");
        }
    }

    /** The revision up to which an application's accepted commands have their results. */
    long lastRevision(String application) {
        return lastRevision.getOrDefault(application, 0L);
    }

    Map<String, Long> lastRevisions() {
        return lastRevision;
    }

    /** At the end, nothing may be left over on either side. */
    void finish() {
        severalHomes.values().stream()
                .filter(copies -> !copies.isJustAnotherOrder())
                .forEach(copies -> findings.addAll(Breach.DIFFERING, copies.differences));
        for (Deque<ConsumedRecord> queue : waiting.values()) {
            for (ConsumedRecord result : new ArrayList<>(queue)) {
                Awaited due = awaited.remove(id(result));
                if (due == null) {
                    findings.add(Breach.DIFFERING, "A result without a command: " + result);
                }
            }
        }
        awaited.values()
                .forEach(due -> findings.add(
                        Breach.LOST,
                        "No result for command " + due.partition + "@" + due.offset + " id=" + due.sent.id()));
    }

    long count() {
        return seen.size();
    }

    private static UUID id(ConsumedRecord result) {
        return UUID.fromString(result.header("ce_id"));
    }
}
