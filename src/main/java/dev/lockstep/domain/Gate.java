package dev.lockstep.domain;

import java.time.Instant;

/**
 * One condition that a deployment must meet before it starts (rule 27). A gate that an environment's policy does not ask for is
 * open there. It knows nothing but the question, so that the same question always gets the same answer.
 */
@FunctionalInterface
interface Gate {

    Open OPEN = new Open();

    Verdict check(Question question);

    sealed interface Verdict {}

    record Open() implements Verdict {}

    /**
     * @param until when it opens, if it opens by time, else null
     * @param by the deployment that is in the way, or null
     * @param detail in words
     */
    record Waits(Blocker.Code code, Instant until, String by, String detail) implements Verdict {}

    /** A deployment that is asked for is refused; one that waits ends without having started. */
    record Refuses(RefusalCode code, String detail) implements Verdict {}

    /**
     * Whether a deployment may start.
     *
     * @param deployment as it waits, or as it would
     * @param environment the deployment's own, perhaps as it would be after a change that the application has not seen yet
     * @param clock the time, when time is being looked at; else null (rule 28)
     */
    record Question(Application application, Environment environment, Deployment.Waiting deployment, Instant clock) {

        Deployment.Request request() {
            return deployment.request();
        }

        Stage stage() {
            return application.pipeline().stageOf(environment.id());
        }

        /**
         * Whether a time has come at which a gate opens. Time that nobody is looking at does not pass (rule 28): what was
         * last held with this code still is.
         *
         * @param time null for one that has always come
         */
        boolean hasCome(Instant time, Blocker.Code code) {
            if (time == null) {
                return true;
            }
            return clock == null ? !deployment.codes().contains(code) : !time.isAfter(clock);
        }
    }
}
