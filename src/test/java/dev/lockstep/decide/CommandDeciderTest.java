package dev.lockstep.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.Rehearsal;
import dev.lockstep.batch.CommandOutcome;
import dev.lockstep.batch.CommandRecord;
import dev.lockstep.batch.HomePartitions;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.envelope.DeadLetterReason;
import dev.lockstep.decode.form.Limits;
import dev.lockstep.store.LedgerRig;
import dev.lockstep.store.UnitOfWork;
import dev.lockstep.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** What records count as; what they put out is the ledger's tests' matter. */
class CommandDeciderTest {

    private static final String UNKNOWN = """
            {"specversion":"1.0","id":"1","source":"/ci","type":"any.text.at.all","data":{"application":"shop"}}""";

    private final Decoder decoder = new Decoder(Limits.DEFAULT);
    private final CommandDecider decider =
            new CommandDecider("topic", Rehearsal.TOPICS, "/lockstep", Clock.systemUTC());

    @Test
    void aTypeThatNobodyKnowsIsNotPassedOn() {
        int home = LedgerRig.home("shop");
        int elsewhere = (home + 1) % LedgerRig.PARTITIONS;

        assertThat(decide(home, UNKNOWN).outcome())
                .isEqualTo(new CommandOutcome(CommandOutcome.Kind.REJECTED, null, "UNKNOWN_COMMAND"));
        assertThat(decide(elsewhere, UNKNOWN).outcome())
                .isEqualTo(new CommandOutcome(CommandOutcome.Kind.MOVED, null, null));
    }

    @Test
    void aDeadLetterCountsByItsReasonAndCarriesIt() {
        RecordOutput output = decide(0, "no json");

        assertThat(output.outcome())
                .isEqualTo(new CommandOutcome(
                        CommandOutcome.Kind.DEAD_LETTER, null, DeadLetterReason.NO_CLOUD_EVENT.name()));
        assertThat(output.records()).singleElement().satisfies(letter -> assertThat(
                        Headers.text(letter.headers(), Headers.DEAD_LETTER_REASON))
                .startsWith("The record is no CloudEvent"));
    }

    @Test
    void whatHasNoOtherAnswerCountsAsAFault() {
        assertThat(decider.lastResort(received(0, UNKNOWN)).outcome().code()).isEqualTo(DeadLetterReason.FAULT.name());
    }

    private RecordOutput decide(int partition, String value) {
        return decider.decide(
                received(partition, value),
                new UnitOfWork(new HomePartitions(LedgerRig.PARTITIONS, LedgerRig.PARTITIONS)));
    }

    private CommandRecord received(int partition, String value) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(Rehearsal.TOPICS.commands(), partition, 0, bytes("shop"), bytes(value));
        return CommandRecord.of(record, decoder.decode(record));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
