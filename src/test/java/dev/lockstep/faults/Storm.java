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

/** Faults of all kinds at random moments, by two hands, so that they meet. Each kind comes once before any comes again. */
final class Storm {

    private static final int HANDS = 2;
    private static final int LAST_ATTEMPTS = 10;
    private static final int LONGEST_LULL_MILLIS = 1_500;

    /** A shorter run would see little else than the fault that takes the group from everybody. */
    private static final Duration LONG_ENOUGH_FOR_ALL = Duration.ofMinutes(2);

    private final Scene scene;
    private final Diary diary;
    private final Random random;
    private final List<Fault> bag = new ArrayList<>();
    private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
    private final AtomicInteger betweenCommits = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Thread> hands = new ArrayList<>();
    private volatile boolean isShort;

    Storm(Scene scene, Diary diary, long seed) {
        this.scene = scene;
        this.diary = diary;
        this.random = new Random(seed);
    }

    /** Rages for that long, ends what is under way, and puts all right again. */
    void rage(Duration duration) throws InterruptedException {
        isShort = duration.compareTo(LONG_ENOUGH_FOR_ALL) < 0;
        for (int hand = 0; hand < HANDS; hand++) {
            Random own = new Random(random.nextLong());
            hands.add(Tasks.daemon("storm-" + hand, () -> strikeOn(own)));
        }
        over.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        over.countDown();
        for (Thread hand : hands) {
            hand.join();
        }
        strikeBetweenCommitsAtLeastOnce();
    }

    /** Without that a run proves little. */
    private void strikeBetweenCommitsAtLeastOnce() {
        try {
            for (int attempt = 0; attempt < LAST_ATTEMPTS && betweenCommits() == 0 && failure() == null; attempt++) {
                strike(Fault.KILL_BETWEEN_COMMITS, random);
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    /** How often each kind struck, without those that did not. */
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
            while (!over.await(own.nextInt(LONGEST_LULL_MILLIS), TimeUnit.MILLISECONDS)) {
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

    private Outcome strike(Fault fault, Random own) throws Exception {
        long from = System.nanoTime();
        diary.write(fault + " …");
        Outcome outcome = fault.strike(scene, own);
        diary.write(
                fault + " is " + outcome + " after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from) + " ms");
        note(fault, outcome);
        return outcome;
    }

    private synchronized Fault draw() {
        if (bag.isEmpty()) {
            bag.addAll(List.of(Fault.values()));
            if (isShort) {
                bag.remove(Fault.FOREIGN_GROUP_MEMBER);
            }
            Collections.shuffle(bag, random);
            if (struck.isEmpty()) {
                Collections.swap(bag, 0, bag.indexOf(Fault.KILL_BETWEEN_COMMITS));
            }
        }
        return bag.remove(0);
    }

    private synchronized void note(Fault fault, Outcome outcome) {
        if (outcome == Outcome.NOTHING_THERE) {
            if (!bag.isEmpty()) {
                bag.add(fault);
            }
            return;
        }
        struck.merge(fault, 1, Integer::sum);
        if (outcome == Outcome.STRUCK_BETWEEN_COMMITS) {
            betweenCommits.incrementAndGet();
        }
    }
}
