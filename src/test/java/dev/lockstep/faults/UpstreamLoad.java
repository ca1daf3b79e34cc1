package dev.lockstep.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.UndecodableGenerator;
import dev.lockstep.model.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The upstream teams: a seeded stream of commands to hundreds of applications, a few of which get half of it. Some records are
 * in the wrong partition, some are re-sent unchanged, some are not commands, some belong to a transaction that is aborted.
 */
final class UpstreamLoad implements AutoCloseable {

    private static final int COLD_APPLICATIONS = 280;
    private static final int HOT_APPLICATIONS = 20;
    private static final int TICKS_PER_SECOND = 20;
    private static final int BURST_SIZE = 300;
    /** In addition to the others, one in that many goes to {@link DeploymentLoad}. */
    private static final int DEPLOYMENT_LOAD_RATIO = 4;

    private static final int NEW_APPLICATIONS = 10;
    private static final int RECORDS_TO_NEW_ONES = 100;

    private final Random random;
    private final int rate;
    private final CommandGenerator hot;
    private final CommandGenerator cold;
    private final CommandGenerator toBeAborted;
    private final IntSupplier partitions;
    private final long seed;
    private CommandGenerator fresh;
    private int recordsToNewOnes;
    private final UndecodableGenerator unreadable;
    private final DeploymentLoad deploymentLoad;
    /** For what is sent to {@link DeploymentLoad}. */
    private final Random livelyRandom;

    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, Object> config;
    private final Map<Long, SentRecord> sent = new ConcurrentHashMap<>();
    private final Map<Long, Integer> places = new ConcurrentHashMap<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<SentRecord.Command> recent = new ArrayList<>();
    private final Thread thread;
    private volatile Throwable failure;
    private long next;
    private long aborted;

