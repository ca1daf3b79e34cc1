package dev.lockstep.timers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.RealStores;
import dev.lockstep.config.Settings;
import dev.lockstep.decode.Decoded;
import dev.lockstep.decode.Decoder;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.intake.CommandsTopic;
import dev.lockstep.intake.PartitionOwnership;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener;
import dev.lockstep.store.PostgresStore;
import dev.lockstep.store.Timers;
import dev.lockstep.wire.KafkaHeaders;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(RealStores.class)
class TimerSenderTest implements WorkerListener {

    private static final String TOPIC = "commands";

    @Inject
    PostgresStore postgres;

    @Inject
    Timers timers;

    @Inject
    Settings settings;

    /** A partition used neither by another test nor by the worker running alongside. */
    private final int partition = ThreadLocalRandom.current().nextInt(1_000, Integer.MAX_VALUE);

    private final String application = "app-" + UUID.randomUUID();
    private final PartitionOwnership ownership = new PartitionOwnership();
    private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
    private final List<Duration> overdue = new ArrayList<>();
    private boolean isDown;
    private int refused;
    private int counted;
    private TimerSender sender;

    @BeforeEach
    void own() {
        postgres.awaitReady();
        sender = new TimerSender(
                timers, ownership, new CommandsTopic(), new Listeners(List.of(this)), settings, Recorded::new);
        assign(1);
    }

    @AfterEach
    void clear() {
        postgres.sql("delete from timer where partition = " + partition);
    }

    /** A topic must not fill with timers that cannot be recorded as sent because the database accepts no writes. */
    @Test
    void itTriesLessAndLessOftenTheLongerItFails() {
        assertThat(LongStream.of(1, 2, 3, 4, 7, 8, 9, 99)
                        .map(failures -> TimerSender.roundsToSkipAfter((int) failures, true)))
                .containsExactly(0L, 1L, 3L, 7L, 63L, 120L, 120L, 120L);
    }

    /** Once Postgres is back, what became due meanwhile is not to wait any longer. */
    @Test
    void whileNothingWasSentItKeepsLooking() {
        assertThat(LongStream.of(1, 2, 3, 4, 99).map(failures -> TimerSender.roundsToSkipAfter((int) failures, false)))
                .containsExactly(0L, 1L, 3L, 7L, 8L);
    }

    @Test
    void whatIsDueIsSentOnceByTheOwner() {
        set(application, "- interval '5 s'");
        set(application + "2", "+ interval '1 day'");

        assertThat(sender.send(TOPIC)).isEqualTo(1);
        assertThat(sender.send(TOPIC)).isZero();

        assertThat(sent).hasSize(1);
        assertThat(counted).isEqualTo(1);
        assertThat(overdue).allMatch(duration -> duration.toSeconds() >= 5).hasSize(2);
        assertThat(attempts()).isEqualTo(1);
        assertThat(patience()).isBetween(20L, 30L);
    }

    @Test
    void aWorkerThatDoesNotOwnThePartitionSendsNothing() {
        set(application, "- interval '1 s'");
        ownership.onPartitionsRevoked(inGeneration(2), List.of(new TopicPartition(TOPIC, partition)));

        assertThat(sender.send(TOPIC)).isZero();

        assertThat(sent).isEmpty();
        assertThat(overdue).containsExactly(Duration.ZERO);
    }

    /** Each would wait for metadata as long as the first one did. */
    @Test
    void noFurtherTimersAreTriedWhenKafkaIsAway() {
        isDown = true;
        Timers.DueTimer due = new Timers.DueTimer(application, partition, Instant.EPOCH);
        TimerProducer producer = new TimerProducer(Recorded::new, "source");

        assertThatThrownBy(() -> producer.send(TOPIC, List.of(due, due, due)))
                .hasCauseInstanceOf(TimeoutException.class);

        assertThat(refused).isEqualTo(1);
    }

    @Test
    void aTimerIsARecordThatTheWorkerUnderstands() {
        set(application, "- interval '1 s'");
        sender.send(TOPIC);
        postgres.sql("update timer set send_after = due where application = '" + application + "'");
        sender.send(TOPIC);

        ProducerRecord<byte[], byte[]> record = sent.get(0);
        assertThat(record.topic()).isEqualTo(TOPIC);
        assertThat(record.partition()).isEqualTo(partition);
        assertThat(new String(record.key(), UTF_8)).isEqualTo(application);
        assertThat(new Decoder(Limits.DEFAULT).decode(received(record)))
                .isInstanceOfSatisfying(Decoded.Timer.class, timer -> {
                    assertThat(timer.application()).isEqualTo(application);
                    assertThat(timer.envelope().source()).isEqualTo(settings.source());
                });
        assertThat(KafkaHeaders.lastText(sent.get(1).headers(), "ce_id"))
                .isEqualTo(KafkaHeaders.lastText(record.headers(), "ce_id"))
                .isNotEqualTo(new Timers.DueTimer(application, partition, Instant.EPOCH).id());
    }

