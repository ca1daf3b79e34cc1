package dev.lockstep.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.RealStores;
import dev.lockstep.batch.CommandRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.PartitionOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Of the statuses with the same key that a batch outputs, only the last is published; results and events all are. */
@QuarkusTest
@WithTestResource(RealStores.class)
class BatchApplierSupersededTest {

    @Inject
    PostgresStore postgres;

    private final String application = "shop-" + UUID.randomUUID();

    @Test
    void onlyTheLastStatusOfEachKeyIsPublished() {
        BatchApplierRig rig = postgres.rig();
        List<CommandRecord> batch = rig.receive(List.of(
                command(CommandKind.CREATE, data("1").put("title", "One")),
                command(CommandKind.UPDATE, data("1").put("title", "First")),
                command(CommandKind.CREATE, data("2").put("title", "Two")),
                command(CommandKind.DEPLOY, data("1").put("environment", "staging")),
                command(CommandKind.DELETE, data("2"))));

        List<PartitionOutcome> first = rig.apply(batch);
        List<PartitionOutcome> redelivered = rig.apply(batch);

        assertThat(recordsOf(first, false))
                .containsExactly(
                        "0 results",
                        "0 events",
                        "0 events",
                        "0 events",
                        "0 events",
                        "1 results",
                        "1 events",
                        "2 results",
                        "2 events",
                        "3 results",
                        "3 events",
                        "3 events",
                        "4 results",
                        "4 events");
        assertThat(recordsOf(first, true))
                .containsExactlyInAnyOrder(
                        "0 application-status",
                        "0 deployment-status /development",
                        "0 deployment-status /production",
                        "3 release-status /1",
                        "3 deployment-status /staging",
                        "4 release-status /2 tombstone");
        assertThat(AppliedOutput.bytes(redelivered)).isEqualTo(AppliedOutput.bytes(first));
    }

    /** What each record of the batch outputs: its index, the topic, and for a status its key without the application. */
    private List<String> recordsOf(List<PartitionOutcome> outcomes, boolean areStatuses) {
        List<RecordOutput> outputs = outcomes.get(0).outputs();
        List<String> described = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            for (OutgoingRecord record : outputs.get(i).records()) {
                String key = new String(record.key(), UTF_8).substring(application.length());
                if (record.topic().endsWith("-status") == areStatuses) {
                    described.add((i + " " + record.topic() + " " + key + (record.value() == null ? " tombstone" : ""))
                            .strip());
                }
            }
        }
        return described;
    }

    private ObjectNode data(String release) {
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
                data.path("application").asText(),
                true);
    }
}
