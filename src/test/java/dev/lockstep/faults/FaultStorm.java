package dev.lockstep.faults;

import dev.lockstep.faults.Fault.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Faults of all kinds at random moments, from two threads, so that they coincide. Each kind occurs once before any is repeated.
 */
final class FaultStorm {

    private static final int THREADS = 2;
    private static final int LAST_ATTEMPTS = 10;
    private static final int MAX_LULL_MILLIS = 1_500;

    /** A shorter run would see little more than the fault that keeps everybody out of the group. */
    private static final Duration LONG_ENOUGH_FOR_ALL = Duration.ofMinutes(2);

    private final FaultEnvironment scene;
    private final FaultLog diary;
    private final Random random;
    private final List<Fault> remaining = new ArrayList<>();
    private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
    private final AtomicInteger betweenCommits = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isShort;

    FaultStorm(FaultEnvironment scene, FaultLog diary, long seed) {
        this.scene = scene;
        this.diary = diary;
        this.random = new Random(seed);
    }

    /** Rages for that long, ends the faults in progress, and repairs everything. */
    void rage(Duration duration) throws InterruptedException {
        isShort = duration.compareTo(LONG_ENOUGH_FOR_ALL) < 0;
        for (int hand = 0; hand < THREADS; hand++) {
            Random own = new Random(random.nextLong());
            threads.add(Tasks.daemon("storm-" + hand, () -> strikeOn(own)));
        }
        over.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        over.countDown();
        for (Thread hand : threads) {
            hand.join();
        }
        strikeBetweenCommitsAtLeastOnce();
    }

    /** Without such a strike a run proves little. */
    private void strikeBetweenCommitsAtLeastOnce() {
        try {
            for (int attempt = 0; attempt < LAST_ATTEMPTS && betweenCommits() == 0 && failure() == null; attempt++) {
                strike(Fault.KILL_BETWEEN_COMMITS, random);
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    /** How often each kind struck, without kinds that did not. */
    synchronized Map<Fault, Integer> struck() {
        return new EnumMap<>(struck);
    }

    int betweenCommits() {
        return betweenCommits.get();
    }

    Throwable failure() {
        return failure.get();
    }

    private void strikeOn(Random own) {
        try {
            while (!over.await(own.nextInt(MAX_LULL_MILLIS), TimeUnit.MILLISECONDS)) {
                for (int draw = 0; draw < Fault.values().length; draw++) {
                    if (strike(draw(), own) != Outcome.NOTHING_THERE || over.getCount() == 0) {
                        break;
                    }
                }
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            over.countDown();
        }
    }

    private Outcome strike(Fault fault, Random threadRandom) throws Exception {
        long from = System.nanoTime();
        diary.write(fault + " …");
        Outcome outcome = fault.strike(scene, threadRandom);
        diary.write(
                fault + " is " + outcome + " after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from) + " ms");
        note(fault, outcome);
        return outcome;
    }

    private synchronized Fault draw() {
        if (remaining.isEmpty()) {
            remaining.addAll(List.of(Fault.values()));
            if (isShort) {
                remaining.remove(Fault.FOREIGN_GROUP_MEMBER);
            }
            Collections.shuffle(remaining, random);
            if (struck.isEmpty()) {
                Collections.swap(remaining, 0, remaining.indexOf(Fault.KILL_BETWEEN_COMMITS));
            }
        }
        return remaining.remove(0);
    }

    private synchronized void note(Fault fault, Outcome outcome) {
        if (outcome == Outcome.NOTHING_THERE) {
            if (!remaining.isEmpty()) {
                remaining.add(fault);
            }
            return;
        }
        struck.merge(fault, 1, Integer::sum);
        if (outcome == Outcome.STRUCK_BETWEEN_COMMITS) {
            betweenCommits.incrementAndGet();
        }
    }
}
