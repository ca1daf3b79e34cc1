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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * The results of commands for those who wait for them: of all partitions and in no group, as whoever waits is connected to this
 * process. Read only while commands come.
 */
@ApplicationScoped
public class Outcomes {

    private static final Logger LOG = Logger.getLogger(Outcomes.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final int METADATA_MILLIS = 5_000;

    /** As the result names the command (contract, section 4). */
    private record Key(String source, String id) {

        /** What is too long is cut there. */
        private static final int LONGEST = 256;

        static Key of(String source, String id) {
            return new Key(cut(source), cut(id));
        }

        private static String cut(String text) {
            return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        }
    }

    /** @param application as it was sent */
    private record Waiting(String application, CompletableFuture<String> result) {

        /** The result of a command that names its application wrongly names none. */
        boolean isFor(String told) {
            return told == null || told.equals(application);
        }
    }

    private final String topic;
    private final Map<String, Object> config;
    private final Map<Key, Set<Waiting>> awaited = new ConcurrentHashMap<>();
    private CompletableFuture<Void> reading;
    private volatile long lastAsked;
    private volatile boolean isStopped;

    Outcomes(Settings settings, @Identifier("default-kafka-broker") Map<String, Object> broker) {
        topic = settings.topics().results();
        config = new HashMap<>(broker);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MILLIS);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    }

    /** @return completes when results are read from now on: only then send the command */
    CompletableFuture<Void> ready() {
        synchronized (this) {
            lastAsked = System.nanoTime();
            if (reading == null) {
                reading = new CompletableFuture<>();
                CompletableFuture<Void> begun = reading;
                Thread thread = new Thread(() -> read(begun), "lockstep-outcomes");
                thread.setDaemon(true);
                thread.start();
            }
            return reading;
        }
    }

    /** The result's value once it is there, or null after so many seconds. Whoever sends the same twice gets it twice. */
    CompletableFuture<String> of(String application, String source, String id, int seconds) {
        Waiting mine = new Waiting(
                application, new CompletableFuture<String>().completeOnTimeout(null, seconds, TimeUnit.SECONDS));
        Key key = Key.of(source, id);
        awaited.computeIfAbsent(key, one -> ConcurrentHashMap.newKeySet()).add(mine);
        mine.result()
                .whenComplete((result, never) -> awaited.computeIfPresent(key, (one, all) -> {
                    all.remove(mine);
                    return all.isEmpty() ? null : all;
                }));
        return mine.result();
    }

    void stop(@Observes ShutdownEvent event) {
        isStopped = true;
    }

    private void read(CompletableFuture<Void> begun) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Set<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            begun.complete(null);
            while (!isStopped && !isIdle()) {
                consumer.poll(POLL).forEach(this::take);
                follow(consumer);
            }
        } catch (Throwable e) { // whoever asks next must be able to begin again
            LOG.warnf(
                    "Cannot read results for waiting HTTP requests cause=%s",
                    e.getClass().getSimpleName());
            begun.completeExceptionally(e);
            ended();
        }
    }

    private Set<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        return consumer.partitionsFor(topic).stream()
                .map(one -> new TopicPartition(one.topic(), one.partition()))
                .collect(Collectors.toSet());
    }

    /** The topic may have grown; what lies in new partitions came since. */
    private void follow(KafkaConsumer<?, ?> consumer) {
        Set<TopicPartition> added = partitions(consumer);
        added.removeAll(consumer.assignment());
        if (!added.isEmpty()) {
            Set<TopicPartition> all = new HashSet<>(consumer.assignment());
            all.addAll(added);
            consumer.assign(all);
            consumer.seekToBeginning(added);
        }
    }

    private synchronized boolean isIdle() {
        boolean isIdle = awaited.isEmpty() && System.nanoTime() - lastAsked > IDLE.toNanos();
        if (isIdle) {
            reading = null;
        }
        return isIdle;
    }

    private synchronized void ended() {
        reading = null;
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        if (awaited.isEmpty()) {
            return;
        }
        try {
            JsonNode result = JSON.readTree(record.value());
            String application = result.path("application").textValue();
            Key key = Key.of(
                    result.path("commandSource").textValue(),
                    result.path("commandId").textValue());
            String value = new String(record.value(), UTF_8);
            List.copyOf(awaited.getOrDefault(key, Set.of())).stream()
                    .filter(waiting -> waiting.isFor(application))
                    .forEach(waiting -> waiting.result().complete(value));
        } catch (IOException | RuntimeException foreign) {
            LOG.debugf(
                    "Skipped a record that is not a result: %s",
                    foreign.getClass().getSimpleName());
        }
    }
}
