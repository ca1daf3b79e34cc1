package dev.lockstep.decide;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.InMemoryWorker;
import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.decode.Decoded;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.envelope.DeadLetterKind;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.partition.HomePartitioner;
import dev.lockstep.store.BatchApplierRig;
import dev.lockstep.store.UnitOfWork;
import dev.lockstep.wire.KafkaHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How records are counted; their output is covered by the batch applier's tests. */
class CommandDeciderTest {

    private static final String UNKNOWN = """
            {"specversion":"1.0","id":"1","source":"/ci","type":"any.text.at.all","data":{"application":"shop"}}""";

    private final Decoder decoder = new Decoder(Limits.DEFAULT);
    private final CommandDecider decider = new CommandDecider("topic", InMemoryWorker.TOPICS, "/lockstep");

    @Test
    void aTypeThatNobodyKnowsIsNotPassedOn() {
        int home = BatchApplierRig.home("shop");
        int elsewhere = (home + 1) % BatchApplierRig.PARTITIONS;

        assertThat(decide(home, UNKNOWN).outcome())
                .isEqualTo(new RecordOutcome(RecordOutcome.Kind.REJECTED, null, "UNKNOWN_COMMAND"));
        assertThat(decide(elsewhere, UNKNOWN).outcome())
                .isEqualTo(new RecordOutcome(RecordOutcome.Kind.MOVED, null, null));
    }

    @Test
    void aDeadLetterCountsByItsReasonAndCarriesIt() {
        RecordOutput output = decide(0, "no json");

        assertThat(output.outcome())
                .isEqualTo(
                        new RecordOutcome(RecordOutcome.Kind.DEAD_LETTER, null, DeadLetterKind.NO_CLOUD_EVENT.name()));
        assertThat(output.records()).singleElement().satisfies(letter -> assertThat(
                        KafkaHeaders.lastText(letter.headers(), KafkaHeaders.DEAD_LETTER_REASON))
                .startsWith("The record is not a CloudEvent"));
    }

    @Test
    void aRecordWithoutAnyOtherAnswerCountsAsAFault() {
        assertThat(decider.deadLetterOnly(received(0, UNKNOWN)).outcome().code())
                .isEqualTo(DeadLetterKind.FAULT.name());
    }

    /** Accepted by a version that had no such rule, and re-sent after the update. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'id':'1','source':'/ci','data':{'application':'shop','release':'1','title':'a\\u202Eb'}}",
                "{'id':'1','source':'\\u0022/ci\\u0022','data':{'application':'shop','release':'1','title':'a'}}",
                "{'id':'1','source':'/ci','environment':'x','title':'b','data':{'application':'shop','release':'1','title':'a'}}",
                "{'id':'1\\u0007','source':'/ci','data':{'application':'shop','release':'1','title':'a',"
                        + "'source':{'repoUrl':'https://user:secret@git.example/shop'}}}"
            })
    void aKnownCommandGetsItsFirstOutcomeWhateverRulesCameLater(String event) throws IOException {
        int home = BatchApplierRig.home("shop");
        IncomingRecord record = received(home, create(event, "1"));
        UnitOfWork state = state();

        assertThat(decider.decide(record, state).outcome().code()).isEqualTo("INVALID_COMMAND");
        assertThat(state.firstOutcome(record.idempotencyKey())).isNull();

        byte[] fingerprint = ((Decoded.ValidCommand) record.decoded()).fingerprint();
        state.remember(
                record.idempotencyKey(),
                new FirstOutcome(IncomingRecord.uuidOfFirst16Bytes(fingerprint), 4, null, null, null));

        RecordOutput again = decider.decide(record, state);
        assertThat(again.outcome().kind()).isEqualTo(RecordOutcome.Kind.DUPLICATE);
        JsonNode result = new ObjectMapper().readTree(again.records().get(0).value());
        assertThat(result.path("outcome").asText()).isEqualTo("accepted");
        assertThat(result.path("revision").asLong()).isEqualTo(4);

        IncomingRecord other = received(home, create(event, "2"));
        assertThat(decider.decide(other, state).outcome().code()).isEqualTo("INVALID_COMMAND");
        assertThat(decider.rejectUnprocessable(other, state).outcome().code()).isEqualTo("INVALID_COMMAND");
    }

    private static String create(String event, String release) {
        return event.replace("{'id'", "{'specversion':'1.0','type':'dev.lockstep.release.create.v1','id'")
                .replace("'release':'1'", "'release':'" + release + "'")
                .replace('\'', '"');
    }

    private RecordOutput decide(int partition, String value) {
        return decider.decide(received(partition, value), state());
    }

    private static UnitOfWork state() {
        UnitOfWork state = new UnitOfWork(new HomePartitioner(BatchApplierRig.PARTITIONS, BatchApplierRig.PARTITIONS));
        state.setContext(new DecisionContext(Instant.EPOCH));
        return state;
    }

    private IncomingRecord received(int partition, String value) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(InMemoryWorker.TOPICS.commands(), partition, 0, bytes("shop"), bytes(value));
        return IncomingRecord.of(record, decoder.decode(record));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
