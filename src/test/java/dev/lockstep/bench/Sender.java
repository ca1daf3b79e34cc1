package dev.lockstep.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends commands: a full topic of them that becomes visible at once, or one by one at a given rate. */
final class Sender implements AutoCloseable {

    private static final int TRANSACTION_TIMEOUT_MILLIS = 600_000;

    /**
     * With one request for each command, sender and broker used more than half of two processors at 3,500 commands a second,
     * and the measured process waited for them. The cost is included: latency starts when a command should be sent.
     */
    private static final int LINGER_MILLIS = 2;

    private final KafkaProducer<byte[], byte[]> paced;
    private final KafkaProducer<byte[], byte[]> filling;

    Sender(String bootstrapServers, String name) {
        Map<String, Object> common = Map.of("bootstrap.servers", bootstrapServers, "acks", "all");
        Map<String, Object> pacing = new HashMap<>(common);
        pacing.put("linger.ms", LINGER_MILLIS);
        paced = new KafkaProducer<>(pacing, new ByteArraySerializer(), new ByteArraySerializer());
        Map<String, Object> transactional = new HashMap<>(common);
        transactional.put("transactional.id", "bench-load-" + name);
        transactional.put("transaction.timeout.ms", TRANSACTION_TIMEOUT_MILLIS);
        transactional.put("linger.ms", 20);
        transactional.put("batch.size", 128 * 1024);
        filling = new KafkaProducer<>(transactional, new ByteArraySerializer(), new ByteArraySerializer());
        filling.initTransactions();
    }

    /**
     * Fills the topic in a transaction, and makes it visible only then. The contender is thus up and warm, and still
     * finds a full topic.
     *
     * @return the {@link System#nanoTime()} at which the commit was requested
     */
    long fill(List<BenchLoad.Command> commands, Runnable beforeItIsSeen) {
        filling.beginTransaction();
        commands.forEach(command -> filling.send(command.record()));
        filling.flush();
        beforeItIsSeen.run();
        long start = System.nanoTime();
        filling.commitTransaction();
        return start;
    }

    /**
     * Sends at a constant rate, regardless of the results: an open loop.
     *
     * @param start the {@link System#nanoTime()} at which to send the first
     * @param interval nanoseconds from one to the next
     */
    void pace(List<BenchLoad.Command> commands, long start, double interval) {
        for (int i = 0; i < commands.size(); i++) {
            long due = start + Math.round(i * interval);
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            paced.send(commands.get(i).record());
        }
        paced.flush();
    }

    /**
     * Sends one and waits until the broker has it.
     *
     * @return the {@link System#nanoTime()} at which the broker had acknowledged it
     */
    long send(BenchLoad.Command command) {
        CompletableFuture<Long> acknowledged = new CompletableFuture<>();
        paced.send(command.record(), (metadata, failure) -> {
            if (failure == null) {
                acknowledged.complete(System.nanoTime());
            } else {
                acknowledged.completeExceptionally(failure);
            }
        });
        return acknowledged.join();
    }

    @Override
    public void close() {
        paced.close();
        filling.close();
    }
}
