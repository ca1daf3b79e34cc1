package dev.lockstep.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every setting of the worker. As an environment variable, {@code lockstep.topics.partitions} is {@code
 * LOCKSTEP_TOPICS_PARTITIONS}.
 */
@ConfigMapping(prefix = "lockstep")
public interface Settings {

    /** The {@code ce_source} of every record that is published, a URI reference. Default {@code /lockstep}. */
    @WithDefault("/lockstep")
    @WithConverter(UriReferenceConverter.class)
    String source();

    KafkaConfig kafka();

    TopicsConfig topics();

    DatabaseConfig database();

    BatchConfig batch();

    RetentionConfig retention();

    /**
     * How long an attempt at a batch may go unanswered, while both stores respond otherwise, before the worker reports
     * that it is not live. Default 2 min.
     */
    @WithDefault("2m")
    @WithConverter(SettingConverters.Timeout.class)
    Duration stuckAfter();

    /**
     * How long a process that cannot reach the database keeps its partitions: a worker while others of its group commit, a
     * process that serves only the board while its group has other members. Then it ends, and waits outside the group when it
     * is restarted. If this is shorter than a database fail-over takes, processes end that merely find the new primary later
     * than others do. Default 30 s.
     */
    @WithDefault("30s")
    @WithConverter(SettingConverters.Timeout.class)
    Duration leaveAfter();

    LimitsConfig limits();

    PublishConfig publish();

    WorkerConfig worker();

    BoardConfig board();

    interface WorkerConfig {

        /**
         * Whether this process decides commands. If not, it serves only the board, reads no commands, and sets up nothing but the
         * board's tables. Default true.
         */
        @WithDefault("true")
        @WithConverter(StrictBooleanConverter.class)
        boolean enabled();
    }

    interface BoardConfig {

        /**
         * Whether this process serves the board and its API, and helps to fill their tables. Anyone who reaches the port
         * can see everything. Default false.
         */
        @WithDefault("false")
        @WithConverter(StrictBooleanConverter.class)
        boolean enabled();

        /**
         * Whether {@code POST /api/commands} accepts commands. Anyone who reaches the port may send any, so enable it only
         * behind something that authenticates users. Default false.
         */
        @WithDefault("false")
        @WithConverter(StrictBooleanConverter.class)
        boolean commands();

        /**
         * Names under which browsers reach the board, besides {@code localhost} and {@code 127.0.0.1}; one without a port
         * allows all. Commands are accepted only under these; reads under any name until one is set. Default none.
         */
        Optional<List<String>> hosts();

        /**
         * How long deployments, events and activity are kept. What last ran in an environment is kept for ever. Default 400
         * days.
         */
        @WithDefault("400d")
        @WithConverter(SettingConverters.DurationWithUnit.class)
        Duration history();

        /** The consumer group shared by all processes that fill the same tables. Default {@code lockstep-board}. */
        @WithDefault("lockstep-board")
        String group();

        /**
         * Which tables are rebuilt at startup: {@code state} (applications, environments and releases) or
         * {@code all}, which loses the history that the topics no longer hold. Default {@code none}; remove it afterwards, as
         * every start rebuilds again.
         */
        @WithDefault("none")
        RebuildScope rebuild();

        enum RebuildScope {
            NONE,
            STATE,
            ALL
        }
    }

    interface KafkaConfig {

        /** The addresses of the brokers, {@code host:port,host:port}. Default {@code localhost:9092}. */
        @WithDefault("localhost:9092")
        String bootstrapServers();

        /** The consumer group shared by all workers of one installation. Default {@code lockstep}. */
        @WithDefault("lockstep")
        String group();

        /** How long a worker may be silent before its partitions go to others. Default 10 s. */
        @WithDefault("10s")
        @WithConverter(SettingConverters.Timeout.class)
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

        /** Whether missing topics are created at startup. Default true. */
        @WithDefault("true")
        @WithConverter(StrictBooleanConverter.class)
        boolean create();

