package dev.lockstep.faults;

import dev.lockstep.faults.Fault.Outcome;
import dev.lockstep.local.Ports;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Faults of the broker and of the database. */
final class StoreFaults {

    private static final Duration OUTAGE = Duration.ofSeconds(5);
    private static final int LEAST_BYTES = 200;
    private static final int MORE_BYTES = 1_000;
    private static final int USUAL_BYTES = 1_048_588;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private StoreFaults() {}

    /** Grows the topics in random order; until the last has grown, the workers continue with the partitions that all have. */
    static Outcome growTopics(FaultEnvironment scene, Random random) throws Exception {
        List<String> order = new ArrayList<>(TopicNames.WITH_HOMES);
        Collections.shuffle(order, random);
        return scene.grow(1 + random.nextInt(3), order, () -> Pause.upTo(Duration.ofSeconds(1), random))
                ? Outcome.STRUCK
                : Outcome.NOTHING_THERE;
    }

    static Outcome crashPostgres(FaultEnvironment scene, Random random) throws Exception {
        long crashed = scene.database().pid().orElseThrow();
        scene.database().killImmediately();
        FaultDidNotStrikeException.unless(!scene.database().isRunning(), "Postgres survived its crash");
        Pause.upTo(OUTAGE, random);
        scene.database().restart();
        FaultDidNotStrikeException.unless(
                scene.database().pid().orElseThrow() != crashed, "Postgres was not restarted");
        return Outcome.STRUCK;
    }

    static Outcome restartBroker(FaultEnvironment scene, Random random) throws Exception {
        scene.kafka().stop();
        FaultDidNotStrikeException.unless(Ports.isFree(scene.kafka().port()), "The broker still listens");
        Pause.upTo(OUTAGE, random);
        scene.kafka().restart();
        return Outcome.STRUCK;
    }

    /** As with a full disk, Postgres still responds. Other faults may break the connections used to arrange this. */
    static Outcome refuseWrites(FaultEnvironment scene, Random random) throws Exception {
        long before = refused(scene);
        try {
            FaultDidNotStrikeException.unless(Tasks.await(PATIENCE, () -> execute(scene, """
                    create or replace function refuse() returns trigger language plpgsql as
                    $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
                    create or replace trigger full_disk before insert on outbox execute function refuse()""")), "No write is refused");
            boolean struck = Tasks.await(OUTAGE, () -> refused(scene) > before);
            Pause.upTo(OUTAGE, random);
            return struck ? Outcome.STRUCK : Outcome.NOTHING_THERE;
        } finally {
            FaultDidNotStrikeException.unless(
                    Tasks.await(PATIENCE, () -> execute(scene, "drop trigger if exists full_disk on outbox")),
                    "Writes are refused for good");
        }
    }

    /** A topic accepts nothing, or not everything; it always accepts transaction markers. */
    static Outcome refuseOutputs(FaultEnvironment scene, Random random) throws Exception {
        String topic = TopicNames.FROM_COMMANDS.get(random.nextInt(TopicNames.FROM_COMMANDS.size()));
        long before = heldUp(scene);
        try {
            scene.limit(topic, LEAST_BYTES + random.nextInt(MORE_BYTES));
            boolean struck = Tasks.await(OUTAGE, () -> heldUp(scene) > before);
            Pause.upTo(OUTAGE, random);
            return struck ? Outcome.STRUCK : Outcome.NOTHING_THERE;
        } finally {
            scene.limit(topic, USUAL_BYTES);
        }
    }

    private static long refused(FaultEnvironment scene) {
        return said(scene, "SQLSTATE 53100");
    }

    private static long heldUp(FaultEnvironment scene) {
        return said(scene, "A partition is stalled");
    }

    private static long said(FaultEnvironment scene, String text) {
        return scene.stations().stream()
                .flatMap(station -> station.log().stream())
                .filter(line -> line.contains(text))
                .count();
    }

    private static boolean execute(FaultEnvironment scene, String sql) throws SQLException {
        try (Connection connection = scene.database().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return true;
        }
    }

    static Outcome endDatabaseConnections(FaultEnvironment scene, Random random) throws Exception {
        try (Connection connection = scene.database().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet ended = statement.executeQuery("""
                        select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity
                        where datname = current_database() and pid <> pg_backend_pid()""")) {
            ended.next();
            return ended.getLong(1) > 0 ? Outcome.STRUCK : Outcome.NOTHING_THERE;
        }
    }
}
