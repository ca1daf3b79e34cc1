package dev.lockstep.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** A contender, the load it gets, and what is measured of it. */
final class Lane implements AutoCloseable {

    /** How long commands are sent before the first measured one, so that no connection is opened in it. */
    private static final int LEAD_IN_SECONDS = 1;

    /** The compiler's share of the processor time below which a process counts as warm. */
    static final double WARM = 0.1;

    private static final int LONGEST_WARM_UP = 10;
    private static final Duration PACED_WARM_UP = Duration.ofSeconds(8);

    /** So that whoever takes one command at a time gets through them in time. */
    private static final int MOST_STOCKED_AT_ONCE = 4_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Testbed bed;
    private final Sender sender;
    private final OutputReader reader;
    private final boolean judges;
    private Contender contender;
    private Load load;

    /**
     * A full topic worked off.
     *
     * @param seconds from the moment it could be seen to the last result seen
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
     * @param contender whose topics are there
     * @param stored releases that each application has already
     * @param judges whether its results say which commands were refused
     */
    Lane(Testbed bed, Contender contender, int stored, boolean judges) {
        this.bed = bed;
        this.contender = contender;
        this.judges = judges;
        this.load = new Load(contender.place().commands(), 42, stored);
        this.sender = new Sender(bed.bootstrapServers(), contender.place().name());
        this.reader = new OutputReader(bed.bootstrapServers(), contender.place().results());
    }

    Contender contender() {
        return contender;
    }

    /** Goes on with another process in the same place. */
    void use(Contender other) {
        contender.stop();
        contender = other;
    }

    /** Goes on with another load, of other applications. */
    void use(Load other) {
        load = other;
    }

    String name() {
        return contender.place().name();
    }

    /** The number of the next command, from 0. */
    long position() {
        return load.position();
    }

    /** Gives every application what the load needs to go on. */
    void stock() {
        List<Load.Command> stock = load.stock();
        for (int from = 0; from < stock.size(); from += MOST_STOCKED_AT_ONCE) {
            work(stock.subList(from, Math.min(stock.size(), from + MOST_STOCKED_AT_ONCE)));
        }
    }

    /**
     * Works off turns until the just-in-time compiler has done what it has to do: until then, the compiler is measured.
     *
     * @param count commands in a turn
     */
    void warmUp(int count) {
        for (int turn = 1; turn <= LONGEST_WARM_UP; turn++) {
            Cost cost = work(count).cost();
            double share = cost.compiler() / cost.contender();
            Bench.say("… %s, compiler's share %.0f %%".formatted(name(), 100 * share));
            if (!(share > WARM)) {
                return;
            }
        }
    }

    /**
     * The same at a pace, where other code is hot than at a full topic, the broker's too: until that is compiled, the two
     * processors have little else to do, and everybody waits.
     *
     * @param rate commands a second
     */
    void warmUpAtPace(double rate) {
        warmUp("at a pace", () -> latency(rate, PACED_WARM_UP));
    }

    /** The same with one command at a time. */
    void warmUpOneByOne() {
        warmUp("one by one", () -> oneByOne(PACED_WARM_UP));
    }

    private void warmUp(String how, Runnable work) {
        for (int turn = 1; turn <= LONGEST_WARM_UP; turn++) {
            double compiled = bed.compilerSeconds(contender.pid());
            Cost before = bed.cost(contender.pid());
            work.run();
            Cost cost = bed.cost(contender.pid()).since(before);
            double share = (bed.compilerSeconds(contender.pid()) - compiled) / (cost.contender() + cost.broker());
            Bench.say("… %s %s, the compilers' share %.0f %%".formatted(name(), how, 100 * share));
            if (!(share > WARM)) {
                return;
            }
        }
    }

    /** What {@link Prefill} takes for its pattern. */
    void template() {
        work(load.template());
    }

    Turn work(int count) {
        return work(load.next(count));
    }

    Turn work(List<Load.Command> commands) {
        Cost[] before = new Cost[1];
        long start = sender.fill(commands, () -> {
            bed.settle();
            before[0] = bed.cost(contender.pid());
        });
        int[] rejected = new int[1];
        long end = reader.read(commands.size(), BenchSettings.PATIENCE, (result, now) -> {
            if (judges && OutputReader.rejected(result)) {
                rejected[0]++;
            }
        });
        Cost cost = bed.cost(contender.pid()).since(before[0]);
        long refused = commands.stream().filter(Load.Command::refused).count();
        if (judges && refused != rejected[0]) {
            throw new IllegalStateException(
                    name() + " refused " + rejected[0] + " commands where the rules ask for " + refused);
        }
        return new Turn(commands.size(), (double) (end - start) / NANOS_PER_SECOND, cost);
    }

    /**
     * Nanoseconds from the time a command was to be sent until its result was seen.
     *
     * @param rate commands a second
     */
    Histogram latency(double rate, Duration length) {
        double interval = NANOS_PER_SECOND / rate;
        int leadIn = (int) Math.ceil(rate * LEAD_IN_SECONDS);
        long first = load.position();
        List<Load.Command> commands = load.next(leadIn + (int) Math.ceil(rate * length.toSeconds()));
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
     * One command at a time, for so long: the next is sent when the result of the one before was seen. Nanoseconds from a command's
     * acknowledgement until then.
     */
    Histogram oneByOne(Duration length) {
        Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
        bed.settle();
        long start = System.nanoTime() + LEAD_IN_SECONDS * NANOS_PER_SECOND;
        long end = start + length.toNanos();
        long seen;
        do {
            long number = load.position();
            long acknowledged = sender.send(load.next(1).get(0));
            seen = reader.read(1, BenchSettings.PATIENCE, (result, now) -> {
                if (OutputReader.cause(result) != number) {
                    throw new IllegalStateException(name() + " gave another result than that of command " + number);
                }
            });
            if (acknowledged >= start) {
                histogram.recordValue(seen - acknowledged);
            }
        } while (seen < end);
        return histogram;
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
