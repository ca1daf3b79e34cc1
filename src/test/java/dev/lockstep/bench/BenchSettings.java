package dev.lockstep.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The settings of a run, given as {@code -Dlockstep.bench.…} on Maven's command line; an empty value means the default.
 *
 * @param figures {@code figures}, some of throughput, latency, cost, start, idle, paced, idle-cost, growth, timers, reported,
 *     board, profile, before, before-idle, waterfall; default all but the last four
 * @param rounds {@code rounds}, how many turns each contender has; default 5
 * @param commands {@code commands}, how many the worker and the bare loop process in a turn; default 50,000
 * @param singles {@code singles}, how many a contender that takes one at a time processes in a turn; default 2,000
 * @param warmup {@code warmup}, commands in each warm-up turn; there are as many such turns
 *     as the just-in-time compiler needs to settle; default 20,000
 * @param latencySeconds {@code latency-seconds}, how long each load is sustained in a turn; default 15
 * @param idleSeconds {@code idle-seconds}, how long a turn of the idle-cost figure lasts; default 30
 * @param stored {@code stored}, numbers of previously stored releases, for growth; default 0,100000,1000000
 * @param storedCommands {@code stored-commands}, remembered commands per stored release; default 9, which is 10 events
 * @param waiting {@code waiting}, deployments that wait for their time during the load, for timers; default 100,000
 * @param due {@code due}, how many more are due at the same moment; default 1,000
 * @param browsers {@code browsers}, how many people watch the board; default 200
 * @param shown {@code shown}, releases that the board has when its responses are timed; default 1,000,000
 * @param javaOptions {@code java-options}, of both the worker and the bare loop; default {@code -Xmx240m -XX:NewRatio=1
 *     -XX:+UseParallelGC}
 * @param postgres {@code postgres}, its settings, the same for all contenders; default
 *     {@code shared_buffers=1GB,max_wal_size=8GB}, as docs/operations.md recommends
 * @param before {@code before}, the {@code target/quarkus-app} of another version, which takes turns with this one for the
 *     figures of that name; null for none
 * @param out {@code out}, the folder for tables, logs and data; default {@code target/bench}
 */
record BenchSettings(
        Set<Figure> figures,
        int rounds,
        int commands,
        int singles,
        int warmup,
        int latencySeconds,
        int idleSeconds,
        List<Integer> stored,
        int storedCommands,
        int waiting,
        int due,
        int browsers,
        int shown,
        List<String> javaOptions,
        List<String> postgres,
        Path before,
        Path out) {

    static final int PARTITIONS = 6;
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final String PREFIX = "lockstep.bench.";

    enum Figure {
        THROUGHPUT,
        LATENCY,
        COST,
        START,
        IDLE,
        PACED,
        IDLE_COST,
        GROWTH,
        TIMERS,
        REPORTED,
        BOARD,
        PROFILE,
        BEFORE,
        BEFORE_IDLE,
        WATERFALL
    }

    static BenchSettings fromSystemProperties() {
        Path project = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        return new BenchSettings(
                figures(text(
                        "figures", "throughput,latency,cost,start,idle,paced,idle-cost,growth,timers,reported,board")),
                number("rounds", 5),
                number("commands", 50_000),
                number("singles", 2_000),
                number("warmup", 20_000),
                number("latency-seconds", 15),
                number("idle-seconds", 30),
                list(text("stored", "0,100000,1000000")).stream()
                        .map(Integer::valueOf)
                        .toList(),
                number("stored-commands", 9),
                number("waiting", 100_000),
                number("due", 1_000),
                number("browsers", 200),
                number("shown", 1_000_000),
                List.of(text("java-options", "-Xmx240m -XX:NewRatio=1 -XX:+UseParallelGC")
                        .split(" +")),
                list(text("postgres", "shared_buffers=1GB,max_wal_size=8GB")),
                text("before", "").isEmpty()
                        ? null
                        : project.resolve(text("before", "")).normalize(),
                project.resolve(text("out", "target/bench")).normalize());
    }

    boolean wants(Figure... any) {
        return Arrays.stream(any).anyMatch(figures::contains);
    }

    /** A description for readers of the figures. */
    String described() {
        return "rounds %d, commands %,d (singles %,d), warm-up %,d, latency %d s a turn, idle %d s, %d remembered commands a release, %s, %s"
                .formatted(
                        rounds,
                        commands,
                        singles,
                        warmup,
                        latencySeconds,
                        idleSeconds,
                        storedCommands,
                        String.join(" ", javaOptions),
                        String.join(" ", postgres));
    }

    private static Set<Figure> figures(String names) {
        return list(names).stream()
                .map(name -> Figure.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Figure.class)));
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).toList();
    }

    private static int number(String name, int byDefault) {
        return Integer.parseInt(text(name, String.valueOf(byDefault)));
    }

    private static String text(String name, String byDefault) {
        String value = System.getProperty(PREFIX + name, "");
        return value.isBlank() ? byDefault : value.strip();
    }
}
