package dev.lockstep.e2e;

import dev.lockstep.local.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HugeApplicationIT {

    private static final int RELEASES = Integer.getInteger("huge.releases", 20_000);
    private static final String HEAP = System.getProperty("huge.heap", "240m");

    private Stage stage;

    @BeforeEach
    void set() {
        stage = Stage.set("huge");
    }

    @AfterEach
    void strike() {
        stage.close();
    }

    @Test
    void measure() throws Exception {
        WorkerProcess worker = stage.start(
                stage.worker()
                        .env("MALLOC_ARENA_MAX", 2)
                        .env(
                                "JAVA_TOOL_OPTIONS",
                                "-Xmx" + HEAP
                                        + " -XX:NewRatio=1 -XX:+UseParallelGC -XX:+ExitOnOutOfMemoryError -Xlog:gc:file=/tmp/pages/gc.log"));
        worker.awaitReady(Duration.ofSeconds(90));
        prefill();
        stage.sql("vacuum analyze");
        System.out.println("RSS before " + status(worker, "VmRSS") + " cpu " + cpu(worker));
        AtomicBoolean stop = new AtomicBoolean();
        List<String> latencies = Collections.synchronizedList(new ArrayList<>());
        Thread neighbours = new Thread(() -> neighbours(stop, latencies));
        neighbours.start();
        Thread.sleep(5000);
        long cpu = cpu(worker);
        System.out.println("DEFINE");
        latencies.add("DEFINE");
        long begin = System.nanoTime();
        t0 = begin;
        Thread pg = new Thread(() -> { while (stage.number("select count(*) from outbox where page > 0") == 0) { try { Thread.sleep(50); } catch (InterruptedException e) { return; } } System.out.println("POSTGRES after " + (System.nanoTime() - t0) / 1_000_000); });
        pg.start();
        String id = stage.wire.send(
                "pipeline.define.v1",
                "huge",
                "'environments':[{'id':'development'},{'id':'qa'},{'id':'staging'},{'id':'production'}]");
        try (Watch watch = new Watch(stage.kafka.bootstrapServers(), List.of(Wire.RESULTS, Wire.RELEASES))) {
            while (!watch.results.contains(id) || watch.releases.size() < RELEASES) {
                watch.poll();
                if (System.nanoTime() - begin
                                > Duration.ofSeconds(Integer.getInteger("huge.patience", 240))
                                        .toNanos()
                        || !worker.isAlive()) {
                    System.out.println("GIVE UP alive " + worker.isAlive() + " seen " + watch.releases.size());
                    break;
                }
            }
            System.out.println("ALL SEEN after " + Duration.ofNanos(System.nanoTime() - begin) + " result "
                    + watch.results.contains(id) + " releases " + watch.releases.size() + " RSS peak "
                    + status(worker, "VmHWM") + " cpu " + (cpu(worker) - cpu));
        }
        latencies.add("DONE");
        Thread.sleep(2000);
        stop.set(true);
        neighbours.join();
        System.out.println(latencies);
        System.out.println(stage.log(0)
                .lines()
                .filter(line -> line.contains("WARN") || line.contains("ERROR"))
                .limit(40)
                .toList());
    }

    private void neighbours(AtomicBoolean stop, List<String> latencies) {
        List<Thread> threads = new ArrayList<>();
        for (int n = 0; n < 6; n++) {
            int number = n;
            Thread thread = new Thread(() -> neighbour(number, stop, latencies));
            thread.start();
            threads.add(thread);
        }
        threads.forEach(thread -> {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void neighbour(int partition, AtomicBoolean stop, List<String> latencies) {
        String application = java.util.stream.IntStream.range(0, 1000).mapToObj(i -> "n" + i).filter(a -> home(a) == partition).findFirst().orElseThrow();
        boolean same = home("huge") == partition;
        try (Wire wire = new Wire(stage.kafka.bootstrapServers());
                Watch watch = new Watch(stage.kafka.bootstrapServers(), List.of(Wire.RESULTS))) {
            for (int i = 0; !stop.get(); i++) {
                long begin = System.nanoTime();
                String id = application + "-" + i;
                wire.sendAs(id, "release.create.v1", application, "'release':'" + i + "','title':'T'");
                while (!watch.results.contains(id) && !stop.get()) {
                    watch.poll();
                }
                latencies.add((same ? "SAME " : "") + (begin - t0) / 1_000_000 + "+" + (System.nanoTime() - begin) / 1_000_000);
                Thread.sleep(250);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private volatile long t0;

    private static int home(String application) {
        return org.apache.kafka.common.utils.Utils.toPositive(org.apache.kafka.common.utils.Utils.murmur2(application.getBytes(java.nio.charset.StandardCharsets.UTF_8))) % 6;
    }

    private void prefill() {
        stage.wire.outcome(
                "release.create.v1",
                "huge",
                "'release':'0','title':'" + "A title ".repeat(5) + "','description':'" + "What is new. ".repeat(30)
                        + "','artifactId':'pkg:oci/huge@sha256%3A0','source':{'repoUrl':'https://git.example.org/huge.git','commitSha':'"
                        + "0123456789".repeat(4) + "','ref':'refs/heads/main'}");
        stage.wire.outcome("release.deploy.v1", "huge", "'release':'0','environment':'staging'");
        stage.wire.outcome("release.deploy.v1", "huge", "'release':'0','environment':'production'");
        stage.wire.outcome("environment.rollback.v1", "huge", "'environment':'production','release':'0'");
        stage.sql("insert into release (application, id, state, format)"
                + " select application, 'r-' || i, state, format from release, generate_series(1, " + (RELEASES - 1)
                + ") i where application = 'huge'");
        stage.sql("update application set releases = " + RELEASES + " where id = 'huge'");
    }

    private static String status(WorkerProcess worker, String field) throws IOException {
        if (!worker.isAlive()) return "dead";
        return Files.readAllLines(Path.of("/proc/" + worker.pid() + "/status")).stream()
                .filter(line -> line.startsWith(field))
                .findFirst()
                .orElse("none");
    }

    private static long cpu(WorkerProcess worker) throws IOException {
        if (!worker.isAlive()) return -1;
        String[] stat =
                Files.readString(Path.of("/proc/" + worker.pid() + "/stat")).split(" ");
        return (Long.parseLong(stat[13]) + Long.parseLong(stat[14])) * 10;
    }

    private static final class Watch implements AutoCloseable {
        final KafkaConsumer<byte[], byte[]> consumer;
        final Set<String> results = new HashSet<>();
        final Set<String> releases = new HashSet<>();

        Watch(String servers, List<String> topics) {
            consumer = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers",
                            servers,
                            "isolation.level",
                            "read_committed",
                            "auto.offset.reset",
                            "earliest"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            consumer.assign(topics.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList());
        }

        void poll() {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                if (record.topic().equals(Wire.RESULTS)) {
                    results.add(Wire.header(record, "ce_causationid"));
                } else if (Wire.key(record).startsWith("huge/")) {
                    releases.add(Wire.key(record));
                }
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
