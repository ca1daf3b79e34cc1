package dev.lockstep.faults;

import dev.lockstep.local.WorkerProcess;
import dev.lockstep.ops.metrics.Scrape;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The main sequence: workers under load in a storm of faults, watched throughout; then calm, until all is processed; then the
 * final comparison.
 */
final class FaultRun {

    private static final Duration CALM = Duration.ofSeconds(90);
    private static final String REPLAY = "Publishing the stored output of records that were applied earlier";

    private final Parameters parameters;
    private final Path logs;
    private final FaultLog diary;
    private final Findings findings = new Findings();
    private final List<String> failures = new ArrayList<>();

    FaultRun(Parameters parameters, Path logs) {
        this.parameters = parameters;
        this.logs = logs;
        this.diary = new FaultLog(logs);
    }

    Verdict run(Path data) throws Exception {
        Files.createDirectories(logs);
        try (FaultEnvironment scene = new FaultEnvironment(data, logs, parameters.workers())) {
            scene.startWorkers();
            String servers = scene.kafka().bootstrapServers();
            DeploymentLoad deploymentLoad = new DeploymentLoad(parameters.seed());
            try (UpstreamLoad load = new UpstreamLoad(servers, parameters, deploymentLoad, scene::partitions);
                    Watcher watcher = new Watcher(servers, scene, load, findings, topicId(scene.admin()));
                    Deployer deployer = new Deployer(servers, parameters.seed(), deploymentLoad, load)) {
                scene.watchedBy(watcher.commandsCheck());
                awaitLives(watcher);
                FaultStorm storm = new FaultStorm(scene, diary, parameters.seed());
                storm.rage(parameters.duration());
                load.stop();
                deployer.calmDown();
                diary.write("The storm is over");
                note("The load stopped", load.failure());
                note("A fault failed", storm.failure());
                awaitRecovery(scene);
                drain(scene, () -> isDone(scene, watcher), watcher);
                watcher.deployments().quietFrom(Instant.now());
                load.sendAll(deploymentLoad.last());
                drain(
                        scene,
                        () -> isDone(scene, watcher) && watcher.deployments().isAtRest(),
                        watcher);
                note("The deployer stopped", deployer.failure());
                deployer.close();
                drain(scene, () -> isDone(scene, watcher), watcher);
                watcher.finish();
                note("The watcher stopped", watcher.failure());
                new DatabaseCheck(
                                scene.database().dataSource(),
                                watcher.commandsCheck().model(),
                                watcher.homes(),
                                findings)
                        .check();
                Set<TopicPartition> unread =
                        new BoardCheck(servers, scene.database().dataSource(), findings).check();
                if (!unread.isEmpty()) {
                    failures.add("The board's tables are stuck before the ends of " + unread);
                }
                checkCountsAddUp(scene);
                return verdict(scene, load, watcher, storm);
            }
        }
    }

    /** They are created before anything can go wrong, so that each has exactly one home. */
    private void awaitLives(Watcher watcher) {
        if (!Tasks.await(CALM, () -> watcher.homes().known().keySet().containsAll(DeploymentLoad.applications()))) {
            failures.add("Not even the first applications were created");
        }
    }

    /** No fault may leave a worker in a state that requires a restart. */
    private void awaitRecovery(FaultEnvironment scene) {
        if (!Tasks.await(CALM, scene::isWhole)) {
            failures.add("Not every worker came back by itself");
        }
        if (!Tasks.await(CALM, scene::knowsItsPartitions)) {
            failures.add("The topics have grown, but no worker noticed");
        }
        if (!Tasks.await(CALM, scene::isKept)) {
            failures.add("Nobody does the housekeeping any more");
        }
        diary.write("Whole again");
    }

