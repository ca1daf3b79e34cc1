package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.command.Decoder;
import dev.lockstep.command.Limits;
import dev.lockstep.command.RawRecord;
import dev.lockstep.listener.DeadLetterReason;
import dev.lockstep.listener.Outcome;
import dev.lockstep.outbox.Output;
import dev.lockstep.publish.DeadLetters;
import dev.lockstep.store.Homes;
import dev.lockstep.store.State;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** What records count as; what they put out is the ledger's tests' matter. */
class JudgementTest {

    private static final String UNKNOWN = """
            {"specversion":"1.0","id":"1","source":"/ci","type":"any.text.at.all","data":{"application":"shop"}}""";

    private final Decoder decoder = new Decoder(Limits.DEFAULT);
    private final Judgement judgement = new Judgement("topic", InMemory.TOPICS, "/lockstep", Clock.systemUTC());

    @Test
    void aTypeThatNobodyKnowsIsNotPassedOn() {
        int home = LedgerRig.home("shop");
        int elsewhere = (home + 1) % LedgerRig.PARTITIONS;

        assertThat(judge(home, UNKNOWN).outcome())
                .isEqualTo(new Outcome(Outcome.Kind.REJECTED, null, "UNKNOWN_COMMAND"));
        assertThat(judge(elsewhere, UNKNOWN).outcome()).isEqualTo(new Outcome(Outcome.Kind.MOVED, null, null));
    }

    @Test
    void aDeadLetterCountsByItsReasonAndCarriesIt() {
        Output output = judge(0, "no json");

        assertThat(output.outcome())
                .isEqualTo(new Outcome(Outcome.Kind.DEAD_LETTER, null, DeadLetterReason.NO_CLOUD_EVENT.name()));
        assertThat(output.records()).singleElement().satisfies(letter -> assertThat(DeadLetters.reason(letter))
                .startsWith("The record is no CloudEvent"));
    }

    @Test
    void whatHasNoOtherAnswerCountsAsAFault() {
        assertThat(judgement.lastResort(received(0, UNKNOWN)).outcome().code())
                .isEqualTo(DeadLetterReason.FAULT.name());
    }

    private Output judge(int partition, String value) {
        return judgement.judge(
                received(partition, value), new State(new Homes(LedgerRig.PARTITIONS, LedgerRig.PARTITIONS)));
    }

    private Received received(int partition, String value) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(InMemory.TOPICS.commands(), partition, 0, bytes("shop"), bytes(value));
        return Received.of(record, decoder.decode(new RawRecord(record.key(), record.value(), record.headers())));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
