package dev.lockstep.bench;

import dev.lockstep.domain.common.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the load has to know about an application to predict which commands will be accepted. */
final class BenchApplication {

    private static final int ENVIRONMENTS = 3;

    private final String id;
    private final int stored;
    private final boolean reported;
    private final List<String> undeployed = new ArrayList<>();
    private final List<String> staged = new ArrayList<>();
    private final Map<String, Line> lines;
    private int created;

    /** Tracked in order to derive deployment ids; wrong for an application with stored releases. */
    private long revision;

    /**
     * @param stored how many releases have already been through all environments
     * @param reported whether its environments use reported completion: a deployment is in progress until a report ends it
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
        return !undeployed.isEmpty();
    }

    boolean canStage() {
        return hasFresh() && !line("staging").isBusy();
    }

    boolean canShip() {
        return !staged.isEmpty() && !line("production").isBusy();
    }

    /** A release that was never deployed. */
    String fresh(Random random) {
        return undeployed.get(random.nextInt(undeployed.size()));
    }

    /** A release that was in staging, but never in production. */
    String staged(Random random) {
        return staged.get(random.nextInt(staged.size()));
    }

    /** A release that was deployed: one of the stored releases, if there are any. */
    String locked(Random random) {
        return stored == 0 ? line("staging").current() : Prefill.release(1 + random.nextInt(stored));
    }

    /** Defines its pipeline, which creates the application. */
    void define() {
        revision = ENVIRONMENTS;
    }

    String create() {
        String release = "1." + created++ + ".0+7";
        undeployed.add(release);
        revision++;
        return release;
    }

    void delete(String release) {
        undeployed.remove(release);
        revision++;
    }

    String stage(String release) {
        undeployed.remove(release);
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

    /** @param release null for the previous one */
    private String begin(String environment, String release, boolean locks) {
        Line line = line(environment);
        line.deployment = Ids.deployment(id, revision + 1);
        line.incoming = release;
        line.busy = true;
        revision += locks ? 2 : 1;
        if (!reported) {
            complete(environment);
        }
        return release;
    }

    /** The deployment succeeds by a report. */
    void succeed(String environment) {
        revision += 2;
        complete(environment);
    }

    private void complete(String environment) {
        Line line = line(environment);
        line.busy = false;
        if (line.incoming == null) {
            line.goBack();
            return;
        }
        line.succeeded.add(line.incoming);
        if (environment.equals("staging")) {
            staged.add(line.incoming);
        }
    }

    Line line(String environment) {
        return lines.get(environment);
    }

    /** The releases that succeeded in an environment, as in rule 6; the stored ones come first. */
    static final class Line {
        private int stored;
        private final List<String> succeeded = new ArrayList<>();
        private String deployment;
        private String incoming;
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
            return succeeded.isEmpty() ? Prefill.release(stored) : succeeded.get(succeeded.size() - 1);
        }

        boolean canGoBack() {
            return !busy && succeeded.size() + stored > 1;
        }

        private void goBack() {
            if (succeeded.isEmpty()) {
                stored--;
            } else {
                succeeded.remove(succeeded.size() - 1);
            }
        }
    }
}
