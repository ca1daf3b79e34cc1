package dev.lockstep.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** A contender, the load it gets, and how it is measured. */
final class ContenderRun implements AutoCloseable {

    /** How long commands are sent before the first measured one, so that no connection is opened during the measurement. */
    private static final int LEAD_IN_SECONDS = 1;

    /** The compiler's share of the processor time below which a process counts as warm. */
    static final double WARM = 0.1;

    private static final int MAX_WARM_UP_TURNS = 10;
    private static final Duration PACED_WARM_UP = Duration.ofSeconds(8);

    /** Few enough for a contender that takes one command at a time to finish them in time. */
    private static final int MAX_STOCKED_AT_ONCE = 4_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Testbed bed;
    private final Sender sender;
    private final OutputReader reader;
    private final boolean reportsRejections;
    private Contender contender;
    private BenchLoad load;

    /**
     * A full topic processed.
     *
     * @param seconds from the moment the commands became visible to the last result seen
     */
    record Turn(int commands, double seconds, Cost cost) {

        double perSecond() {
            return commands / seconds;
        }

        Cost costOf(int others) {
            return cost.times((double) others / commands);
        }
    }

    /**
     * @param contender one whose topics exist
     * @param stored how many releases each application already has
     * @param judges whether its results say which commands were rejected
     */
    ContenderRun(Testbed bed, Contender contender, int stored, boolean judges) {
        this(bed, contender, new BenchLoad(contender.place().commands(), 42, stored), judges);
    }

    ContenderRun(Testbed bed, Contender contender, BenchLoad load, boolean judges) {
        this.bed = bed;
        this.contender = contender;
        this.reportsRejections = judges;
        this.load = load;
        this.sender = new Sender(bed.bootstrapServers(), contender.place().name());
        this.reader = new OutputReader(bed.bootstrapServers(), contender.place().results());
    }

    Contender contender() {
        return contender;
    }

    /** Continues with another process in the same place. */
    void replaceContender(Contender other) {
        contender.stop();
        contender = other;
    }

    /** Continues with another load, of other applications. */
    void replaceLoad(BenchLoad other) {
        load = other;
    }

    String name() {
        return contender.place().name();
    }

    /** The number of the next command, from 0. */
    long position() {
        return load.position();
    }

    /** Gives every application what the load needs to continue. */
    void stock() {
        List<BenchLoad.Command> stock = load.stock();
        for (int from = 0; from < stock.size(); from += MAX_STOCKED_AT_ONCE) {
            process(stock.subList(from, Math.min(stock.size(), from + MAX_STOCKED_AT_ONCE)));
        }
    }

    /**
     * Runs turns until the just-in-time compiler has done its work: until then, the compiler would be measured.
     *
     * @param count commands in a turn
     */
    void warmUp(int count) {
        for (int turn = 1; turn <= MAX_WARM_UP_TURNS; turn++) {
            Cost cost = process(count).cost();
            double share = cost.compiler() / cost.contender();
            Bench.progress("… %s, compiler's share %.0f %%".formatted(name(), 100 * share));
            if (!(share > WARM)) {
                return;
            }
        }
    }

    /**
     * The same at a constant rate, where other code is hot than at a full topic, in the broker too: until it is compiled, the two
     * processors do little else, and everything waits.
     *
     * @param rate commands a second
     */
    void warmUpAtRate(double rate) {
        warmUp("at a pace", () -> latency(rate, PACED_WARM_UP));
    }

    /** The same with one command at a time. */
    void warmUpOneByOne() {
        warmUp("one by one", () -> oneByOne(PACED_WARM_UP));
    }

    private void warmUp(String how, Runnable work) {
        for (int turn = 1; turn <= MAX_WARM_UP_TURNS; turn++) {
            double compiled = bed.compilerSeconds(contender.pid());
            Cost before = bed.cost(contender.pid());
            work.run();
            Cost cost = bed.cost(contender.pid()).since(before);
            double share = (bed.compilerSeconds(contender.pid()) - compiled) / (cost.contender() + cost.broker());
            Bench.progress("… %s %s, the compilers' share %.0f %%".formatted(name(), how, 100 * share));
            if (!(share > WARM)) {
                return;
            }
        }
    }

    /** The application that {@link Prefill} copies. */
    void template() {
        process(load.template());
    }

    Turn process(int count) {
        return process(load.next(count));
    }

    Turn process(List<BenchLoad.Command> commands) {
        Cost[] before = new Cost[1];
        long start = sender.fill(commands, () -> {
            bed.settle();
            before[0] = bed.cost(contender.pid());
        });
        int[] rejected = new int[1];
        long end = reader.read(commands.size(), BenchSettings.PATIENCE, (result, now) -> {
            if (reportsRejections && OutputReader.rejected(result)) {
                rejected[0]++;
            }
        });
        Cost cost = bed.cost(contender.pid()).since(before[0]);
        long refused = commands.stream().filter(BenchLoad.Command::refused).count();
        if (reportsRejections && refused != rejected[0]) {
            throw new IllegalStateException(
                    name() + " refused " + rejected[0] + " commands where the rules require " + refused);
        }
        return new Turn(commands.size(), (double) (end - start) / NANOS_PER_SECOND, cost);
    }

    /**
     * Nanoseconds from the time at which a command should be sent until its result is seen.
     *
     * @param rate commands a second
     */
    Histogram latency(double rate, Duration length) {
        double interval = NANOS_PER_SECOND / rate;
        int leadIn = (int) Math.ceil(rate * LEAD_IN_SECONDS);
        long first = load.position();
        List<BenchLoad.Command> commands = load.next(leadIn + (int) Math.ceil(rate * length.toSeconds()));
        Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
        bed.settle();
        long start = System.nanoTime();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sender.pace(commands, start, interval));
        reader.read(commands.size(), BenchSettings.PATIENCE, (result, now) -> {
            long number = OutputReader.cause(result) - first;
            if (number >= leadIn) {
                histogram.recordValue(now - start - Math.round(number * interval));
            }
        });
        sent.join();
        return histogram;
    }

    /**
     * One command at a time, for that long: the next is sent when the previous result was seen. Nanoseconds from a command's
     * acknowledgement until its result is seen.
     */
    Histogram oneByOne(Duration length) {
        Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
        bed.settle();
        long start = System.nanoTime() + LEAD_IN_SECONDS * NANOS_PER_SECOND;
        long end = start + length.toNanos();
        Single single;
        do {
            single = single();
            if (single.acknowledged >= start) {
                histogram.recordValue(single.seen - single.acknowledged);
            }
        } while (single.seen < end);
        return histogram;
    }

    /** When the broker acknowledged a command, and when its result was seen, in {@link System#nanoTime()}. */
    record Single(long acknowledged, long seen) {}

    /** Sends one command and waits for its result. */
    Single single() {
        long number = load.position();
        long acknowledged = sender.send(load.next(1).get(0));
        long seen = reader.read(1, BenchSettings.PATIENCE, (result, now) -> {
            if (OutputReader.cause(result) != number) {
                throw new IllegalStateException(name() + " published a result other than that of command " + number);
            }
        });
        return new Single(acknowledged, seen);
    }

    /** Seconds from starting the process, with a command waiting for it, to its first result. */
    double start() {
        sender.pace(load.next(1), System.nanoTime(), 1);
        long start = System.nanoTime();
        contender.start();
        long end = reader.read(1, BenchSettings.PATIENCE, (result, now) -> {});
        return (double) (end - start) / NANOS_PER_SECOND;
    }

    @Override
    public void close() {
        contender.stop();
        sender.close();
        reader.close();
    }
}
