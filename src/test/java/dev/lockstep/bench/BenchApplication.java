package dev.lockstep.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the load has to know of an application in order to know which commands will be accepted. */
final class BenchApplication {

    private final String id;
    private final int stored;
    private final List<String> fresh = new ArrayList<>();
    private final List<String> staged = new ArrayList<>();
    private final Map<String, Line> lines;
    private int created;

    /** @param stored how many releases went through all environments before */
    BenchApplication(String id, int stored) {
        this.id = id;
        this.stored = stored;
        this.lines = Map.of("staging", new Line(stored), "production", new Line(stored));
    }

    String id() {
        return id;
    }

    boolean hasFresh() {
        return !fresh.isEmpty();
    }

    boolean hasStaged() {
        return !staged.isEmpty();
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

    String create() {
        String release = "1." + created++ + ".0+7";
        fresh.add(release);
        return release;
    }

    void delete(String release) {
        fresh.remove(release);
    }

    String stage(String release) {
        fresh.remove(release);
        staged.add(release);
        line("staging").join(release);
        return release;
    }

    String ship(String release) {
        staged.remove(release);
        line("production").join(release);
        return release;
    }

    Line line(String environment) {
        return lines.get(environment);
    }

    /** The releases that succeeded in an environment, as of rule 6; those stored before come first. */
    static final class Line {
        private int stored;
        private final List<String> joined = new ArrayList<>();

        private Line(int stored) {
            this.stored = stored;
        }

        String current() {
            return joined.isEmpty() ? Prefill.release(stored) : joined.get(joined.size() - 1);
        }

        boolean canGoBack() {
            return joined.size() + stored > 1;
        }

        void goBack() {
            if (joined.isEmpty()) {
                stored--;
            } else {
                joined.remove(joined.size() - 1);
            }
        }

        private void join(String release) {
            joined.add(release);
        }
    }
}