    /** Waits for as long as there is progress: how fast depends on the machine. */
    private void drain(FaultEnvironment scene, Callable<Boolean> condition, Watcher watcher) throws Exception {
        Map<Integer, Long> before;
        boolean isDone;
        do {
            before = scene.applied();
            isDone = Tasks.await(CALM, condition);
        } while (!isDone && !scene.applied().equals(before));
        if (!isDone) {
            failures.add("There is no progress: commands read up to %s, committed %s, applied %s, before %s"
                    .formatted(watcher.commandsCheck().nextOffsets(), scene.committed(), scene.applied(), before));
        }
        diary.write("All done");
    }

    /** The group has committed every command, and everything that was there by then has been read. */
    private static boolean isDone(FaultEnvironment scene, Watcher watcher) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = scene.committed();
        Map<TopicPartition, Long> positions = watcher.positions();
        boolean allRead = scene.ends(positions.keySet()).entrySet().stream()
                .allMatch(end -> positions.get(end.getKey()) >= end.getValue());
        return allRead
                && watcher.commandsCheck().nextOffsets().entrySet().stream().allMatch(next -> {
                    OffsetAndMetadata offset = committed.get(new TopicPartition(TopicNames.COMMANDS, next.getKey()));
                    return offset != null && offset.offset() >= next.getValue();
                });
    }

    private void note(String what, Throwable failure) {
        if (failure != null) {
            diary.write(what + ": " + stackTrace(failure));
            failures.add(what + ": " + failure);
        }
    }

    private static String stackTrace(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    /** What a worker logs only if another changed its partition's rows at the same time, or something is missing there. */
    private static final List<String> FORBIDDEN_LOG_MESSAGES = List.of(
            "rows were changed after they were loaded",
            "SQLSTATE 23505",
            "the outbox lacks the output of applied records",
            "A record is unprocessable",
            "Commands were deleted before they were read",
            "Lost dead letters or moved commands",
            "Stopped processing");

    private void checkForbiddenLogMessages(FaultEnvironment scene) {
        for (WorkerStation station : scene.stations()) {
            station.log().stream()
                    .filter(line -> FORBIDDEN_LOG_MESSAGES.stream().anyMatch(line::contains))
                    .forEach(line -> findings.add(Findings.Breach.UNGUARDED, station + ": " + line));
        }
    }

    /** A worker's counters start with its process: those of killed workers are lost. */
    private void checkCountsAddUp(FaultEnvironment scene) {
        for (WorkerStation station : scene.stations()) {
            WorkerProcess worker = station.worker();
            if (worker != null && !Tasks.await(CALM, () -> countsAddUp(worker))) {
                failures.add("The counts of " + station + " do not add up: "
                        + worker.metrics().map(Scrape::of).map(Scrape::difference));
            }
        }
    }

    private static boolean countsAddUp(WorkerProcess worker) {
        return worker.metrics()
                .map(Scrape::of)
                .filter(scrape -> scrape.difference().isEmpty())
                .isPresent();
    }

    private Verdict verdict(FaultEnvironment scene, UpstreamLoad load, Watcher watcher, FaultStorm storm) {
        if (storm.betweenCommits() == 0) {
            failures.add("No fault struck a batch between its two commits: the run proves little");
        }
        checkForbiddenLogMessages(scene);
        long replays = scene.stations().stream()
                .flatMap(station -> station.log().stream())
                .filter(line -> line.contains(REPLAY))
                .count();
        CommandsCheck commandsCheck = watcher.commandsCheck();
        int left = scene.stations().stream().mapToInt(WorkerStation::left).sum();
        String counts = "commands=%d re-sent=%d undecodable=%d moved=%d aborted=%d %s replays=%d left=%d"
                .formatted(
                        commandsCheck.commands(),
                        commandsCheck.repeated(),
                        commandsCheck.unreadable(),
                        commandsCheck.moved(),
                        load.aborted(),
                        watcher.counts(),
                        replays,
                        left);
        return new Verdict(parameters, counts, storm.struck(), storm.betweenCommits(), findings, failures);
    }

    private static String topicId(Admin admin) throws Exception {
        return admin.describeTopics(List.of(TopicNames.COMMANDS))
                .allTopicNames()
                .get()
                .get(TopicNames.COMMANDS)
                .topicId()
                .toString();
    }
}
