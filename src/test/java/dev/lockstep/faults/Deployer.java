package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A realistic deployer: it reads the events, works for a while, sends heartbeats, and reports; sometimes twice, late,
 * in the wrong order, or not at all. It also crashes: then it has forgotten what it was doing, or reports that as errored.
 */
final class Deployer implements AutoCloseable {

    private static final String EVENTS_OF_LIFE = "lockstep-deployment.";
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int HEARTBEAT_MILLIS = 600;
    private static final int MAX_WORK_MILLIS = 1_500;
    private static final int LATE_MILLIS = 12_000;
    private static final int POLLS_PER_CRASH = 300;

    private final String servers;
    private final Random random;
    private final DeploymentLoad deploymentLoad;
    private final UpstreamLoad load;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean isCalm;
    private volatile Throwable failure;

    /* Only used by the thread. */
    private final List<Task> tasks = new ArrayList<>();
    private final Map<String, String> running = new HashMap<>();
    private long ids;
    private int crashes;

    private record Task(long at, String deployment, Runnable what) {}

    Deployer(String servers, long seed, DeploymentLoad deploymentLoad, UpstreamLoad load) {
        this.servers = servers;
        this.random = new Random(seed);
        this.deploymentLoad = deploymentLoad;
        this.load = load;
        thread = Tasks.daemon("deployer", this::run);
    }

    /** From now on it neither crashes nor delays; it still forgets some deployments, so that the clock has to end them. */
    void calmDown() {
        isCalm = true;
    }

    Throwable failure() {
        return failure;
    }

    int crashes() {
        return crashes;
    }

    @Override
    public void close() throws InterruptedException {
        stopped.countDown();
        thread.join();
    }

    private void run() {
        try {
            while (stopped.getCount() > 0) {
                workUntilItCrashes();
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Whatever was read but not committed is read again afterwards. */
    private void workUntilItCrashes() {
        try (var consumer = consumer()) {
            consumer.subscribe(List.of(TopicNames.EVENTS));
            while (stopped.getCount() > 0) {
                consumer.poll(POLL).forEach(this::look);
                doWhatIsDue();
                if (random.nextInt(4) == 0) {
                    consumer.commitAsync();
                }
                if (!isCalm && random.nextInt(POLLS_PER_CRASH) == 0) {
                    crash();
                    return;
                }
            }
        } catch (KafkaException brokerAway) {
            crash();
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", servers,
                        "group.id", "deployer",
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private void crash() {
        crashes++;
        tasks.clear();
        if (random.nextBoolean()) {
            running.forEach((deployment, application) -> report(application, deployment, "errored", 0));
        }
        running.clear();
    }

    private void look(ConsumerRecord<byte[], byte[]> record) {
        ConsumedRecord event = new ConsumedRecord(record);
        String type = event.header("ce_type");
        if (!DeploymentLoad.isOne(event.key()) || !type.contains(EVENTS_OF_LIFE)) {
            return;
        }
        JsonNode deployment = event.value().at("/customData/lockstep/deployment");
        String id = deployment.get("id").textValue();
        switch (type.substring(type.indexOf(EVENTS_OF_LIFE) + EVENTS_OF_LIFE.length())
                .split("\\.")[0]) {
            case "queued" -> queued(event.key(), id);
            case "started" -> started(event.key(), id);
            case "cancelrequested" -> askedToStop(event.key(), id);
            case "finished" -> finished(id);
            default -> {
                // not of interest to it
            }
        }
    }

    private void queued(String application, String id) {
        deploymentLoad.heard(application, id);
        if (random.nextInt(12) == 0) {
            report(application, id, "in_progress", 0);
        }
    }

    private void started(String application, String id) {
        if (running.putIfAbsent(id, application) != null) {
            return;
        }
        deploymentLoad.heard(application, id);
        if (random.nextInt(isCalm ? 3 : 10) == 0) {
            return;
        }
        int work = random.nextInt(isCalm ? 1_000 : MAX_WORK_MILLIS);
        if (!isCalm && random.nextInt(12) == 0) {
            work += LATE_MILLIS;
        }
        for (int at = HEARTBEAT_MILLIS; at < work && at < LATE_MILLIS; at += HEARTBEAT_MILLIS) {
            report(application, id, "in_progress", at);
        }
        String end = end();
        report(application, id, end, work);
        if (random.nextInt(4) == 0) {
            report(application, id, random.nextInt(3) == 0 ? end() : end, work + random.nextInt(500));
        }
        if (random.nextInt(6) == 0) {
            report(application, id, "in_progress", work + random.nextInt(500));
        }
    }

    private String end() {
        int dice = random.nextInt(100);
        return dice < 70 ? "succeeded" : dice < 84 ? "failed" : dice < 94 ? "errored" : "cancelled";
    }

    private void askedToStop(String application, String id) {
        if (random.nextInt(4) > 0) {
            tasks.removeIf(task -> task.deployment.equals(id));
            report(application, id, random.nextInt(4) > 0 ? "cancelled" : "succeeded", random.nextInt(300));
        }
    }

    private void finished(String id) {
        running.remove(id);
        if (random.nextInt(4) > 0) {
            tasks.removeIf(task -> task.deployment.equals(id));
        }
    }

    private void report(String application, String deployment, String status, int afterMillis) {
        long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(afterMillis);
        tasks.add(new Task(at, deployment, () -> {
            ObjectNode data = JsonNodeFactory.instance
                    .objectNode()
                    .put("deployment", deployment)
                    .put("status", status);
            if (random.nextInt(5) == 0) {
                data.put("message", "«" + random.nextInt(3) + "» of 3 are there")
                        .put("url", "https://ci.example/" + random.nextInt(2));
            }
            boolean isEnd = !status.equals("in_progress");
            String id = isEnd && random.nextInt(4) > 0 ? deployment + "/" + status : "d-" + ids++;
            load.send(DeploymentLoad.report(application, id, data));
        }));
    }

    private void doWhatIsDue() {
        long now = System.nanoTime();
        List<Task> due = tasks.stream().filter(task -> task.at <= now).toList();
        tasks.removeAll(due);
        due.forEach(task -> task.what.run());
    }
}
