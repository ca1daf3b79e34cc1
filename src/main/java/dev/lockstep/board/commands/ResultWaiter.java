package dev.lockstep.board.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.config.Settings;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Delivers results to the requests that wait for them. Reads all partitions without a group, because the waiting client is
 * connected to this process. Reads only while commands arrive.
 */
@ApplicationScoped
public class ResultWaiter {

    private static final Logger LOG = Logger.getLogger(ResultWaiter.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
    private static final Duration MAX_IDLE = Duration.ofMinutes(1);
    private static final int METADATA_MAX_AGE_MILLIS = 5_000;

    /** Refusals that may lack the member dryRun (contract, section 3). */
    private static final Set<String> REFUSED_BEFORE_READING =
            Set.of("UNKNOWN_COMMAND", "INVALID_COMMAND", "KEY_MISMATCH");

    /** What a result says of its command's envelope (contract, section 4). */
    private record CommandKey(String source, String id, String type) {

        /** Values that are too long are truncated in the result. */
        private static final int MAX_LENGTH = 256;

        static CommandKey of(String source, String id, String type) {
            return new CommandKey(truncate(source), truncate(id), truncate(type));
        }

        private static String truncate(String text) {
            return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
        }
    }

    /** @param application the application as it was sent */
    private record PendingRequest(String application, boolean isDryRun, CompletableFuture<String> result) {

        boolean isFor(JsonNode answer) {
            return isForApplication(answer.path("application").textValue())
                    && (isDryRun == answer.path("dryRun").asBoolean()
                            || isDryRun
                                    && REFUSED_BEFORE_READING.contains(
                                            answer.at("/problem/code").asText()));
        }

        /** If a command's application is malformed, its result names no application. */
        private boolean isForApplication(String reported) {
            return reported == null || reported.equals(application);
        }
    }

    private final String topic;
    private final Map<String, Object> config;
    private final Map<CommandKey, Queue<PendingRequest>> pending = new ConcurrentHashMap<>();
    private CompletableFuture<Void> reading;
    private volatile long lastRequestAt;
    private volatile boolean isStopped;

    ResultWaiter(Settings settings, @Identifier("default-kafka-broker") Map<String, Object> broker) {
        topic = settings.topics().results();
        config = new HashMap<>(broker);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MILLIS);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    }

    /** @return completes once results are being read; send the command only then */
    CompletableFuture<Void> startReading() {
        synchronized (this) {
            lastRequestAt = System.nanoTime();
            if (reading == null) {
                reading = new CompletableFuture<>();
                CompletableFuture<Void> started = reading;
                Thread thread = new Thread(() -> read(started), "lockstep-outcomes");
                thread.setDaemon(true);
                thread.start();
            }
            return reading.copy(); // a caller that gives up waiting does not affect the others
        }
    }

    /**
     * The result's value once it arrives, or null after this many seconds. There is a result each time a command is sent. The
     * results of identical requests go to them in the order of the calls, so two at the same moment may get each other's.
     */
    CompletableFuture<String> awaitResult(HttpCommand command, int seconds) {
        PendingRequest request = new PendingRequest(
                command.application(),
                command.isDryRun(),
                new CompletableFuture<String>().completeOnTimeout(null, seconds, TimeUnit.SECONDS));
        CommandKey commandKey = CommandKey.of(command.source(), command.id(), command.type());
        pending.compute(commandKey, (key, all) -> { // in one step: the last request that is answered removes the queue
            Queue<PendingRequest> requests = all == null ? new ConcurrentLinkedQueue<>() : all;
            requests.add(request);
            return requests;
        });
        request.result()
                .whenComplete((result, never) -> pending.computeIfPresent(commandKey, (key, all) -> {
                    all.remove(request);
                    return all.isEmpty() ? null : all;
                }));
        return request.result();
    }

    void stop(@Observes ShutdownEvent event) {
        isStopped = true;
    }

    private void read(CompletableFuture<Void> started) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Set<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            started.complete(null);
            while (!isStopped && !forgetReaderIfIdle()) {
                consumer.poll(POLL_TIMEOUT).forEach(this::deliver);
                assignNewPartitions(consumer);
            }
        } catch (Throwable e) { // the next caller must be able to start again
            LOG.warnf(
                    "Cannot read results for waiting HTTP requests reason=%s",
                    e.getClass().getSimpleName());
            started.completeExceptionally(e);
            forgetReader();
        }
    }

    private Set<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        return consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .collect(Collectors.toSet());
    }

    /** The topic may have grown; whatever a new partition contains is recent. */
    private void assignNewPartitions(KafkaConsumer<?, ?> consumer) {
        Set<TopicPartition> added = partitions(consumer);
        added.removeAll(consumer.assignment());
        if (!added.isEmpty()) {
            Set<TopicPartition> all = new HashSet<>(consumer.assignment());
            all.addAll(added);
            consumer.assign(all);
            consumer.seekToBeginning(added);
        }
    }

    private synchronized boolean forgetReaderIfIdle() {
        boolean isIdle = pending.isEmpty() && System.nanoTime() - lastRequestAt > MAX_IDLE.toNanos();
        if (isIdle) {
            reading = null;
        }
        return isIdle;
    }

    private synchronized void forgetReader() {
        reading = null;
    }

    void deliver(ConsumerRecord<byte[], byte[]> record) {
        if (pending.isEmpty()) {
            return;
        }
        try {
            JsonNode result = JSON.readTree(record.value());
            CommandKey commandKey = CommandKey.of(
                    result.path("commandSource").textValue(),
                    result.path("commandId").textValue(),
                    result.path("commandType").textValue());
            String value = new String(record.value(), UTF_8);
            List.copyOf(pending.getOrDefault(commandKey, new ArrayDeque<>())).stream()
                    .filter(pendingRequest -> pendingRequest.isFor(result))
                    .filter(pendingRequest -> pendingRequest.result().complete(value))
                    .findFirst();
        } catch (IOException | RuntimeException foreign) {
            LOG.debugf(
                    "Skipped a record that is not a result reason=%s",
                    foreign.getClass().getSimpleName());
        }
    }
}
