package dev.lockstep.publish;

import dev.lockstep.batch.UnreadablePageException;
import dev.lockstep.config.Ticker;
import dev.lockstep.failure.RetryCause;
import dev.lockstep.listener.Listeners;
import dev.lockstep.listener.WorkerListener.Step;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;

/** The publisher's status. Written by its thread, read by any. */
final class PublisherStatus {

    private static final Logger LOG = Logger.getLogger(PublisherStatus.class);

    /**
     * A call that hangs has not failed yet, and a flush may hang for as long as the broker is away; after this long it is
     * reported.
     */
    private static final Duration ANSWER_GRACE = Duration.ofSeconds(5);

    /** How long a rebalance may take, if a member has silently gone, before it counts as a problem. */
    private static final Duration REBALANCE_GRACE = Duration.ofSeconds(15);

    private final Ticker ticker;
    private final Listeners listeners;
    private final LongAdder failures = new LongAdder();
    private final LongAdder records = new LongAdder();
    private volatile Object publication;
    private volatile Long startedAt;
    private volatile String notReadyReason;
    private volatile boolean isRebalancing;
    private int failuresInARow;
    private long recordsBeforeFailure;

    PublisherStatus(Ticker ticker, Listeners listeners) {
        this.ticker = ticker;
        this.listeners = listeners;
    }

    /** @param publication identifies it to listeners */
    void recordStart(Object publication) {
        this.publication = publication;
        startedAt = ticker.nanos();
    }

    void recordAttempt() {
        listeners.notifyListeners(listener -> listener.attemptStarted(Step.PUBLISH, publication));
    }

    /** The attempt in progress is large, and has advanced. */
    void recordProgress() {
        startedAt = ticker.nanos();
        listeners.notifyListeners(listener -> listener.attemptProgressed(Step.PUBLISH, publication));
    }

    void recordCommitted(int count) {
        records.add(count);
    }

    /** A part of the publication has been committed. */
    void recordPart() {
        clearFailures();
        recordProgress();
    }

    private void clearFailures() {
        if (notReadyReason != null && records.sum() > recordsBeforeFailure) {
            LOG.infof("Publishing works again attempts=%d", failuresInARow);
        }
        notReadyReason = null;
        failuresInARow = 0;
    }

    void recordFinish() {
        clearFailures();
        startedAt = null;
        listeners.notifyListeners(listener -> listener.attemptsFinished(Step.PUBLISH, publication));
    }

    /** Logs consecutive failures 1, 2, 4, 8, …, so that an outage does not fill the log. */
    void recordFailure(Throwable failure) {
        failures.increment();
        if (failuresInARow++ == 0) {
            recordsBeforeFailure = records.sum();
        }
        RetryCause cause = cause(failure);
        isRebalancing = cause == RetryCause.REBALANCE;
        notReadyReason = describe(failure);
        listeners.notifyListeners(listener -> listener.attemptFailed(Step.PUBLISH, cause));
        listeners.notifyIfUnloadable(failure);
        if (Integer.bitCount(failuresInARow) == 1) {
            LOG.warnf("Publishing failed, retrying attempt=%d reason=%s", failuresInARow, notReadyReason);
        }
    }

    /** A topic rejects a record: this is reported for its partition, and the others do not wait. */
    void recordRejected() {
        failures.increment();
        listeners.notifyListeners(listener -> listener.attemptFailed(Step.PUBLISH, RetryCause.RECORD_REFUSED));
    }

    String notReadyReason() {
        Long start = startedAt;
        String why = notReadyReason;
        if (start == null) {
            return why;
        }
        if (why == null) {
            return ticker.since(start).compareTo(ANSWER_GRACE) > 0 ? "Kafka has not answered yet" : null;
        }
        return isRebalancing && ticker.since(start).compareTo(REBALANCE_GRACE) < 0 ? null : why;
    }

    long failureCount() {
        return failures.sum();
    }

    long committedRecordCount() {
        return records.sum();
    }

    private static RetryCause cause(Throwable failure) {
        Throwable root = root(failure);
        if (root instanceof UnreadablePageException unread) {
            return unread.retryCause();
        }
        if (root instanceof NoGenerationException || root instanceof CommitFailedException) {
            return RetryCause.REBALANCE;
        }
        if (failure instanceof CommitOutcomeUnknownException) {
            return RetryCause.COMMIT_UNKNOWN;
        }
        return root instanceof RetriableException ? RetryCause.KAFKA_UNREACHABLE : RetryCause.KAFKA_REFUSED;
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof NotCommittedException || cause instanceof CommitOutcomeUnknownException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String describe(Throwable failure) {
        Throwable cause = root(failure);
        if (cause instanceof UnreadablePageException) {
            return cause.getMessage();
        }
        if (cause instanceof NoGenerationException) {
            return "The consumer has no group generation";
        }
        if (cause instanceof CommitFailedException) {
            return "The consumer group is rebalancing: " + name(cause);
        }
        if (failure instanceof CommitOutcomeUnknownException) {
            return "The outcome of a Kafka transaction is unknown: " + name(cause);
        }
        if (cause instanceof RetriableException) {
            return "Kafka does not answer: " + name(cause);
        }
        return (cause instanceof KafkaException ? "Kafka rejects the output: " : "Publishing failed: ") + name(cause);
    }

    private static String name(Throwable cause) {
        return cause.getClass().getSimpleName();
    }
}
