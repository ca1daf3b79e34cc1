package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.RealStores;
import dev.lockstep.batch.BatchOutcome;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import dev.lockstep.partition.PartitionPosition;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How far each partition is applied and published, and what is kept only until then. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierProgressTest {

    @Inject
    PostgresStore postgres;

    private final String application =
            "progress-" + UUID.randomUUID().toString().substring(0, 8);
    private final int partition = BatchApplierRig.home(application);
    private BatchApplierRig rig;
    private int releases;

    @BeforeEach
    void set() {
        rig = postgres.rig();
    }

    @Test
    void whatKafkaKnowsAndPostgresDoesNotIsDataLoss() {
        rig.apply(creations(3));
        List<IncomingRecord> next = creations(2);
        String before = postgres.everything();

        assertThatThrownBy(() -> rig.apply(next, Map.of(partition, 4L))).isInstanceOf(DataLossException.class);
        assertThat(postgres.everything()).isEqualTo(before);
        assertThat(offsets(rig.apply(next, Map.of(partition, 3L)))).containsExactly(3L, 4L);
    }

    @Test
    void aDatabaseThatKnowsNothingOfACommittedPartitionHasLostData() {
        List<IncomingRecord> batch = creations(1);
        assertThatThrownBy(() -> rig.apply(batch, Map.of(partition, 1L))).isInstanceOf(DataLossException.class);
        assertThat(progress()).isZero();
    }

    @Test
    void aTruncatedTopicIsDataLossUntilItIsTreatedAsTheGuideSays() throws IOException {
        List<IncomingRecord> records = creations(6);
        rig.apply(records.subList(0, 2));
        rig.apply(records.subList(2, 4));
        rig.apply(records.subList(4, 6));
        rig.truncate(partition, 3);
        List<IncomingRecord> next = creations(2);
        PartitionPosition truncated = new PartitionPosition(1L, true, 0, 3, true, 0, 0);
        assertThatThrownBy(() -> rig.apply(next, partition, truncated)).isInstanceOf(DataLossException.class);
        assertThatThrownBy(() -> rig.apply(List.of(), partition, truncated)).isInstanceOf(DataLossException.class);

        for (String statement : guide("A truncated commands topic").split(";")) {
            postgres.sql(statement
                    .replace(":end", "3")
                    .replace(":committed", "1")
                    .replace(":topic", "'" + rig.topicId + "'")
                    .replace(":partition", String.valueOf(partition)));
        }

        List<IncomingRecord> polled = new ArrayList<>(records.subList(1, 3));
        polled.addAll(next);
        List<PartitionOutcome> first = rig.apply(polled, partition, truncated).partitions();
        assertThat(offsets(first)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(AppliedOutput.bytes(rig.apply(polled))).isEqualTo(AppliedOutput.bytes(first));
    }

    /** The first SQL block under a heading of the operator's guide. */
    private static String guide(String heading) throws IOException {
        String text = Files.readString(Path.of("docs/operations.md"));
        String section = text.substring(text.indexOf("## " + heading));
        int sql = section.indexOf("```sql") + "```sql".length();
        return section.substring(sql, section.indexOf("```", sql)).strip();
    }

    @Test
    void aBatchWithEnoughOutputLeavesTheRestUntouched() {
        BatchApplier small = postgres.newBatchApplier(1, 1);
        List<IncomingRecord> batch = new ArrayList<>(creations(3));
        batch.addAll(rig.receive(List.of(creation(inAnotherPartition()))));
        batch.sort(Comparator.comparing(IncomingRecord::partition));

        List<List<Long>> put = new ArrayList<>();
        List<IncomingRecord> rest = batch;
        while (!rest.isEmpty()) {
            BatchOutcome applied = rig.apply(small, rest, rig.decider);
            put.addAll(places(applied.partitions()));
            int next = applied.firstDeferred() == null ? rest.size() : rest.indexOf(applied.firstDeferred());
            assertThat(next).isEqualTo(1);
            rest = rest.subList(next, rest.size());
        }
        assertThat(put).isEqualTo(batch.stream().map(AppliedOutput::position).toList());

        assertThat(places(rig.apply(batch))).as("the same as in one batch").isEqualTo(put);
    }

    @Test
    void whatIsOutBeforeCountsForNothing() {
        List<IncomingRecord> batch = creations(3);
        rig.apply(batch.subList(0, 2));

        BatchOutcome applied = rig.apply(postgres.newBatchApplier(1, 1), batch, rig.decider);

        assertThat(applied.firstDeferred()).isNull();
        assertThat(offsets(applied.partitions())).containsExactly(0L, 1L, 2L);
    }

    @Test
    void aBatchReadsAllReleasesOfAsManyApplicationsAsItMay() {
        String other = Stream.iterate(0, i -> i + 1)
                .map(i -> application + "." + i)
                .filter(name -> BatchApplierRig.home(name) == partition)
                .findFirst()
                .orElseThrow();
        rig.apply(creations(3));
        rig.apply(rig.receive(List.of(creation(other))));
        List<IncomingRecord> batch = rig.receive(
                List.of(definition(application), definition(application), creation(other), definition(other)));

        BatchOutcome applied = rig.apply(postgres.newBatchApplier(3, Long.MAX_VALUE), batch, rig.decider);

        assertThat(applied.firstDeferred()).isSameAs(batch.get(3));
        assertThat(offsets(applied.partitions()))
                .containsExactlyElementsOf(
                        batch.subList(0, 3).stream().map(IncomingRecord::offset).toList());
        assertThat(rig.apply(postgres.newBatchApplier(5, Long.MAX_VALUE), batch, rig.decider)
                        .firstDeferred())
                .isNull();
    }

    @Test
    void aBatchEndsBeforeAnApplicationThatIsTooMuchToRead() {
        String other = Stream.iterate(0, i -> i + 1)
                .map(i -> application + "." + i)
                .filter(name -> BatchApplierRig.home(name) == partition)
                .findFirst()
                .orElseThrow();
        BatchApplier small = postgres.newBatchApplier(new BatchLimits(1_000, 1, Long.MAX_VALUE, 1, Long.MAX_VALUE));
        rig.apply(creations(1));
        rig.apply(rig.receive(List.of(creation(other))));
        List<IncomingRecord> batch = rig.receive(List.of(
                creation(application),
                creation(application),
                creation(other),
                definition(application),
                definition(other)));

        BatchOutcome applied = rig.apply(small, batch, rig.decider);

        assertThat(List.of(batch.get(0), batch.get(2))).contains(applied.firstDeferred());
        assertThat(rig.applyAll(small, batch.subList(batch.indexOf(applied.firstDeferred()), batch.size())))
                .extracting(PartitionOutcome::outputs)
                .allSatisfy(outputs -> assertThat(outputs).isNotEmpty());
        assertThat(postgres.number(
                        "select count(*) from release where application in ('" + application + "', '" + other + "')"))
                .isEqualTo(5);
        assertThat(rig.apply(small, rig.receive(List.of(creation(other), creation(application))), rig.decider)
                        .firstDeferred())
                .as("whichever is read first")
                .isNotNull();
    }

    private SentCommand definition(String application) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("application", application);
        data.withArray("environments").addObject().put("id", "development");
        data.withArray("environments").addObject().put("id", "live-" + releases);
        return new SentCommand("/ci", rig.topicId + releases++, CommandKind.DEFINE.type(), data, application, true);
    }

    private String inAnotherPartition() {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> application + i)
                .filter(other -> BatchApplierRig.home(other) != partition)
                .findFirst()
                .orElseThrow();
    }

    private static List<List<Long>> places(List<PartitionOutcome> outcomes) {
        return outcomes.stream()
                .flatMap(outcome ->
                        outcome.outputs().stream().map(output -> List.of((long) outcome.partition(), output.offset())))
                .toList();
    }

    @Test
    void whatTheGroupHasCommittedIsNotSubmittedAgain() {
        List<IncomingRecord> records = creations(9);
        rig.apply(records.subList(0, 3));
        rig.apply(records.subList(3, 6));
        rig.apply(records.subList(6, 9), Map.of(partition, 4L));

        assertThat(offsets(rig.apply(records))).containsExactly(4L, 5L, 6L, 7L, 8L);
        assertThat(rig.apply(records)).extracting(PartitionOutcome::nextOffset).containsExactly(9L);
    }

    @Test
    void whatIsKnownToBePublishedIsPrunedAndNotPutOutAgain() {
        List<IncomingRecord> records = creations(6);
        rig.apply(records.subList(0, 3));
        rig.apply(records.subList(3, 6));
        assertThat(outbox()).isEqualTo(2);

        publish(3);
        assertThat(outbox()).isEqualTo(1);
        assertThat(offsets(rig.apply(records))).containsExactly(3L, 4L, 5L);

        publish(6);
        assertThat(outbox()).isZero();
        assertThat(offsets(rig.apply(records))).isEmpty();
    }

    @Test
    void whatIsPublishedNeverGoesBackNorBeyondWhatIsApplied() {
        List<IncomingRecord> records = creations(2);
        rig.apply(records);
        publish(3);
        assertThat(offsets(rig.apply(records))).containsExactly(0L, 1L);

        publish(2);
        publish(1);
        assertThat(offsets(rig.apply(records))).isEmpty();
    }

    @Test
    void aLockedPartitionIsRecordedLaterAndDelaysNoOther() throws SQLException {
        int other = (partition + 1) % 6;
        rig.apply(rig.receive(List.of(creation())));
        postgres.sql("insert into progress (topic_id, partition, applied, published, marked) values ('" + rig.topicId
                + "', " + other + ", 1, 0, 1)");
        try (Connection held = postgres.hold("select from progress where topic_id = '" + rig.topicId
                + "' and partition = " + partition + " for update")) {
            assertThat(postgres.run(() -> postgres.upkeep.record(rig.topicId, Map.of(partition, 1L, other, 1L))))
                    .containsExactly(other);
        }
        assertThat(outbox()).isEqualTo(1);
        assertThat(postgres.run(() -> postgres.upkeep.record(rig.topicId, Map.of(partition, 1L))))
                .containsExactly(partition);
        assertThat(outbox()).isZero();
    }

    @Test
    void aForgottenCommandThatIsSentAgainIsANewOne() {
        SentCommand sent = creation();
        rig.apply(rig.receive(List.of(sent)));
        JsonNode known = result(sent);
        assertThat(known.path("duplicate").asBoolean()).isTrue();
        assertThat(known.path("outcome").asText()).isEqualTo("accepted");

        postgres.sql("update known_command set known_at = now() - interval '31 days'");
        postgres.sql("delete from retention");
        int count;
        do {
            count = postgres.<Integer>run(() -> postgres.retention.deleteExpired());
        } while (postgres.retention.mayHaveMore(count));
        JsonNode forgotten = result(sent);
        assertThat(forgotten.path("duplicate").asBoolean()).isFalse();
        assertThat(forgotten.at("/problem/code").asText()).isEqualTo("RELEASE_EXISTS");
        assertThat(result(sent).path("duplicate").asBoolean()).isTrue();
    }

    private JsonNode result(SentCommand sent) {
        List<IncomingRecord> batch = rig.receive(List.of(sent));
        return AppliedOutput.only(
                "results", AppliedOutput.byPosition(rig.apply(batch)).get(AppliedOutput.position(batch.get(0))));
    }

    private List<IncomingRecord> creations(int count) {
        List<SentCommand> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            commands.add(creation());
        }
        return rig.receive(commands);
    }

    private SentCommand creation() {
        return creation(application);
    }

    private SentCommand creation(String application) {
        String release = "r-" + releases++;
        JsonNode data = JsonNodeFactory.instance
                .objectNode()
                .put("application", application)
                .put("release", release)
                .put("title", "A title");
        return new SentCommand("/ci", rig.topicId + release, CommandKind.CREATE.type(), data, application, true);
    }

    private void publish(long next) {
        postgres.run(() -> postgres.upkeep.record(rig.topicId, Map.of(partition, next)));
    }

    private long outbox() {
        return postgres.number("select count(*) from outbox where topic_id = '" + rig.topicId + "'");
    }

    private long progress() {
        return postgres.number("select count(*) from progress where topic_id = '" + rig.topicId + "'");
    }

    private static List<Long> offsets(List<PartitionOutcome> outcomes) {
        return outcomes.stream()
                .flatMap(outcome -> outcome.outputs().stream())
                .map(RecordOutput::offset)
                .toList();
    }
}
