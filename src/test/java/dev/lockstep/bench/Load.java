package dev.lockstep.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Commands over 1,000 applications in the mix of real life: of each 20 in a row, 6 create, 10 deploy (by turns to staging
 * and to production), 1 deletes, 1 rolls back and 2 are refused. What is created, less what is deleted, is what is deployed,
 * twice: the load goes on for ever without running dry. A command is about 400 bytes: key, CloudEvents headers and value.
 */
final class Load {

    static final int APPLICATIONS = 1_000;
    static final int BYTES = 400;

    private static final String SOURCE = "/bench/delivery";
    private static final String ID = "bench-";
    private static final int STOCK = 3;
    private static final String FILLER =
            "As agreed with those on call, after the tests had passed and the change had been looked through twice; "
                    .repeat(4);

    enum Kind {
        CREATE,
        DEPLOY,
        DELETE,
        ROLLBACK,
        REFUSED
    }

    /** @param refused whether the rules must refuse it */
    record Command(ProducerRecord<byte[], byte[]> record, Kind kind, boolean refused) {}

    private final String topic;
    private final Random random;
    private final List<BenchApplication> applications = new ArrayList<>();
    private final List<Kind> turns = new ArrayList<>();
    private long sent;
    private long deployed;
    private long refused;

    /** @param stored releases that every application has from the start, see {@link Prefill} */
    Load(String topic, long seed, int stored) {
        this.topic = topic;
        this.random = new Random(seed);
        for (int i = 0; i < APPLICATIONS; i++) {
            applications.add(new BenchApplication(Prefill.application(i), stored));
        }
    }

    /** The number of the next command; a command carries it in its id. */
    long position() {
        return sent;
    }

    /** The number of the command with this CloudEvents id. */
    static long position(byte[] id) {
        return Long.parseLong(new String(id, ID.length(), id.length - ID.length(), StandardCharsets.US_ASCII));
    }

    /** What every application starts with, so that all that follows finds something to work on. */
    List<Command> stock() {
        List<Command> commands = new ArrayList<>();
        for (BenchApplication application : applications) {
            for (int i = 0; i < STOCK; i++) {
                commands.add(create(application));
            }
            for (int i = 0; i < STOCK; i++) {
                commands.add(create(application));
                commands.add(deploy(application, application.stage(application.fresh(random)), "staging"));
            }
            for (int i = 0; i < STOCK - 1; i++) {
                commands.add(deploy(application, application.ship(application.staged(random)), "production"));
            }
        }
        return commands;
    }

    /** An application of its own with a few releases that went all the way. */
    List<Command> template() {
        BenchApplication application = new BenchApplication(Prefill.TEMPLATE, 0);
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < Prefill.TEMPLATE_RELEASES; i++) {
            commands.add(create(application));
            commands.add(deploy(application, application.stage(application.fresh(random)), "staging"));
            commands.add(deploy(application, application.ship(application.staged(random)), "production"));
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
        };
    }

    private BenchApplication any() {
        return applications.get(random.nextInt(APPLICATIONS));
    }

    private BenchApplication anyWith(Predicate<BenchApplication> condition) {
        for (int tries = 0; tries < 100 * APPLICATIONS; tries++) {
            BenchApplication application = any();
            if (condition.test(application)) {
                return application;
            }
        }
        throw new IllegalStateException("the load ran dry");
    }

    private Command create(BenchApplication application) {
        String release = application.create();
        return create(application, release, Kind.CREATE);
    }

    private Command create(BenchApplication application, String release, Kind kind) {
        String id = application.id();
        return command(
                id,
                "release.create",
                kind,
                ",\"release\":\"" + release + "\",\"title\":\"" + id + " " + release + "\",\"artifactId\":\"pkg:oci/"
                        + id
                        + "@" + release.replace("+", "%2B") + "\",\"source\":{\"repoUrl\":\"https://git.example/" + id
                        + "\",\"commitSha\":\"" + sha() + "\"}");
    }

    private Command deploy() {
        if (deployed++ % 2 == 0) {
            BenchApplication application = anyWith(BenchApplication::hasFresh);
            return deploy(application, application.stage(application.fresh(random)), "staging");
        }
        BenchApplication application = anyWith(BenchApplication::hasStaged);
        return deploy(application, application.ship(application.staged(random)), "production");
    }

    private Command deploy(BenchApplication application, String release, String environment) {
        return deploy(application, release, environment, Kind.DEPLOY);
    }

    private Command deploy(BenchApplication application, String release, String environment, Kind kind) {
        return command(
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
        return command(application.id(), "release.delete", kind, ",\"release\":\"" + release + "\"");
    }

    private Command rollback() {
        String environment = random.nextBoolean() ? "staging" : "production";
        BenchApplication application = anyWith(a -> a.line(environment).canGoBack());
        application.line(environment).goBack();
        return command(
                application.id(), "environment.rollback", Kind.ROLLBACK, ",\"environment\":\"" + environment + "\"");
    }

    /** In turn: in use, locked, not found, out of order, already there. */
    private Command refused() {
        int reason = (int) (refused++ % 5);
        if (reason == 0) {
            BenchApplication application = any();
            return create(application, application.line("staging").current(), Kind.REFUSED);
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

    private String sha() {
        return String.format("%016x%016x%08x", random.nextLong(), random.nextLong(), random.nextInt());
    }

    private Command command(String application, String type, Kind kind, String members) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, bytes(application), null);
        record.headers().add(new RecordHeader("ce_specversion", bytes("1.0")));
        record.headers().add(new RecordHeader("ce_id", bytes(ID + sent++)));
        record.headers().add(new RecordHeader("ce_source", bytes(SOURCE)));
        record.headers().add(new RecordHeader("ce_type", bytes("dev.lockstep." + type + ".v1")));
        record.headers().add(new RecordHeader("ce_time", bytes(Instant.now().toString())));
        record.headers().add(new RecordHeader("content-type", bytes("application/json")));
        String start = "{\"application\":\"" + application + "\"" + members + ",\"actor\":\"u-" + random.nextInt(100)
                + "\",\"reason\":\"";
        int room = BYTES - size(record) - start.length() - 2;
        String value = start + FILLER.substring(0, Math.max(1, room)) + "\"}";
        ProducerRecord<byte[], byte[]> whole =
                new ProducerRecord<>(topic, null, record.key(), bytes(value), record.headers());
        return new Command(whole, kind, kind == Kind.REFUSED);
    }

    /** Bytes of key, headers and value. */
    static int size(ProducerRecord<byte[], byte[]> record) {
        int size = record.key().length + (record.value() == null ? 0 : record.value().length);
        for (Header header : record.headers()) {
            size += header.key().length() + header.value().length;
        }
        return size;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
