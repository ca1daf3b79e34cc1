package dev.lockstep.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.RealStores;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.intake.InFlightBatch;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import dev.lockstep.publish.AppliedBatch;
import dev.lockstep.wire.KafkaHeaders;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What a record outputs does not depend on the records after it in its batch: a redelivery may begin or end anywhere, and each
 * Kafka transaction has to be complete (contract, section 7).
 */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierBoundariesTest {

    private static final int SOME = 5;

    @Inject
    PostgresStore postgres;

    @Test
    void commandsOutputTheSameTogetherAsOneByOne() {
        assertThat(outputs(Integer.MAX_VALUE)).isEqualTo(outputs(1)).hasSizeGreaterThan(15);
    }

    /** As after a crash between the two commits. */
    @Test
    void aRedeliveredBatchThatIsSmallerPublishesTheSame() {
        BatchApplierRig rig = postgres.rig();
        String application = "shop-" + UUID.randomUUID();
        List<IncomingRecord> all = rig.receive(commands(application));
        rig.apply(all);
        List<String> redelivered = published(rig.apply(all.subList(0, SOME)), application);

        BatchApplierRig other = postgres.rig();
        String fresh = "shop-" + UUID.randomUUID();
        List<IncomingRecord> some = other.receive(commands(fresh)).subList(0, SOME);

        assertThat(redelivered)
                .isEqualTo(published(other.apply(some), fresh))
                .filteredOn(record -> record.contains("release-status /1 "))
                .hasSize(1);
    }

    private static List<String> published(List<PartitionOutcome> outcomes, String application) {
        InFlightBatch batch = new InFlightBatch(0, 0, 1, List.of(), Set.of(), false);
        return new AppliedBatch(new PartitionOwnership().snapshot(), batch, outcomes)
                .toPublication(BatchApplierRig.TOPICS).partitions().stream()
                        .flatMap(partition -> partition.records().stream())
                        .map(record -> described(record, application))
                        .toList();
    }

    /** Topic, key and revision of all output for the same commands, applied that many at a time. */
    private List<String> outputs(int batchSize) {
        BatchApplierRig rig = postgres.rig();
        String application = "shop-" + UUID.randomUUID();
        List<IncomingRecord> records = rig.receive(commands(application));
        List<String> outputs = new ArrayList<>();
        for (int from = 0; from < records.size(); ) {
            int to = (int) Math.min(records.size(), (long) from + batchSize);
            outputs.addAll(described(rig.apply(records.subList(from, to)), application));
            from = to;
        }
        return outputs;
    }

    /** They change the same release and environment again and again, and end with a tombstone. */
    private static List<SentCommand> commands(String application) {
        return List.of(
                command(CommandKind.CREATE, data(application, "1").put("title", "One")),
                command(CommandKind.UPDATE, data(application, "1").put("title", "First")),
                command(CommandKind.CREATE, data(application, "2").put("title", "Two")),
                command(CommandKind.DEPLOY, data(application, "1").put("environment", "staging")),
                command(CommandKind.DEPLOY, data(application, "2").put("environment", "staging")),
                command(CommandKind.DEPLOY, data(application, "1").put("environment", "production")),
                command(CommandKind.CREATE, data(application, "3").put("title", "Three")),
                command(CommandKind.DELETE, data(application, "3")));
    }

    private static ObjectNode data(String application, String release) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("application", application)
                .put("release", release);
    }

    private static SentCommand command(CommandKind kind, ObjectNode data) {
        return new SentCommand(
                "/ci",
                UUID.randomUUID().toString(),
                kind.type(),
                data,
                data.get("application").textValue(),
                true);
    }

    private static List<String> described(List<PartitionOutcome> outcomes, String application) {
        List<String> described = new ArrayList<>();
        for (PartitionOutcome outcome : outcomes) {
            for (RecordOutput output : outcome.outputs()) {
                for (OutgoingRecord record : output.records()) {
                    described.add(output.offset() + " " + described(record, application));
                }
            }
        }
        return described;
    }

    private static String described(OutgoingRecord record, String application) {
        return record.topic() + " " + new String(record.key(), UTF_8).substring(application.length()) + " "
                + KafkaHeaders.lastText(record.headers(), KafkaHeaders.REVISION);
    }
}
