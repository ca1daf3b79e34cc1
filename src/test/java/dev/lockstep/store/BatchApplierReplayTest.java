package dev.lockstep.store;

import static dev.lockstep.store.BatchApplierAgainstModelTest.applications;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.RealStores;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.UndecodableGenerator;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A record that is redelivered, at the same position, produces exactly the same output; nothing is decided twice. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierReplayTest {

    private static final long SEED = 1_001;
    private static final int RECORDS = 300;
    private static final int LARGEST_BATCH = 40;

    @Inject
    PostgresStore postgres;

    @Test
    void theSameBatchAgainHasTheSameOutputByteForByteAndChangesNothing() {
        BatchApplierRig rig = postgres.rig();
        List<IncomingRecord> batch = mixed(rig, SEED);
        List<PartitionOutcome> first = rig.apply(batch);
        String before = postgres.everything();

        List<PartitionOutcome> second = rig.apply(batch);

        assertThat(AppliedOutput.byPosition(first)).hasSize(RECORDS);
        assertThat(AppliedOutput.bytes(second)).isEqualTo(AppliedOutput.bytes(first));
        assertThat(postgres.everything()).isEqualTo(before);
    }

    @Test
    void aReplayBatchedDifferentlyHasTheSameOutput() {
        BatchApplierRig rig = postgres.rig();
        List<IncomingRecord> records = mixed(rig, SEED + 1);
        Map<List<Long>, List<OutgoingRecord>> first = inBatches(rig, records, new Random(SEED));
        String before = postgres.everything();

        Map<List<Long>, List<OutgoingRecord>> second = inBatches(rig, records, new Random(SEED + 1));

        assertThat(bytes(second)).isEqualTo(bytes(first)).hasSize(RECORDS);
        assertThat(postgres.everything()).isEqualTo(before);
    }

    @Test
    void aBatchThatIsHalfReplayedDecidesOnlyWhatIsNew() {
        BatchApplierRig rig = postgres.rig();
        AppliedOutput told = new AppliedOutput();
        List<SentCommand> commands = new CommandGenerator(SEED + 2, applications("half")).take(RECORDS);
        List<IncomingRecord> records = rig.receive(commands);
        Map<List<Long>, List<Object>> before = new HashMap<>();
        Random random = new Random(SEED);
        for (int applied = 0; applied < RECORDS; ) {
            int from = Math.max(0, applied - random.nextInt(LARGEST_BATCH));
            int to = Math.min(RECORDS, applied + 1 + random.nextInt(LARGEST_BATCH));
            List<PartitionOutcome> outcomes = rig.apply(records.subList(from, to));

            Map<List<Long>, List<OutgoingRecord>> outputs = AppliedOutput.byPosition(outcomes);
            for (IncomingRecord replayed : records.subList(from, applied)) {
                List<Long> place = AppliedOutput.position(replayed);
                assertThat(bytes(outputs.get(place))).isEqualTo(before.get(place));
            }
            List<IncomingRecord> fresh = records.subList(applied, to);
            assertThat(told.differences(commands.subList(applied, to), fresh, of(fresh, outcomes)))
                    .isEmpty();
            outputs.forEach((place, out) -> before.put(place, bytes(out)));
            applied = to;
        }
        assertThat(told.statusDifferences()).isEmpty();
    }

    @Test
    void aRecreatedTopicStartsFromScratch() {
        BatchApplierRig rig = postgres.rig();
        BatchApplierRig recreated = postgres.rig();
        List<SentCommand> commands = new CommandGenerator(SEED + 3, applications("anew")).take(1);
        rig.apply(rig.receive(commands));

        List<IncomingRecord> again = recreated.receive(commands);
        List<OutgoingRecord> records =
                AppliedOutput.byPosition(recreated.apply(again)).get(AppliedOutput.position(again.get(0)));

        assertThat(AppliedOutput.only("results", records).path("duplicate").asBoolean())
                .isTrue();
    }

    /** Commands, with some records among them that are not. */
    private static List<IncomingRecord> mixed(BatchApplierRig rig, long seed) {
        List<String> applications = applications("mixed-" + seed);
        CommandGenerator commands = new CommandGenerator(seed, applications);
        UndecodableGenerator others = new UndecodableGenerator(seed, applications);
        List<IncomingRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.addAll(
                    i % 10 == 0 ? List.of(rig.receive(others.next().raw())) : rig.receive(List.of(commands.next())));
        }
        return records;
    }

    private static Map<List<Long>, List<OutgoingRecord>> inBatches(
            BatchApplierRig rig, List<IncomingRecord> records, Random random) {
        Map<List<Long>, List<OutgoingRecord>> outputs = new HashMap<>();
        for (int from = 0; from < records.size(); ) {
            int to = Math.min(records.size(), from + 1 + random.nextInt(LARGEST_BATCH));
            outputs.putAll(AppliedOutput.byPosition(rig.apply(records.subList(from, to))));
            from = to;
        }
        return outputs;
    }

    private static List<PartitionOutcome> of(List<IncomingRecord> records, List<PartitionOutcome> outcomes) {
        List<List<Long>> places = records.stream().map(AppliedOutput::position).toList();
        return outcomes.stream()
                .map(outcome -> new PartitionOutcome(
                        outcome.partition(),
                        outcome.nextOffset(),
                        outcome.leaderEpoch(),
                        outcome.appliedOffset(),
                        outcome.hasRecords(),
                        outcome.seekTo(),
                        outcome.outputs().stream()
                                .filter(output -> places.contains(List.of((long) outcome.partition(), output.offset())))
                                .toList()))
                .toList();
    }

    private static Map<List<Long>, List<Object>> bytes(Map<List<Long>, List<OutgoingRecord>> outputs) {
        Map<List<Long>, List<Object>> bytes = new HashMap<>();
        outputs.forEach((place, records) -> bytes.put(place, bytes(records)));
        return bytes;
    }

    private static List<Object> bytes(List<OutgoingRecord> records) {
        return List.copyOf(records.stream().map(AppliedOutput::bytes).toList());
    }
}