        /** Partition count of topics that are created, 1 or more; existing topics can be grown. Default 6. */
        @WithDefault("6")
        @WithConverter(SettingConverters.Int.class)
        int partitions();

        /**
         * How long after all topics have grown new applications begin to be placed in the new partitions. Longer than
         * clients take to notice (their {@code metadata.max.age.ms}, 5 min by default), and than the group's lag: until then,
         * what producers send before and after they notice ends up in the same partition. Default 5 min.
         */
        @WithDefault("5m")
        @WithConverter(SettingConverters.Timeout.class)
        Duration growAfter();

        /** Replication factor of topics that are created; if left out, the broker's default. Production needs 3. */
        Optional<@WithConverter(SettingConverters.Replicas.class) Short> replication();

        /** Retention of commands and results in topics that are created. Default 7 days. */
        @WithDefault("7d")
        @WithConverter(SettingConverters.DurationWithUnit.class)
        Duration retention();

        /** Retention of events and dead letters in topics that are created. Default 30 days. */
        @WithDefault("30d")
        @WithConverter(SettingConverters.DurationWithUnit.class)
        Duration eventRetention();

        /** The largest dead letter, in bytes, that a topic created by the worker accepts. Default 17,825,792 (17 MiB). */
        @WithDefault("17825792")
        @WithConverter(SettingConverters.Int.class)
        int deadLetterBytes();
    }

    interface DatabaseConfig {

        /** Default {@code localhost}. */
        @WithDefault("localhost")
        String host();

        /** Default 5432. */
        @WithDefault("5432")
        @WithConverter(SettingConverters.Port.class)
        int port();

        /** Default {@code lockstep}. */
        @WithDefault("lockstep")
        String name();

        /** Default {@code lockstep}. */
        @WithDefault("lockstep")
        String user();

        /** No default: if left out, no password is sent. */
        Optional<String> password();

        /**
         * After how long without a byte, in either direction, a connection counts as broken, and what waits on it is tried
         * again; 1 s or more, and shorter than {@code lockstep.publish.transaction-timeout}. This determines how long
         * Postgres waits for the worker within a transaction (2/3 of it), for a lock (3/4) and for a statement (5/6), each
         * statement by itself. Raise both settings if statements need longer (SQLSTATE 57014). Default 12 s.
         */
        @WithDefault("12s")
        @WithConverter(SettingConverters.Timeout.class)
        Duration silence();
    }

    interface RetentionConfig {

        /**
         * How long the outcome of a command is remembered; a later re-send is a new command. The contract promises 30
         * days. Default 30 days.
         */
        @WithDefault("30d")
        @WithConverter(SettingConverters.DurationWithUnit.class)
        Duration outcomes();

        /**
         * How often expired outcomes are removed; after 144 consecutive failures, a day by default, the worker is not ready.
         * Default 10 min.
         */
        @WithDefault("10m")
        @WithConverter(SettingConverters.Timeout.class)
        Duration every();
    }

    interface BatchConfig {

        /**
         * How many transactions may run in Postgres at a time, each with partitions of its own, 1 or more; another one
         * begins only when it is half full, or the others have been running for a second. More than there are processors for the
         * worker brings no benefit. Default 2.
         */
        @WithDefault("2")
        @WithConverter(SettingConverters.SmallCount.class)
        int lanes();

        /**
         * The most records that a transaction takes, and the most releases it reads because pipelines may change, unless
         * a single application has more; 1 or more. Default 1000.
         */
        @WithDefault("1000")
        @WithConverter(SettingConverters.Int.class)
        int maxRecords();

        /**
         * Most bytes of one fetch, compressed; of keys, values and headers that a transaction takes; and of keys and values
         * that it outputs before it ends. A single larger item is processed alone. Default 8,388,608 (8 MiB).
         */
        @WithDefault("8388608")
        @WithConverter(SettingConverters.Int.class)
        int maxBytes();
    }
}
