package dev.lockstep.domain.gate;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One condition that a deployment must meet before it starts (rule 27). A gate that an environment's policy does not ask for is
 * open there. Its verdict depends only on the context it is given: the same context always gets the same verdict. {@link
 * Gates} treats any violation of these laws as a bug:
 *
 * <ul>
 *   <li>A code belongs to one gate. Whether a gate held a deployment is known by its code alone.
 *   <li>The time at which a gate opens or closes lies after the time of the question, except for an opening that nobody has
 *       noticed yet.
 * </ul>
 */
@FunctionalInterface
public interface Gate {

    /** Open until something happens. */
    Open OPEN = new Open(null);

    Verdict check(GateContext gateContext);

    sealed interface Verdict {

        void accept(Consumer<Blocked> onBlocked, Consumer<Rejected> onRejected);

        /** @return when time changes the verdict, by opening or closing; null for never */
        Instant changesAt();
    }

    /** @param closesAt when it closes, if it closes by time, else null */
    record Open(Instant closesAt) implements Verdict {

        @Override
        public void accept(Consumer<Blocked> onBlocked, Consumer<Rejected> onRejected) {}

        @Override
        public Instant changesAt() {
            return closesAt;
        }
    }

    /** The gate blocks the deployment; the factory methods say what opens the gate. */
    final class Blocked implements Verdict {

        private final Blocker.Code code;
        private final Blocker.OpensBy opensBy;
        private final Instant until;
        private final String blockingDeployment;
        private final String detail;

        private Blocked(Blocker.Code code, Blocker.OpensBy opensBy, Instant until, String by, String detail) {
            this.code = code;
            this.opensBy = opensBy;
            this.until = until;
            this.blockingDeployment = by;
            this.detail = detail;
        }

        /** @param detail the reason, as a sentence for people; here and below */
        public static Blocked untilTime(Blocker.Code code, Instant until, String detail) {
            return new Blocked(code, Blocker.OpensBy.TIME, Objects.requireNonNull(until), null, detail);
        }

        /** @param by the deployment that is in the way, or null */
        public static Blocked untilEvent(Blocker.Code code, String by, String detail) {
            return new Blocked(code, Blocker.OpensBy.EVENT, null, by, detail);
        }

        public static Blocked untilActor(Blocker.Code code, String detail) {
            return new Blocked(code, Blocker.OpensBy.ACTOR, null, null, detail);
        }

        public Blocker.Code code() {
            return code;
        }

        public Blocker blocker(Instant judgedAt) {
            return new Blocker(code, opensBy, until, blockingDeployment, detail, judgedAt);
        }

        @Override
        public void accept(Consumer<Blocked> onBlocked, Consumer<Rejected> onRejected) {
            onBlocked.accept(this);
        }

        @Override
        public Instant changesAt() {
            return until;
        }
    }

    /** A requested deployment is refused; a waiting one ends without having started. */
    record Rejected(RejectionCode code, String detail) implements Verdict {

        @Override
        public void accept(Consumer<Blocked> onBlocked, Consumer<Rejected> onRejected) {
            onRejected.accept(this);
        }

        @Override
        public Instant changesAt() {
            return null;
        }
    }

    /** Why the question is asked, which determines how time can affect the answer (rule 28). */
    enum Trigger {
        /** The time is being checked: gates open and close as the clock says. */
        TIME,
        /**
         * Something happened: a gate that opens by time stays closed until the time is checked, but a gate that has closed by
         * time is closed.
         */
        EVENT,
        /** Nothing is decided; an earlier answer is only displayed: a gate that did not hold the deployment then is left out. */
        DISPLAY
    }

    /** What gates see of the application. Whenever any of it changes, they are asked again about all waiting deployments. */
    interface ApplicationState {

        String id();

        Pipeline pipeline();

        Environment environment(String id);

        /**
         * Releases of waiting deployments and of those in progress are always loaded, and so is what runs in environments that
         * have either.
         */
        Release release(String id);
    }

    /**
     * The question put to a gate: may this deployment start?
     *
     * @param deployment the deployment as it waits, or as it would wait
     * @param environment the deployment's own, perhaps as it would be after a change that the application has not seen yet
     * @param decisionContext the context of the decision; when reasons are only displayed, its time is that at which the
     *     present ones began
     */
    record GateContext(
            ApplicationState application,
            Environment environment,
            Deployment.Waiting deployment,
            Trigger trigger,
            DecisionContext decisionContext) {

        public static GateContext forDisplay(
                ApplicationState application,
                Environment environment,
                Deployment.Waiting deployment,
                DecisionContext context) {
            return new GateContext(
                    application, environment, deployment, Trigger.DISPLAY, context.at(deployment.judgedAt()));
        }

        /** The environment in the pipeline, with its policy. */
        public Stage stage() {
            return application.pipeline().stageOf(environment.id());
        }

        public Release release() {
            return application.release(request().release());
        }

        public Instant now() {
            return decisionContext.now();
        }

        public Deployment.Request request() {
            return deployment.request();
        }

        /**
         * Whether a gate that opens or closes by time holds the deployment.
         *
         * @param code the code with which it holds the deployment
         * @param isClosedAt whether the clock closes it at a time
         */
        public boolean isHeld(Blocker.Code code, Predicate<Instant> isClosedAt) {
            boolean isHeldAlready = deployment.blockerCodes().contains(code);
            return switch (trigger) {
                case TIME -> isClosedAt.test(now());
                case EVENT -> isHeldAlready || isClosedAt.test(now());
                case DISPLAY -> isHeldAlready;
            };
        }
    }
}
