package dev.lockstep.intake;

import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import dev.lockstep.listener.Listeners;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.ChannelRegistry;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.logging.Logger;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Lets the worker join its consumer group as soon as it can work, and knows whether it is a member. A member is assigned
 * partitions, and a worker that cannot work would block them.
 */
@ApplicationScoped
public class GroupMembership {

    private static final Logger CONNECTOR_LOGGER = Logger.getLogger(PollFailures.CONNECTOR);

    private final ChannelRegistry channels;
    private final KafkaClientService clients;
    private final PartitionOwnership ownership;
    private final CommandsTopic commandsTopic;
    private final String group;
    /** A rebalance, during which no heartbeat is sent, may take a session timeout if a member has silently gone. */
    private final Duration timeout;

    private final Ticker ticker;
    private final PollFailures failures;
    private volatile Long joinRequestedAt;

    GroupMembership(
            ChannelRegistry channels,
            KafkaClientService clients,
            PartitionOwnership ownership,
            CommandsTopic commandsTopic,
            Settings settings,
            Ticker ticker,
            Listeners listeners) {
        this.channels = channels;
        this.clients = clients;
        this.ownership = ownership;
        this.commandsTopic = commandsTopic;
        this.group = settings.kafka().group();
        this.ticker = ticker;
        this.failures = new PollFailures(ticker, listeners);
        this.timeout = settings.kafka().sessionTimeout().multipliedBy(2);
    }

    void start(@Observes StartupEvent event) {
        CONNECTOR_LOGGER.addHandler(failures);
        commandsTopic.whenAvailable().subscribe().with(topic -> join());
    }

    private void join() {
        joinRequestedAt = ticker.nanos();
        channels.getPausable(CommandsTopic.CHANNEL).resume();
    }

    /** Why no commands arrive, in words; null while they do, and while the worker is not yet to take any. */
    public String notReadyReason() {
        if (joinRequestedAt == null) {
            return null;
        }
        boolean hasJoined = !ownership.snapshot().group().groupId().isEmpty();
        Duration sinceHeartbeat = age("consumer-coordinator-metrics", "last-heartbeat-seconds-ago", Duration.ZERO);
        return reason(group, timeout, failures.reason(), sinceLastPoll(), hasJoined, sinceHeartbeat);
    }

    /**
     * @param failure why the last polls failed, or null
     * @param sinceLastPoll for how long there was no poll
     * @param hasJoined whether the worker has ever been a member
     * @param sinceHeartbeat for how long it has sent no heartbeat, which it does not during a rebalance either
     */
    static String reason(
            String group,
            Duration timeout,
            String failure,
            Duration sinceLastPoll,
            boolean hasJoined,
            Duration sinceHeartbeat) {
        if (failure != null) {
            return "polling keeps failing: " + failure;
        }
        if (sinceLastPoll.compareTo(timeout) > 0) {
            return "the consumer has not polled for " + sinceLastPoll.toSeconds() + " s";
        }
        if (!hasJoined) {
            return "the consumer has not joined the group " + group + " yet";
        }
        return sinceHeartbeat.compareTo(timeout) > 0
                ? "the consumer has not reached the group " + group + " for " + sinceHeartbeat.toSeconds() + " s"
                : null;
    }

    /** For how long the consumer has not polled although it should; zero before that. It polls even without work to do. */
    public Duration sinceLastPoll() {
        Long since = joinRequestedAt;
        return since == null ? Duration.ZERO : age("consumer-metrics", "last-poll-seconds-ago", ticker.since(since));
    }

    /** @param defaultAge the age to assume if it has never happened */
    private Duration age(String metrics, String name, Duration defaultAge) {
        var client = clients.getConsumer(CommandsTopic.CHANNEL);
        Consumer<?, ?> consumer = client == null ? null : client.unwrap();
        if (consumer == null) {
            return defaultAge;
        }
        OptionalDouble seconds = consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(name)
                        && metric.getKey().group().equals(metrics))
                .mapToDouble(metric -> (Double) metric.getValue().metricValue())
                .findFirst();
        return seconds.isEmpty() || seconds.getAsDouble() < 0
                ? defaultAge
                : Duration.ofSeconds((long) seconds.getAsDouble());
    }
}
