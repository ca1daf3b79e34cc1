package dev.lockstep.bench;

import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Processor time of an idle worker, and of broker and Postgres with it; broker and Postgres alone for comparison. */
final class IdleCost {

    private static final String FIGURE = "idle-cost";
    private static final String SHARE = "% of a core";
    private static final int MAX_SETTLING_TURNS = 10;
    private static final double PER_CENT = 100;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Testbed bed;
    private final BenchSettings settings;
    private final Measurements findings;

    IdleCost(Testbed bed, Measurements findings) {
        this.bed = bed;
        this.settings = bed.settings();
        this.findings = findings;
    }

    void run() throws InterruptedException {
        withoutWorker();
        worker("board off", "idle", Map.of());
        worker("board on", "idle-board", BoardLoad.BOARD);
    }

    private void withoutWorker() throws InterruptedException {
        Bench.progress("Broker and Postgres are idle");
        long self = ProcessHandle.current().pid();
        share(self);
        for (int round = 1; round <= settings.rounds(); round++) {
            addBrokerAndPostgres("no worker", share(self));
        }
    }

    private void worker(String name, String place, Map<String, Object> environment) throws InterruptedException {
        Bench.progress(name + ": the worker warms up, and is then idle");
        Series own = findings.series(FIGURE, name, "its own", SHARE);
        try (ContenderRun lane = new Lanes(bed, findings).worker(new ContenderResources(place), environment)) {
            long pid = lane.contender().pid();
            settle(pid);
            for (int round = 1; round <= settings.rounds(); round++) {
                Cost share = share(pid);
                own.add(share.contender());
                findings.add(FIGURE, name, "of that its compiler", SHARE, share.compiler());
                addBrokerAndPostgres(name, share);
            }
        }
        findings.goal("a worker that has nothing to do, " + name + ", " + SHARE, false, 1, own);
    }

    /** What an idle worker does is compiled too, but later: it is not done often. */
    private void settle(long pid) throws InterruptedException {
        for (int turn = 1; turn <= MAX_SETTLING_TURNS; turn++) {
            Cost share = share(pid);
            Bench.progress(
                    "… %.1f %% of a core, of which the compiler %.1f".formatted(share.contender(), share.compiler()));
            if (!(share.compiler() > ContenderRun.WARM * share.contender())) {
                return;
            }
        }
    }

    private void addBrokerAndPostgres(String name, Cost share) {
        findings.add(FIGURE, name, "broker", SHARE, share.broker());
        findings.add(FIGURE, name, "Postgres", SHARE, share.postgres());
    }

    /** What each process uses over a period, in per cent of a core. */
    private Cost share(long contender) throws InterruptedException {
        long begun = System.nanoTime();
        Cost before = bed.cost(contender);
        TimeUnit.SECONDS.sleep(settings.idleSeconds());
        Cost cost = bed.cost(contender).since(before);
        return cost.times(PER_CENT * NANOS_PER_SECOND / (System.nanoTime() - begun));
    }
}
