package dev.lockstep.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every setting of the worker. As environment variables: {@code lockstep.topics.partitions} is {@code
 * LOCKSTEP_TOPICS_PARTITIONS}.
 */
@ConfigMapping(prefix = "lockstep")
public interface Settings {

    /** {@code ce_source} of everything that goes out, a URI reference. Default {@code /lockstep}. */
    @WithDefault("/lockstep")
    @WithConverter(UriReferenceConverter.class)
    String source();

    KafkaConfig kafka();

    TopicsConfig topics();

    DatabaseConfig database();

    BatchConfig batch();

    RetentionConfig retention();

    /**
     * How long an attempt at a batch may go without an answer, while both stores answer otherwise, before the worker reports
     * that it is not live. Default 2 min.
     */
    @WithDefault("2m")
    @WithConverter(Positive.Timeout.class)
    Duration stuckAfter();

    /**
     * How long a worker that does not get through to the database keeps its partitions while others of its group commit;
     * then it ends its process, and waits outside the group when it is started again. Shorter than a fail-over of the
     * database takes, workers end that are only later than others in finding the new primary. Default 30 s.
     */
    @WithDefault("30s")
    @WithConverter(Positive.Timeout.class)
    Duration leaveAfter();

    LimitsConfig limits();

    PublishConfig publish();

    WorkerConfig worker();

    BoardConfig board();

    interface WorkerConfig {

        /**
         * Whether this process judges commands. Without, it has the board alone, reads no commands and sets up nothing but the
         * board's tables. Default true.
         */
        @WithDefault("true")
        @WithConverter(StrictBooleanConverter.class)
        boolean enabled();
    }

    interface BoardConfig {

        /**
         * Whether this process serves the board and its API, and takes part in filling their tables. Whoever reaches the port
         * sees everything. Default false.
         */
        @WithDefault("false")
        @WithConverter(StrictBooleanConverter.class)
        boolean enabled();

        /**
         * Whether {@code POST /api/commands} takes commands. Whoever reaches the port may send any, so never without something in
         * front that knows people. Default false.
         */
        @WithDefault("false")
        @WithConverter(StrictBooleanConverter.class)
        boolean commands();

        /**
         * Names under which browsers reach the board, besides {@code localhost} and {@code 127.0.0.1}, with a port or good for
         * all. Commands are taken under these alone; reads are answered under any name until one is given. Default none.
         */
        Optional<List<String>> hosts();

        /**
         * How long deployments, events and activity are kept. What ran last in an environment is kept for ever. Default 400
         * days.
         */
        @WithDefault("400d")
        @WithConverter(Positive.DurationWithUnit.class)
        Duration history();

        /** The consumer group that all processes share which fill the same tables. Default {@code lockstep-board}. */
        @WithDefault("lockstep-board")
        String group();

        /**
         * What of the tables is read anew at the start, once: {@code state} (applications, environments and releases) or
         * {@code all}, which loses the history that the topics no longer hold. Default {@code none}; to be taken out again, since
         * every start does it again.
         */
        @WithDefault("none")
        RebuildScope rebuild();

        /** What is read anew. */
        enum RebuildScope {
            NONE,
            STATE,
            ALL
        }
    }

    interface KafkaConfig {

        /** Where the brokers are, {@code host:port,host:port}. Default {@code localhost:9092}. */
        @WithDefault("localhost:9092")
        String bootstrapServers();

        /** The consumer group that all workers of one installation share. Default {@code lockstep}. */
        @WithDefault("lockstep")
        String group();

        /** How long a worker may be silent before its partitions go to others. Default 10 s. */
        @WithDefault("10s")
        @WithConverter(Positive.Timeout.class)
        Duration sessionTimeout();
    }

    interface TopicsConfig {

        @WithDefault("lockstep.commands.v1")
        @WithConverter(TopicNameConverter.class)
        String commands();

        @WithDefault("lockstep.results.v1")
        @WithConverter(TopicNameConverter.class)
        String results();

        @WithDefault("lockstep.events.v1")
        @WithConverter(TopicNameConverter.class)
        String events();

        @WithDefault("lockstep.release-status.v1")
        @WithConverter(TopicNameConverter.class)
        String releaseStatus();

        @WithDefault("lockstep.deployment-status.v1")
        @WithConverter(TopicNameConverter.class)
        String deploymentStatus();

