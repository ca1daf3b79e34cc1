package dev.lockstep.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Makes the lanes of the worker and of its baselines, each stocked, and warmed up with a full topic. */
final class Lanes {

    private static final int RECORDED = 20_000;
    private static final Duration READY = Duration.ofMinutes(2);

    private final Testbed bed;
    private final Endpoints endpoints;
    private final BenchSettings settings;
    private final Measurements findings;

    Lanes(Testbed bed, Measurements findings) {
        this(bed, bed.endpoints(), findings);
    }

    /** @param endpoints what the contenders connect to */
    Lanes(Testbed bed, Endpoints endpoints, Measurements findings) {
        this.bed = bed;
        this.endpoints = endpoints;
        this.settings = bed.settings();
        this.findings = findings;
    }

    ContenderRun worker() {
        Bench.progress("The worker warms up");
        return worker(new ContenderResources("worker"), Map.of());
    }

    /** @param environment settings, by the names of their environment variables */
    ContenderRun worker(ContenderResources place, Map<String, Object> environment) {
        return worker(new PackagedWorker(bed, endpoints, place, environment));
    }

    ContenderRun worker(PackagedWorker contender) {
        bed.createDatabase(contender.place().database());
        contender.start();
        contender.awaitReady(READY);
        ContenderRun lane = new ContenderRun(bed, contender, 0, true);
        lane.stock();
        lane.warmUp(settings.warmup());
        return lane;
    }

    /** Its stock is processed in large batches, which are not measured. */
    ContenderRun perMessage() {
        Bench.progress("The worker with batches of one warms up");
        ContenderResources place = new ContenderResources("per-message");
        bed.createDatabase(place.database());
        Contender large = new PackagedWorker(bed, place, Map.of());
        large.start();
        large.awaitReady(READY);
        ContenderRun lane = new ContenderRun(bed, large, 0, true);
        lane.stock();
        lane.replaceContender(
                new PackagedWorker(bed, place, Map.of("LOCKSTEP_BATCH_MAX_RECORDS", 1, "LOCKSTEP_BATCH_LANES", 1)));
        lane.contender().start();
        lane.contender().awaitReady(READY);
        lane.warmUp(settings.singles());
        return lane;
    }

    /** @param worker the lane whose writes and records it reproduces */
    ContenderRun bareLoop(ContenderRun worker) throws Exception {
        Path sample = sample(worker);
        Bench.progress("The bare loop warms up");
        ContenderResources place = new ContenderResources("bare-loop");
        ContenderRun lane = baseline(place, BareLoop.TABLE, BareLoop.class, false, sample.toString());
        lane.stock();
        lane.warmUp(settings.warmup());
        return lane;
    }

    ContenderRun handWritten() throws Exception {
        Bench.progress("The hand-written listener warms up");
        ContenderRun lane = baseline(
                new ContenderResources("hand-written"), HandWrittenService.TABLES, HandWrittenListener.class, true);
        lane.stock();
        lane.warmUp(settings.singles());
        return lane;
    }

    private Path sample(ContenderRun worker) throws Exception {
        Bench.progress("Recording what the worker writes and publishes");
        Sample sample = new Recorder(bed, worker).record(RECORDED);
        Path file = settings.out().resolve("sample.bin");
        sample.write(file);
        findings.background("rows written to Postgres per command", sample.rowsPerCommand());
        findings.background("bytes per row", sample.bytesPerRow());
        findings.background("records published per command", sample.outputsPerCommand());
        findings.background("bytes published per command, uncompressed", sample.outputBytesPerCommand());
        return file;
    }

    private ContenderRun baseline(
            ContenderResources place, String tables, Class<?> main, boolean judges, String... more) throws Exception {
        bed.createDatabase(place.database());
        bed.execute(place.database(), tables);
        createTopics(place);
        Contender contender = new BaselineProcess(bed, endpoints, place, main, more);
        contender.start();
        return new ContenderRun(bed, contender, 0, judges);
    }

    private void createTopics(ContenderResources place) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bed.bootstrapServers()))) {
            List<String> outputs = place.outputs();
            Map<String, String> compact = Map.of("cleanup.policy", "compact");
            admin.createTopics(List.of(
                            topic(place.commands()),
                            topic(outputs.get(0)),
                            topic(outputs.get(1)),
                            topic(outputs.get(2)).configs(compact),
                            topic(outputs.get(3)).configs(compact),
                            topic(outputs.get(4)).configs(compact),
                            topic(place.deadLetters())))
                    .all()
                    .get();
        }
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, Optional.of(BenchSettings.PARTITIONS), Optional.of((short) 1));
    }
}
