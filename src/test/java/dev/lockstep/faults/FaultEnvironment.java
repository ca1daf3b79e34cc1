package dev.lockstep.faults;

import dev.lockstep.local.EmbeddedDatabase;
import dev.lockstep.local.EmbeddedKafka;
import dev.lockstep.local.LogEnds;
import dev.lockstep.local.Ports;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** A real broker, a real database that survives crashes, and stations for the workers; all on this machine. */
final class FaultEnvironment implements AutoCloseable {

    /** The initial number of partitions. */
    static final int PARTITIONS = 6;

    static final String GROUP = "lockstep";

    private static final Duration START = Duration.ofSeconds(60);
    private static final int ALL_PERMITS = 1_000;
    private static final int MAX_GROWTHS = 2;

    private final EmbeddedKafka kafka;
    private final EmbeddedDatabase database;
    private final List<WorkerStation> stations = new ArrayList<>();
    private final int workers;
    private final Admin admin;
    private volatile CommandsCheck commandsCheck;
    private final Semaphore brokerUsers = new Semaphore(ALL_PERMITS);
    private final Semaphore databaseUsers = new Semaphore(ALL_PERMITS);
    private final Set<Integer> counts = new ConcurrentSkipListSet<>(Set.of(PARTITIONS));
    private volatile int partitions = PARTITIONS;

    /** Starts everything but the workers; there is one more station than workers. */
    FaultEnvironment(Path data, Path logs, int workers) {
        this.workers = workers;
        database = EmbeddedDatabase.start(data.resolve("postgres"), 0, true);
        EmbeddedKafka.Options broker = EmbeddedKafka.in(data.resolve("kafka"))
                .with("transaction.abort.timed.out.transaction.cleanup.interval.ms", 500);
        for (int station = 0; station <= workers; station++) {
            broker.advertisedThrough(Ports.free());
        }
        kafka = broker.start();
        for (int station = 0; station <= workers; station++) {
            stations.add(new WorkerStation(kafka, database, station, logs));
        }
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    /** Starts a worker at all stations but one, and waits until they can get work. */
    void startWorkers() {
        stations.subList(0, workers).forEach(WorkerStation::start);
        stations.subList(0, workers).forEach(station -> station.worker().awaitReady(START));
    }

    EmbeddedKafka kafka() {
        return kafka;
    }

    EmbeddedDatabase database() {
        return database;
    }

    List<WorkerStation> stations() {
        return stations;
    }

    int workers() {
        return workers;
    }

    Admin admin() {
        return admin;
    }

    long manned() {
        return stations.stream().filter(WorkerStation::hasWorker).count();
    }

    /**
     * A fault that takes the broker away takes it from everybody, so it does not run at the same time as a fault that needs it.
     */
    boolean tryUseBroker(boolean takeAway) {
        return brokerUsers.tryAcquire(takeAway ? ALL_PERMITS : 1);
    }

    void brokerUsed(boolean takenAway) {
        brokerUsers.release(takenAway ? ALL_PERMITS : 1);
    }

    boolean tryUseDatabase(boolean takeAway) {
        return databaseUsers.tryAcquire(takeAway ? ALL_PERMITS : 1);
    }

    void databaseUsed(boolean takenAway) {
        databaseUsers.release(takenAway ? ALL_PERMITS : 1);
    }

    /** The numbers of partitions that the topics have, had, or are about to have. */
    Set<Integer> counts() {
        return counts;
    }

    /** The number of partitions of all topics but the dead letters. */
    int partitions() {
        return partitions;
    }

    /**
     * Adds partitions to all topics but the dead letters, one topic after the other.
     *
     * @param more how many
     * @return false if they have grown often enough
     */
    synchronized boolean grow(int more, List<String> order, Meanwhile meanwhile) throws Exception {
        if (counts.size() > MAX_GROWTHS) {
            return false;
        }
        int to = partitions + more;
        counts.add(to);
        for (String topic : order) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(to)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            meanwhile.run();
        }
        partitions = to;
        return true;
    }

