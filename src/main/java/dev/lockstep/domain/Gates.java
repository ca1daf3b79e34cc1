package dev.lockstep.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What a deployment waits for: rule 27. Each gate is asked when it is requested, and whenever it is looked at again. */
public final class Gates {

    private Gates() {}

    @FunctionalInterface
    private interface Gate {

        /** @return why it holds the deployment, or null when it is open */
        Blocker check(Environment environment, Deployment.Waiting waiting);
    }

    /** In the order in which they are told. */
    private static final List<Gate> ALL = List.of(Gates::time, Gates::busy, Gates::queue);

    /**
     * Every reason why it waits; none when it can start.
     *
     * @param environment to whose waiting ones it belongs
     */
    public static List<Blocker> blockedBy(Environment environment, Deployment.Waiting waiting) {
        return ALL.stream()
                .map(gate -> gate.check(environment, waiting))
                .filter(Objects::nonNull)
                .toList();
    }

    private static Blocker time(Environment environment, Deployment.Waiting waiting) {
        return waiting.isDue()
                ? null
                : new Blocker(
                        Blocker.Code.NOT_BEFORE,
                        waiting.request().notBefore(),
                        null,
                        "It is not to start before " + waiting.request().notBefore() + ".",
                        waiting.judgedAt());
    }

    private static Blocker busy(Environment environment, Deployment.Waiting waiting) {
        Deployment.InProgress active = environment.active();
        return active == null
                ? null
                : new Blocker(
                        Blocker.Code.ENVIRONMENT_BUSY,
                        null,
                        active.request().id(),
                        "Deployment " + active.request().id() + " of '"
                                + active.request().release() + "' is in progress in '" + environment.id() + "'.",
                        waiting.judgedAt());
    }

    private static Blocker queue(Environment environment, Deployment.Waiting waiting) {
        List<Deployment.Waiting> ahead = new ArrayList<>();
        for (Deployment.Waiting one : environment.waiting()) {
            if (one.request().id().equals(waiting.request().id())) {
                break;
            }
            if (one.isDue()) {
                ahead.add(one);
            }
        }
        if (ahead.isEmpty()) {
            return null;
        }
        Deployment.Request before = ahead.get(ahead.size() - 1).request();
        return new Blocker(
                Blocker.Code.QUEUED_BEHIND,
                null,
                before.id(),
                "Deployment " + before.id() + " of '" + before.release() + "' starts before it.",
                waiting.judgedAt());
    }
}