    @Test
    void whatIsNotDecidedOnIsSentAgainEachTimeLater() {
        set(application, "- interval '1 s'");
        sender.send(TOPIC);
        for (long seconds : new long[] {60, 120, 240}) {
            postgres.sql("update timer set send_after = due where application = '" + application + "'");
            assertThat(sender.send(TOPIC)).isEqualTo(1);
            assertThat(patience()).isBetween(seconds - 10, seconds);
        }
        postgres.sql("update timer set send_after = due, attempts = 2000000 where application = '" + application + "'");
        assertThat(sender.send(TOPIC)).isEqualTo(1);
        assertThat(patience()).isBetween(3_590L, 3_600L);
    }

    @Test
    void whatIsDueIsSentAtOnceWhenAPartitionIsAssignedAnewAndOnlyThen() {
        set(application, "- interval '1 s'");
        sender.send(TOPIC);
        ownership.onPartitionsAssigned(inGeneration(2), List.of());
        assertThat(sender.send(TOPIC)).as("kept across a rebalance").isZero();

        ownership.onPartitionsRevoked(inGeneration(3), List.of(new TopicPartition(TOPIC, partition)));
        assign(4);

        assertThat(sender.send(TOPIC)).isEqualTo(1);
        assertThat(sender.send(TOPIC)).isZero();
        assertThat(attempts()).isEqualTo(2);
    }

    @Test
    void whatCouldNotBeSentIsSentAgain() {
        set(application, "- interval '1 s'");
        isDown = true;
        assertThatThrownBy(() -> sender.send(TOPIC)).hasRootCauseInstanceOf(TimeoutException.class);
        assertThat(attempts()).isZero();

        isDown = false;
        assertThat(sender.send(TOPIC)).isEqualTo(1);
        assertThat(sent).hasSize(1);
    }

    @Test
    void aTimerMovedByADecisionIsNotMarkedAsSent() {
        set(application, "- interval '1 s'");
        List<Timers.DueTimer> due =
                timers.findDue(List.of(partition), 10).await().indefinitely().timers();
        postgres.sql("update timer set due = due + interval '1 ms', send_after = due where application = '"
                + application + "'");

        timers.markSent(due).await().indefinitely();

        assertThat(attempts()).isZero();
    }

    @Test
    void allDueTimersAreSentHoweverManyThereAre() {
        postgres.sql("insert into timer (application, partition, due, send_after) select '" + application + "-' || i, "
                + partition + ", now() - interval '1 s', now() - interval '1 s' from generate_series(1, 2500) i");

        assertThat(List.of(sender.send(TOPIC), sender.send(TOPIC), sender.send(TOPIC), sender.send(TOPIC)))
                .containsExactly(1_000, 1_000, 500, 0);
        assertThat(sent.stream().map(record -> new String(record.key(), UTF_8))).doesNotHaveDuplicates();
    }

    /** By the worker running alongside the tests, in one of its own partitions: there is nobody to decide on it. */
    @Test
    void theWorkerSendsWhatIsDueInItsPartitions() {
        postgres.sql("insert into timer (application, partition, due, send_after) values ('" + application
                + "', 0, now(), now())");
        try {
            await().atMost(Duration.ofMinutes(1)).until(() -> attempts() == 1);
        } finally {
            postgres.sql("delete from timer where application = '" + application + "'");
        }
    }

    private void set(String of, String when) {
        postgres.sql("insert into timer (application, partition, due, send_after) values ('" + of + "', " + partition
                + ", date_trunc('milliseconds', now() " + when + "), date_trunc('milliseconds', now() " + when + "))");
    }

    private long attempts() {
        return postgres.number("select attempts from timer where application = '" + application + "'");
    }

    /** @return seconds until it is sent again */
    private long patience() {
        return postgres.number("select ceil(extract(epoch from send_after - now())) from timer where application = '"
                + application + "'");
    }

    private void assign(int generation) {
        ownership.onPartitionsAssigned(inGeneration(generation), List.of(new TopicPartition(TOPIC, partition)));
    }

    private static MockConsumer<byte[], byte[]> inGeneration(int generation) {
        return new MockConsumer<>("earliest") {
            @Override
            public ConsumerGroupMetadata groupMetadata() {
                return new ConsumerGroupMetadata("group", generation, "member", Optional.empty());
            }
        };
    }

    private static ConsumerRecord<byte[], byte[]> received(ProducerRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                0,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty());
    }

    @Override
    public void timersSent(int count) {
        counted += count;
    }

    @Override
    public void timersChecked(Duration oldest) {
        overdue.add(oldest);
    }

    private final class Recorded extends MockProducer<byte[], byte[]> {

        Recorded() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
            if (isDown) {
                refused++;
                return CompletableFuture.failedFuture(new TimeoutException("down"));
            }
            sent.add(record);
            return super.send(record);
        }
    }
}
