package dev.lockstep.bench;

import dev.lockstep.partition.HomePartitioner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Commands for 1,000 applications, or a given number of them, in a realistic mix: of every 20 in a row, 6 create, 10 deploy
 * (alternately to staging and to production), 1 deletes, 1 rolls back and 2 are refused. Whatever is created and not deleted is
 * deployed twice: the load can continue forever without running dry.
 *
 * <p>{@linkplain #withReports With reports}, every third application has reported environments, and gets a third of the
 * deployments; two reports follow each of those: in progress, and succeeded.
 */
final class BenchLoad {

    static final int APPLICATIONS = 1_000;

    /** How many commands lie between a deployment and its first report, and between the first and the second. */
    static final int UNTIL_REPORTED = 500;

    private static final int REPORTED = 3;
    private static final int STOCK = 3;

    enum Kind {
        CREATE,
        DEPLOY,
        DELETE,
        ROLLBACK,
        REFUSED,
        DEFINE,
        REPORT
    }

    /** @param refused whether the rules must refuse it */
    record Command(ProducerRecord<byte[], byte[]> record, Kind kind, boolean refused) {}

    /** @param due the number that the report's command will have */
    private record Report(BenchApplication application, String environment, boolean isLast, long due) {}

    private final CommandWriter writer;
    private final Random random;
    private final boolean withReports;
    private final List<BenchApplication> applications = new ArrayList<>();
    private final List<Kind> turns = new ArrayList<>();
    private final Deque<Report> reports = new ArrayDeque<>();
    private long deployed;
    private long refused;

    /** @param stored how many releases every application has from the start, see {@link Prefill} */
    BenchLoad(String topic, long seed, int stored) {
        this(topic, seed, false);
        for (int i = 0; i < APPLICATIONS; i++) {
            applications.add(new BenchApplication(Prefill.application(i), stored, false));
        }
    }

    /** For so many applications without a release. */
    static BenchLoad of(int count, String topic, long seed) {
        BenchLoad load = new BenchLoad(topic, seed, false);
        for (int i = 0; i < count; i++) {
            load.applications.add(new BenchApplication("one-of-many-%05d".formatted(i), 0, false));
        }
        return load;
    }

    /** For 1,000 applications, none with a release, that all lie in the first partition. */
    static BenchLoad inOnePartition(String topic, long seed) {
        HomePartitioner homes = new HomePartitioner(BenchSettings.PARTITIONS, BenchSettings.PARTITIONS);
        BenchLoad load = new BenchLoad(topic, seed, false);
        IntStream.iterate(0, i -> i + 1)
                .mapToObj("neighbour-%05d"::formatted)
                .filter(application -> homes.homeOfNew(application) == 0)
                .limit(APPLICATIONS)
                .forEach(application -> load.applications.add(new BenchApplication(application, 0, false)));
        return load;
    }

    private BenchLoad(String topic, long seed, boolean withReports) {
        this.withReports = withReports;
        this.random = new Random(seed);
        this.writer = new CommandWriter(topic, random);
    }

    /** A third of its deployments are reported on. It uses different applications, so that both loads can go to one worker. */
    static BenchLoad withReports(String topic, long seed) {
        BenchLoad load = new BenchLoad(topic, seed, true);
        for (int i = 0; i < APPLICATIONS; i++) {
            load.applications.add(new BenchApplication("rep-%04d".formatted(i), 0, i % REPORTED == 0));
        }
        return load;
    }

    /** The number of the next command. */
    long position() {
        return writer.position();
    }

    /** What every application starts with, so that all further commands have something to work on. */
    List<Command> stock() {
        List<Command> commands = new ArrayList<>();
        for (BenchApplication application : applications) {
            if (application.isReported()) {
                commands.add(define(application));
            }
            for (int i = 0; i < STOCK; i++) {
                commands.add(create(application));
            }
            for (int i = 0; i < STOCK; i++) {
                commands.add(create(application));
                commands.add(stage(application));
                reportAll(commands);
            }
            for (int i = 0; i < STOCK - 1; i++) {
                commands.add(ship(application));
                reportAll(commands);
            }
        }
        return commands;
    }

    /** A separate application with a few releases that went all the way to production. */
    List<Command> template() {
        BenchApplication application = new BenchApplication(Prefill.TEMPLATE, 0, false);
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < Prefill.TEMPLATE_RELEASES; i++) {
            commands.add(create(application));
            commands.add(stage(application));
            commands.add(ship(application));
        }
        return commands;
    }

    List<Command> next(int count) {
        List<Command> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(next());
        }
        return commands;
    }

    private Command next() {
        if (!reports.isEmpty() && reports.peek().due() <= position()) {
            return report();
        }
        if (turns.isEmpty()) {
            turns.addAll(Collections.nCopies(6, Kind.CREATE));
            turns.addAll(Collections.nCopies(10, Kind.DEPLOY));
            turns.add(Kind.DELETE);
            turns.add(Kind.ROLLBACK);
            turns.addAll(Collections.nCopies(2, Kind.REFUSED));
            Collections.shuffle(turns, random);
        }
        Kind kind = turns.remove(turns.size() - 1);
        return switch (kind) {
            case CREATE -> create(any());
            case DEPLOY -> deploy();
            case DELETE -> delete();
            case ROLLBACK -> rollback();
            case REFUSED -> refused();
            case DEFINE, REPORT -> throw new IllegalStateException(kind + " has no turn");
        };
    }

    private BenchApplication any() {
        return applications.get(random.nextInt(applications.size()));
    }

    private BenchApplication anyWith(Predicate<BenchApplication> condition) {
        for (int tries = 0; tries < 100 * applications.size(); tries++) {
            BenchApplication application = any();
            if (condition.test(application)) {
                return application;
            }
        }
        throw new IllegalStateException("the load ran dry");
    }

    private Command define(BenchApplication application) {
        application.define();
        String policy = "\"policy\":{\"completion\":\"reported\"}";
        return writer.write(
                application.id(),
                "pipeline.define",
                Kind.DEFINE,
                ",\"environments\":[{\"id\":\"development\"},{\"id\":\"staging\"," + policy
                        + "},{\"id\":\"production\"," + policy + "}]");
    }

    private Command create(BenchApplication application) {
        return writer.create(application.id(), application.create(), Kind.CREATE);
    }

    private Command deploy() {
        boolean isStaging = deployed % 2 == 0;
        boolean isReported = withReports && deployed / 2 % REPORTED == 0;
        deployed++;
        return isStaging
                ? stage(anyWith(a -> a.canStage() && a.isReported() == isReported))
                : ship(anyWith(a -> a.canShip() && a.isReported() == isReported));
    }

    private Command stage(BenchApplication application) {
        String release = application.stage(application.fresh(random));
        expectReport(application, "staging");
        return deploy(application, release, "staging", Kind.DEPLOY);
    }

    private Command ship(BenchApplication application) {
        String release = application.ship(application.staged(random));
        expectReport(application, "production");
        return deploy(application, release, "production", Kind.DEPLOY);
    }

    private Command deploy(BenchApplication application, String release, String environment, Kind kind) {
        return writer.write(
                application.id(),
                "release.deploy",
                kind,
                ",\"release\":\"" + release + "\",\"environment\":\"" + environment + "\"");
    }

    private Command delete() {
        BenchApplication application = anyWith(BenchApplication::hasFresh);
        String release = application.fresh(random);
        application.delete(release);
        return delete(application, release, Kind.DELETE);
    }

    private Command delete(BenchApplication application, String release, Kind kind) {
        return writer.write(application.id(), "release.delete", kind, ",\"release\":\"" + release + "\"");
    }

    private Command rollback() {
        String environment = random.nextBoolean() ? "staging" : "production";
        BenchApplication application = anyWith(a -> a.line(environment).canGoBack());
        application.goBack(environment);
        expectReport(application, environment);
        return writer.write(
                application.id(), "environment.rollback", Kind.ROLLBACK, ",\"environment\":\"" + environment + "\"");
    }

    private void expectReport(BenchApplication application, String environment) {
        if (application.isReported()) {
            reports.add(new Report(application, environment, false, position() + UNTIL_REPORTED));
        }
    }

    private void reportAll(List<Command> commands) {
        while (!reports.isEmpty()) {
            commands.add(report());
        }
    }

    /** The oldest expected report. */
    private Command report() {
        Report report = reports.remove();
        BenchApplication application = report.application();
        String deployment = application.line(report.environment()).deployment();
        if (report.isLast()) {
            application.succeed(report.environment());
        } else {
            reports.add(new Report(application, report.environment(), true, position() + UNTIL_REPORTED));
        }
        return writer.write(
                application.id(),
                "deployment.report",
                Kind.REPORT,
                ",\"deployment\":\"" + deployment + "\",\"status\":\"" + (report.isLast() ? "succeeded" : "in_progress")
                        + "\"");
    }

    /** In turn: already exists, locked, not found, out of order, already current. */
    private Command refused() {
        int reason = (int) (refused++ % 5);
        if (reason == 0) {
            BenchApplication application = any();
            return writer.create(application.id(), application.line("staging").current(), Kind.REFUSED);
        } else if (reason == 1) {
            BenchApplication application = any();
            return delete(application, application.locked(random), Kind.REFUSED);
        } else if (reason == 2) {
            return deploy(any(), "no-such-release", "staging", Kind.REFUSED);
        } else if (reason == 3) {
            BenchApplication application = anyWith(BenchApplication::hasFresh);
            return deploy(application, application.fresh(random), "production", Kind.REFUSED);
        }
        BenchApplication application = any();
        return deploy(application, application.line("staging").current(), "staging", Kind.REFUSED);
    }
}
