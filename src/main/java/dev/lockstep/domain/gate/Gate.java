package dev.lockstep.domain.gate;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.RefusalCode;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Stage;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One condition that a deployment must meet before it starts (rule 27). A gate that an environment's policy does not ask for is
 * open there. It knows nothing but the question, so that the same question always gets the same answer. {@link Gates} makes a
 * fault of what breaks one of these laws:
 *
 * <ul>
 *   <li>A code belongs to one gate. Whether a gate held a deployment is known by its code alone.
 *   <li>When a gate turns, by opening or closing, lies after the time of the question, but for an opening that nobody has
 *       looked at yet.
 * </ul>
 */
@FunctionalInterface
public interface Gate {

    /** Until something happens. */
    Open OPEN = new Open(null);

    Verdict check(Question question);

    sealed interface Verdict {

        void accept(Consumer<Waits> waits, Consumer<Refuses> refuses);

        /** @return when time changes it, an opening or a closing; null for never */
        Instant turns();
    }

    /** @param turns when it closes, if it closes by time, else null */
    record Open(Instant turns) implements Verdict {

        @Override
        public void accept(Consumer<Waits> waits, Consumer<Refuses> refuses) {}
    }

    /** It holds the deployment; made by what opens it. */
    final class Waits implements Verdict {

        private final Blocker.Code code;
        private final Blocker.OpensBy opensBy;
        private final Instant until;
        private final String by;
        private final String detail;

        private Waits(Blocker.Code code, Blocker.OpensBy opensBy, Instant until, String by, String detail) {
            this.code = code;
            this.opensBy = opensBy;
            this.until = until;
            this.by = by;
            this.detail = detail;
        }

        /** @param detail in words, here and below */
        public static Waits forTime(Blocker.Code code, Instant until, String detail) {
            return new Waits(code, Blocker.OpensBy.TIME, Objects.requireNonNull(until), null, detail);
        }

        /** @param by the deployment that is in the way, or null */
        public static Waits forEvent(Blocker.Code code, String by, String detail) {
            return new Waits(code, Blocker.OpensBy.EVENT, null, by, detail);
        }

        public static Waits forActor(Blocker.Code code, String detail) {
            return new Waits(code, Blocker.OpensBy.ACTOR, null, null, detail);
        }

        public Blocker.Code code() {
            return code;
        }

        public Blocker blocker(Instant judgedAt) {
            return new Blocker(code, opensBy, until, by, detail, judgedAt);
        }

        @Override
        public void accept(Consumer<Waits> waits, Consumer<Refuses> refuses) {
            waits.accept(this);
        }

        @Override
        public Instant turns() {
            return until;
        }
    }

    /** A deployment that is asked for is refused; one that waits ends without having started. */
    record Refuses(RefusalCode code, String detail) implements Verdict {

        @Override
        public void accept(Consumer<Waits> waits, Consumer<Refuses> refuses) {
            refuses.accept(this);
        }

        @Override
        public Instant turns() {
            return null;
        }
    }

    /** Why the question is asked, which says what time can do to the answer (rule 28). */
    enum Occasion {
        /** Time is being looked at: gates open and close as the clock says. */
        TIME,
        /** Something happened: what the clock opens is left to whoever looks at the time, but what it has closed is closed. */
        EVENT,
        /** Nothing is decided; it is told what was. */
        TELLING
    }

    /**
     * Whether a deployment may start.
     *
     * @param stage of the environment, with its policy
     * @param deployment as it waits, or as it would
     * @param environment the deployment's own, perhaps as it would be after a change that the application has not seen yet
     * @param context of the decision; when nothing is decided, its time is since when the deployment has waited for what it waits for
     */
    record Question(
            Stage stage,
            Environment environment,
            Deployment.Waiting deployment,
            Occasion occasion,
            DecisionContext context) {

        public static Question telling(
                Stage stage, Environment environment, Deployment.Waiting deployment, DecisionContext context) {
            return new Question(stage, environment, deployment, Occasion.TELLING, context.at(deployment.judgedAt()));
        }

        public Instant time() {
            return context.now();
        }

        public Deployment.Request request() {
            return deployment.request();
        }

        /**
         * Whether a gate that opens or closes by time holds the deployment.
         *
         * @param code with which it holds
         * @param isClosed whether the clock closes it at a time
         */
        public boolean isHeld(Blocker.Code code, Predicate<Instant> isClosed) {
            boolean isHeldAlready = deployment.codes().contains(code);
            return switch (occasion) {
                case TIME -> isClosed.test(time());
                case EVENT -> isHeldAlready || isClosed.test(time());
                case TELLING -> isHeldAlready;
            };
        }
    }
}