    /** @param partitions of the commands topic */
    UpstreamLoad(
            String bootstrapServers, Parameters parameters, DeploymentLoad deploymentLoad, IntSupplier partitions) {
        this.partitions = partitions;
        this.deploymentLoad = deploymentLoad;
        seed = parameters.seed();
        livelyRandom = new Random(seed);
        random = new Random(seed);
        rate = parameters.rate();
        List<String> hotNames = names("hot-", HOT_APPLICATIONS);
        List<String> coldNames = names("app-", COLD_APPLICATIONS);
        hot = new CommandGenerator(seed, hotNames);
        cold = new CommandGenerator(seed + 1, coldNames);
        toBeAborted = new CommandGenerator(seed + 2, hotNames);
        unreadable = new UndecodableGenerator(seed + 3, coldNames);
        config = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "delivery.timeout.ms",
                "600000",
                "max.block.ms",
                "120000",
                "linger.ms",
                "5",
                "metadata.max.age.ms",
                "5000",
                // If more than one is in flight to a partition that was just created, they can lock each other out for
                // good.
                "max.in.flight.requests.per.connection",
                "1",
                "compression.type",
                "lz4");
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        thread = Tasks.daemon("load", this::run);
    }

    /** What was sent under the number, null if it is not ours. */
    SentRecord sending(long number) {
        return sent.get(number);
    }

    /** The partition into which it was sent, null until that is known. */
    Integer place(long number) {
        return places.get(number);
    }

    long aborted() {
        return aborted;
    }

    Throwable failure() {
        return failure;
    }

    /** Ends the stream; when it returns, every record has been acknowledged. */
    void stop() throws InterruptedException {
        stopped.countDown();
        thread.join();
        producer.flush();
    }

    @Override
    public void close() {
        stopped.countDown();
        producer.close(Duration.ZERO);
    }

    private void run() {
        try {
            deploymentLoad.first().forEach(this::send);
            while (!stopped.await(TimeUnit.SECONDS.toMillis(1) / TICKS_PER_SECOND, TimeUnit.MILLISECONDS)) {
                int records = random.nextInt(2 * rate / TICKS_PER_SECOND + 1);
                for (int i = 0; i < records; i++) {
                    sendOne();
                }
                int lively = livelyRandom.nextInt(2 * rate / DEPLOYMENT_LOAD_RATIO / TICKS_PER_SECOND + 2);
                for (int i = 0; i < lively; i++) {
                    sendLively(deploymentLoad.next());
                }
                if (random.nextInt(30 * TICKS_PER_SECOND) == 0) {
                    for (int i = 0; i < BURST_SIZE; i++) {
                        sendOne();
                    }
                }
                if (random.nextInt(10 * TICKS_PER_SECOND) == 0) {
                    sendAborted();
                }
            }
        } catch (Exception e) {
            failure = e;
        }
    }

    private void sendOne() {
        int dice = random.nextInt(100);
        if (dice < 3) {
            UndecodableGenerator.Undecodable record = unreadable.next();
            send(new SentRecord.Unreadable(record.why(), record.raw()), record.raw(), dice == 0);
            return;
        }
        SentRecord.Command command = dice < 6 && !recent.isEmpty()
                ? recent.get(random.nextInt(recent.size()))
                : new SentRecord.Command(next(random.nextInt(10)));
        if (recent.size() < 500) {
            recent.add(command);
        } else {
            recent.set(random.nextInt(recent.size()), command);
        }
        send(command, wire(command.sent()), dice >= 95);
    }

    private void sendLively(SentRecord sending) {
        if (sending instanceof SentRecord.Unreadable record) {
            send(sending, record.raw(), false);
        } else if (sending instanceof SentRecord.Forged timer) {
            send(sending, Wire.toBinary(timer.sent()), livelyRandom.nextInt(10) == 0);
        } else if (sending instanceof SentRecord.Command command) {
            send(sending, Wire.toBinary(command.sent()), livelyRandom.nextInt(20) == 0);
        }
    }

    /** When it returns, all have been acknowledged. */
    void sendAll(List<SentCommand> all) {
        all.forEach(this::send);
        producer.flush();
    }

    /** Sends somebody else's command; may be called by any thread. */
    void send(SentCommand sent) {
        send(new SentRecord.Command(sent), Wire.toBinary(sent), false);
    }

    private SentCommand next(int dice) {
        if (dice > 0) {
            return dice < 5 ? hot.next() : cold.next();
        }
        if (recordsToNewOnes++ % RECORDS_TO_NEW_ONES == 0) {
            int group = recordsToNewOnes / RECORDS_TO_NEW_ONES;
            fresh = new CommandGenerator(seed + 4 + group, names("new-" + group + "-", NEW_APPLICATIONS));
        }
        return fresh.next();
    }

    private Wire.Raw wire(SentCommand sent) {
        return switch (random.nextInt(3)) {
            case 0 -> Wire.toBinary(sent);
            case 1 -> Wire.structured(sent);
            default -> Wire.structuredWithoutHeaders(sent);
        };
    }

    private synchronized void send(SentRecord sending, Wire.Raw raw, boolean astray) {
        long number = next;
        producer.send(record(sending, raw, astray), (metadata, e) -> {
            if (e == null) {
                places.put(number, metadata.partition());
                acknowledged.incrementAndGet();
            } else {
                failure = e;
            }
        });
    }

    /** Sends in a transaction of its own that is abandoned. */
    private void sendAborted() {
        Map<String, Object> transactional = new java.util.HashMap<>(config);
        transactional.put("transactional.id", "load-" + aborted);
        transactional.put("transaction.timeout.ms", "5000");
        transactional.put("delivery.timeout.ms", "5000");
        transactional.put("request.timeout.ms", "4000");
        transactional.put("max.block.ms", "5000");
        try (var doubtful = new KafkaProducer<>(transactional, new ByteArraySerializer(), new ByteArraySerializer())) {
            doubtful.initTransactions();
            doubtful.beginTransaction();
            for (int i = 0; i < 3; i++) {
                doubtful.send(record(new SentRecord.Aborted(), wire(toBeAborted.next()), false));
                aborted++;
            }
            doubtful.flush();
            doubtful.abortTransaction();
        } catch (KafkaException brokerDown) {
            // Never committed: aborted by its timeout at the latest.
        }
    }

    private synchronized ProducerRecord<byte[], byte[]> record(SentRecord sending, Wire.Raw raw, boolean astray) {
        byte[] key = raw.key() == null ? null : raw.key().getBytes(UTF_8);
        Random dice = DeploymentLoad.isOne(raw.key()) ? livelyRandom : random;
        Integer partition = astray && key != null ? dice.nextInt(partitions.getAsInt()) : null;
        var record = new ProducerRecord<>(TopicNames.COMMANDS, partition, key, raw.value());
        raw.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        record.headers().add(SentRecord.HEADER, Long.toString(next).getBytes(UTF_8));
        sent.put(next++, sending);
        return record;
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }
}