    interface Meanwhile {
        void run() throws Exception;
    }

    /** Whether the workers have noticed that the topics have grown. */
    boolean knowsItsPartitions() throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select max(partitions) from growth")) {
            row.next();
            return partitions == PARTITIONS || row.getInt(1) == partitions;
        }
    }

    /** Whether some worker has done its housekeeping recently. */
    boolean isKept() throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select looked_at > clock_timestamp() - interval '5 seconds' from retention")) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Sets the check that knows which commands are no longer needed. */
    void watchedBy(CommandsCheck commandsCheck) {
        this.commandsCheck = commandsCheck;
    }

    /** Up to where records can be deleted, by partition: applied, not published, but publishable without the records. */
    Map<TopicPartition, RecordsToDelete> deletable() throws Exception {
        Map<TopicPartition, RecordsToDelete> deletable = new HashMap<>();
        Map<Integer, Long> applied = applied();
        Map<TopicPartition, OffsetAndMetadata> committed = committed();
        for (int number : betweenTheCommits().keySet()) {
            TopicPartition partition = new TopicPartition(TopicNames.COMMANDS, number);
            long from =
                    committed.containsKey(partition) ? committed.get(partition).offset() : 0;
            long to = commandsCheck.unneededUpTo(number, from, applied.get(number));
            if (to > from) {
                deletable.put(partition, RecordsToDelete.beforeOffset(to));
            }
        }
        return deletable;
    }

    /** How many records are applied in Postgres but not committed in Kafka, by partition; only values above 0. */
    Map<Integer, Long> betweenTheCommits() throws SQLException, InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetAndMetadata> committed = committed();
        Map<Integer, Long> between = new HashMap<>();
        applied().forEach((partition, applied) -> {
            OffsetAndMetadata offset = committed.get(new TopicPartition(TopicNames.COMMANDS, partition));
            long ahead = applied - (offset == null ? 0 : offset.offset());
            if (ahead > 0) {
                between.put(partition, ahead);
            }
        });
        return between;
    }

    /** Whether the database knows everything that the group has committed. */
    boolean isAllNoted() throws SQLException, InterruptedException, ExecutionException {
        Map<Integer, Long> published = offsets("published");
        return committed().entrySet().stream()
                .allMatch(committed -> published.getOrDefault(committed.getKey().partition(), 0L)
                        >= committed.getValue().offset());
    }

    /** How far each partition of the commands topic is applied in the database. */
    Map<Integer, Long> applied() throws SQLException {
        return offsets("applied");
    }

    private Map<Integer, Long> offsets(String column) throws SQLException {
        Map<Integer, Long> applied = new HashMap<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select partition, " + column + " from progress")) {
            while (rows.next()) {
                applied.put(rows.getInt(1), rows.getLong(2));
            }
        }
        return applied;
    }

    Map<TopicPartition, OffsetAndMetadata> committed() throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    /** The offsets after the last record, whether committed, aborted or undecided. */
    Map<TopicPartition, Long> ends(Set<TopicPartition> partitions) throws InterruptedException, ExecutionException {
        return LogEnds.of(admin, partitions);
    }

    /** Sets the largest batch that a topic accepts. */
    void limit(String topic, int bytes) throws InterruptedException, ExecutionException {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
                                AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    /** Whether every worker is ready and a member of the group, and the group is at rest. */
    boolean isWhole() throws Exception {
        ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(GROUP))
                .describedGroups()
                .get(GROUP)
                .get(5, TimeUnit.SECONDS);
        return group.groupState() == GroupState.STABLE
                && group.members().size() == manned()
                && stations.stream()
                        .filter(WorkerStation::hasWorker)
                        .allMatch(station -> station.worker().readiness() == 200);
    }

    @Override
    public void close() {
        stations.forEach(WorkerStation::close);
        admin.close(Duration.ZERO);
        kafka.close();
        database.close();
    }
}
