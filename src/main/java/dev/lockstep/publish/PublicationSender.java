package dev.lockstep.publish;

import dev.lockstep.config.PublishConfig;
import dev.lockstep.config.Ticker;
import dev.lockstep.intake.GroupOffsetClient;
import dev.lockstep.intake.PartitionOwnership;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Carries publications out, one at a time: each is tried until it is committed, or no longer owned, or a topic refuses what is
 * left of it, or the worker stops. Used on one thread; only {@link #close} may come from another.
 */
final class PublicationSender {

    /**
     * How long everything is sent with care after producer batches were refused over and over: each time costs everybody
     * seconds.
     */
    private static final Duration WARY = Duration.ofMinutes(1);

    private final PublishConfig settings;
    private final PartitionOwnership ownership;
    private final String commandsTopic;
    private final BrokerRefusals refusals;
    private final GroupOffsetClient committedOffsets;
    private final Ticker ticker;
    private final CountDownLatch stopped;
    private final PublisherStatus status;
    private final Producers producers;

    /** When batches were last refused over and over. */
    private Long waryFrom;

    PublicationSender(
            PublishConfig settings,
            PartitionOwnership ownership,
            String commandsTopic,
            BrokerRefusals refusals,
            GroupOffsetClient committedOffsets,
            Ticker ticker,
            CountDownLatch stopped,
            PublisherStatus status,
            Producers producers) {
        this.settings = settings;
        this.ownership = ownership;
        this.commandsTopic = commandsTopic;
        this.refusals = refusals;
        this.committedOffsets = committedOffsets;
        this.ticker = ticker;
        this.stopped = stopped;
        this.status = status;
        this.producers = producers;
    }

    /** @return what is refused of it, once everything else is done */
    List<PublicationAttempt.Refused> send(PublicationAttempt attempt) {
        Backoff backoff = new Backoff(settings.maxBackoff(), stopped);
        status.started();
        if (waryFrom != null && ticker.since(waryFrom).compareTo(WARY) < 0) {
            attempt.beCareful();
        }
        while (!attempt.isDone() && stopped.getCount() > 0) {
            try {
                status.attempted();
                attempt(attempt);
            } catch (NotCommittedException e) {
                waryFrom = e.splitInVain() ? Long.valueOf(ticker.nanos()) : waryFrom;
                if (!attempt.relieve(e, refusals)) {
                    status.waiting(e);
                    backoff.pause();
                }
            } catch (Throwable e) { // an answer that never comes would stop the worker without a word
                status.waiting(e);
                backoff.pause();
            }
        }
        status.ended();
        return attempt.refused();
    }

    void close() {
        producers.close();
    }

    private void attempt(PublicationAttempt attempt) {
        if (attempt.unsettledGroup() != null) {
            producers.next(attempt.isCareful());
            attempt.settle(committedOffsets.of(attempt.unsettledGroup(), attempt.partitions()));
        }
        attempt.keepOwned(ownership.snapshot());
        if (attempt.isDone()) {
            return;
        }
        FencedProducer producer = producers.next(attempt.isCareful());
        if (attempt.doubtful() != null) {
            producer.probe(attempt.doubtful());
            attempt.noLongerDoubtful();
            producer.open();
        }
        PartitionOwnership.Snapshot owner = ownership.snapshot();
        attempt.keepOwned(owner);
        if (!attempt.isDone()) {
            commit(attempt, owner, producer);
        }
    }

    private void commit(PublicationAttempt attempt, PartitionOwnership.Snapshot owner, FencedProducer producer) {
        if (!owner.valid()) {
            throw new NoGenerationException();
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = attempt.offsets(commandsTopic, committedOffsets);
        attempt.committingFor(owner.group().groupId());
        int count;
        try {
            count = producer.commit(
                    send -> attempt.forEach(send, status::advanced), attempt::isAlone, offsets, owner.group());
        } catch (NotCommittedException e) {
            attempt.noneCommitted();
            throw e;
        }
        attempt.allCommitted();
        status.committed(count);
        producers.committedBy(producer);
    }
}