        @WithDefault("lockstep.application-status.v1")
        @WithConverter(TopicNameConverter.class)
        String applicationStatus();

        @WithDefault("lockstep.commands.v1.dlq")
        @WithConverter(TopicNameConverter.class)
        String deadLetters();

        /** Whether missing topics are created at start. Default true. */
        @WithDefault("true")
        @WithConverter(StrictBooleanConverter.class)
        boolean create();

        /** Partitions of the topics that are created, 1 or more; those that are there can be grown. Default 6. */
        @WithDefault("6")
        @WithConverter(Positive.Int.class)
        int partitions();

        /**
         * How long after all topics have grown applications begin to come into being in the new partitions. Longer than
         * clients take to notice (their {@code metadata.max.age.ms}, 5 min by default), and than the group's lag: until then,
         * what producers send before and after they notice meets in one partition. Default 5 min.
         */
        @WithDefault("5m")
        @WithConverter(Positive.Timeout.class)
        Duration growAfter();

        /** Replicas of the topics that are created; left out, the broker's own default. Production needs 3. */
        Optional<@WithConverter(Positive.Replicas.class) Short> replication();

        /** How long commands and results are kept in topics that are created. Default 7 days. */
        @WithDefault("7d")
        @WithConverter(Positive.DurationWithUnit.class)
        Duration retention();

        /** How long events and dead letters are kept in topics that are created. Default 30 days. */
        @WithDefault("30d")
        @WithConverter(Positive.DurationWithUnit.class)
        Duration eventRetention();

        /** The largest dead letter, in bytes, that the topic takes when it is created. Default 17,825,792 (17 MiB). */
        @WithDefault("17825792")
        @WithConverter(Positive.Int.class)
        int deadLetterBytes();
    }

    interface DatabaseConfig {

        /** Default {@code localhost}. */
        @WithDefault("localhost")
        String host();

        /** Default 5432. */
        @WithDefault("5432")
        @WithConverter(Positive.Port.class)
        int port();

        /** Default {@code lockstep}. */
        @WithDefault("lockstep")
        String name();

        /** Default {@code lockstep}. */
        @WithDefault("lockstep")
        String user();

        /** No default: none is sent when it is left out. */
        Optional<String> password();

        /**
         * After how long without a byte, in either direction, a connection counts as broken, and what waits on it is tried
         * again; 1 s or more, and shorter than {@code lockstep.publish.transaction-timeout}. From it follow how long
         * Postgres waits for the worker within a transaction (2/3 of it), for a lock (3/4) and for a statement (5/6), each
         * statement by itself. Raise both knobs where statements need longer (SQLSTATE 57014). Default 12 s.
         */
        @WithDefault("12s")
        @WithConverter(Positive.Timeout.class)
        Duration silence();
    }

    interface RetentionConfig {

        /**
         * How long the outcome of a command is remembered; a re-send after it is a new command. The contract promises 30
         * days. Default 30 days.
         */
        @WithDefault("30d")
        @WithConverter(Positive.DurationWithUnit.class)
        Duration outcomes();

        /**
         * How often those beyond their age are looked for; after 144 looks in a row that failed the worker is not ready.
         * Default 10 min.
         */
        @WithDefault("10m")
        @WithConverter(Positive.Timeout.class)
        Duration every();
    }

    interface BatchConfig {

        /**
         * How many transactions run at a time in Postgres, each with partitions of its own, 1 or more; a further one
         * begins only when it is half full, or the others run for a second already. More than there are processors for the
         * worker bring nothing. Default 2.
         */
        @WithDefault("2")
        @WithConverter(Positive.SmallCount.class)
        int lanes();

        /**
         * How many records a transaction takes at most, and how many releases it reads because pipelines may change, unless
         * a single application has more; 1 or more. Default 1000.
         */
        @WithDefault("1000")
        @WithConverter(Positive.Int.class)
        int maxRecords();

        /**
         * Bytes of one fetch, compressed; of keys, values and headers that a transaction takes; and of keys and values that
         * it puts out before it ends. What is larger by itself goes alone. Default 8,388,608 (8 MiB).
         */
        @WithDefault("8388608")
        @WithConverter(Positive.Int.class)
        int maxBytes();
    }
}
