package dev.lockstep.bench;

import dev.lockstep.domain.common.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the load has to know of an application in order to know which commands will be accepted. */
final class BenchApplication {

    private static final int ENVIRONMENTS = 3;

    private final String id;
    private final int stored;
    private final boolean reported;
    private final List<String> fresh = new ArrayList<>();
    private final List<String> staged = new ArrayList<>();
    private final Map<String, Line> lines;
    private int created;

    /** Counted in order to name deployments; not right for one with stored releases. */
    private long revision;

    /**
     * @param stored how many releases went through all environments before
     * @param reported whether deployments to its environments are reported on; until then they are in progress
     */
    BenchApplication(String id, int stored, boolean reported) {
        this.id = id;
        this.stored = stored;
        this.reported = reported;
        this.lines = Map.of("staging", new Line(stored), "production", new Line(stored));
    }

    String id() {
        return id;
    }

    boolean isReported() {
        return reported;
    }

    boolean hasFresh() {
        return !fresh.isEmpty();
    }

    boolean canStage() {
        return hasFresh() && !line("staging").isBusy();
    }

    boolean canShip() {
        return !staged.isEmpty() && !line("production").isBusy();
    }

    /** One that was never deployed. */
    String fresh(Random random) {
        return fresh.get(random.nextInt(fresh.size()));
    }

    /** One that was in staging, and never in production. */
    String staged(Random random) {
        return staged.get(random.nextInt(staged.size()));
    }

    /** One that was deployed; of those that were stored before, if there are. */
    String locked(Random random) {
        return stored == 0 ? line("staging").current() : Prefill.release(1 + random.nextInt(stored));
    }

    /** Its pipeline, by which it comes into being. */
    void define() {
        revision = ENVIRONMENTS;
    }

    String create() {
        String release = "1." + created++ + ".0+7";
        fresh.add(release);
        revision++;
        return release;
    }

    void delete(String release) {
        fresh.remove(release);
        revision++;
    }

    String stage(String release) {
        fresh.remove(release);
        boolean locks = true;
        return begin("staging", release, locks);
    }

    String ship(String release) {
        staged.remove(release);
        boolean locks = false;
        return begin("production", release, locks);
    }

    void goBack(String environment) {
        begin(environment, null, false);
    }

    /** @param release null for the one before the current one */
    private String begin(String environment, String release, boolean locks) {
        Line line = line(environment);
        line.deployment = Ids.deployment(id, revision + 1);
        line.coming = release;
        line.busy = true;
        revision += locks ? 2 : 1;
        if (!reported) {
            arrive(environment);
        }
        return release;
    }

    /** By a report. */
    void succeed(String environment) {
        revision += 2;
        arrive(environment);
    }

    private void arrive(String environment) {
        Line line = line(environment);
        line.busy = false;
        if (line.coming == null) {
            line.goBack();
            return;
        }
        line.joined.add(line.coming);
        if (environment.equals("staging")) {
            staged.add(line.coming);
        }
    }

    Line line(String environment) {
        return lines.get(environment);
    }

    /** The releases that succeeded in an environment, as of rule 6; those stored before come first. */
    static final class Line {
        private int stored;
        private final List<String> joined = new ArrayList<>();
        private String deployment;
        private String coming;
        private boolean busy;

        private Line(int stored) {
            this.stored = stored;
        }

        /** The id of the latest deployment. */
        String deployment() {
            return deployment;
        }

        boolean isBusy() {
            return busy;
        }

        String current() {
            return joined.isEmpty() ? Prefill.release(stored) : joined.get(joined.size() - 1);
        }

        boolean canGoBack() {
            return !busy && joined.size() + stored > 1;
        }

        private void goBack() {
            if (joined.isEmpty()) {
                stored--;
            } else {
                joined.remove(joined.size() - 1);
            }
        }
    }
}
