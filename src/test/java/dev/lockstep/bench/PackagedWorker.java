package dev.lockstep.bench;

import dev.lockstep.local.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The same artefact that goes into production, with default settings except for those given. */
final class PackagedWorker implements Contender {

    private final Testbed bed;
    private final Endpoints endpoints;
    private final ContenderResources place;
    private final Map<String, Object> environment;
    private final Path artefact;
    private WorkerProcess process;

    /** @param environment settings, by the names of their environment variables */
    PackagedWorker(Testbed bed, ContenderResources place, Map<String, Object> environment) {
        this(bed, bed.endpoints(), place, environment);
    }

    PackagedWorker(Testbed bed, Endpoints endpoints, ContenderResources place, Map<String, Object> environment) {
        this(bed, endpoints, place, environment, null);
    }

    /** @param artefact the folder of another version's artefact, or null for this version's */
    PackagedWorker(Testbed bed, ContenderResources place, Map<String, Object> environment, Path artefact) {
        this(bed, bed.endpoints(), place, environment, artefact);
    }

    private PackagedWorker(
            Testbed bed,
            Endpoints endpoints,
            ContenderResources place,
            Map<String, Object> environment,
            Path artefact) {
        this.artefact = artefact;
        this.bed = bed;
        this.endpoints = endpoints;
        this.place = place;
        this.environment = environment;
    }

    @Override
    public ContenderResources place() {
        return place;
    }

    @Override
    public void start() {
        List<String> outputs = place.outputs();
        WorkerProcess.Options options = WorkerProcess.on(endpoints.bootstrapServers(), bed.postgres())
                .env("LOCKSTEP_DATABASE_PORT", endpoints.postgresPort())
                .env("LOCKSTEP_DATABASE_NAME", place.database())
                .env("LOCKSTEP_KAFKA_GROUP", place.group())
                .env("LOCKSTEP_TOPICS_COMMANDS", place.commands())
                .env("LOCKSTEP_TOPICS_RESULTS", outputs.get(0))
                .env("LOCKSTEP_TOPICS_EVENTS", outputs.get(1))
                .env("LOCKSTEP_TOPICS_RELEASE_STATUS", outputs.get(2))
                .env("LOCKSTEP_TOPICS_DEPLOYMENT_STATUS", outputs.get(3))
                .env("LOCKSTEP_TOPICS_APPLICATION_STATUS", outputs.get(4))
                .env("LOCKSTEP_TOPICS_DEAD_LETTERS", place.deadLetters())
                .env("LOCKSTEP_TOPICS_PARTITIONS", BenchSettings.PARTITIONS)
                .env("LOCKSTEP_TOPICS_REPLICATION", 1)
                .env("MALLOC_ARENA_MAX", 2) // as in the image
                .log(bed.settings().out().resolve(place.name() + ".log"));
        if (artefact != null) {
            options.artefact(artefact);
        }
        environment.forEach(options::env);
        bed.settings().javaOptions().forEach(options::javaOption);
        process = options.start();
    }

    @Override
    public void awaitReady(Duration atMost) {
        process.awaitReady(atMost);
    }

    @Override
    public long pid() {
        return process.pid();
    }

    /** The base URL of its pages. */
    String base() {
        return "http://localhost:" + process.httpPort();
    }

    /** SIGKILL. */
    void kill() {
        process.kill();
        process = null;
    }

    @Override
    public void stop() {
        if (process != null) {
            process.close();
            process = null;
        }
    }
}
