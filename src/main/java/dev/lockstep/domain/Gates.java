package dev.lockstep.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What deployments wait for: rule 27. The one place that says whether a deployment starts, when it is asked for and whenever it
 * is looked at again.
 */
final class Gates {

    /** Those of every application. */
    static final Gates ALL = new Gates(List.of(Gates::time));

    /** The gates by which deployments wait for each other. Only a deployment that all other gates let through is in the queue (rule 21). */
    private static final List<Gate> TURN = List.of(Gates::busy, Gates::queue);

    private final List<Gate> own;

    /** @param own all gates but those by which deployments wait for each other, in the order in which their reasons are listed */
    Gates(List<Gate> own) {
        this.own = List.copyOf(own);
    }

    /**
     * @param refusal of the first gate that will never open, or null
     * @param reasons why it waits, in the order in which the reasons are listed
     * @param joins whether nothing but other deployments can hold it
     */
    record Answer(Gate.Refuses refusal, List<Gate.Waits> reasons, boolean joins) {

        boolean isOpen() {
            return refusal == null && reasons.isEmpty();
        }

        List<Blocker.Code> codes() {
            return reasons.stream().map(Gate.Waits::code).toList();
        }

        /** @param judgedAt since when these are the reasons */
        List<Blocker> blockers(Instant judgedAt) {
            return reasons.stream().map(reason -> reason.blocker(judgedAt)).toList();
        }
    }

    Answer ask(Gate.Question question) {
        List<Gate.Waits> reasons = new ArrayList<>();
        List<Gate.Refuses> refusals = new ArrayList<>(0);
        own.forEach(gate -> gate.check(question).accept(reasons::add, refusals::add));
        boolean joins = reasons.isEmpty() && refusals.isEmpty();
        TURN.forEach(gate -> gate.check(question).accept(reasons::add, refusals::add));
        return new Answer(refusals.isEmpty() ? null : refusals.get(0), reasons, joins);
    }

    /** The times at which gates open or close. */
    Stream<Instant> turns(Gate.Question question) {
        return own.stream().map(gate -> gate.check(question).turns()).filter(Objects::nonNull);
    }

    private static Gate.Verdict time(Gate.Question question) {
        Instant notBefore = question.request().notBefore();
        return notBefore != null && question.isHeld(Blocker.Code.NOT_BEFORE, notBefore::isAfter)
                ? Gate.Waits.forTime(Blocker.Code.NOT_BEFORE, notBefore, "It is not to start before " + notBefore + ".")
                : Gate.OPEN;
    }

    private static Gate.Verdict busy(Gate.Question question) {
        Deployment.InProgress active = question.environment().active();
        return active == null
                ? Gate.OPEN
                : Gate.Waits.forEvent(
                        Blocker.Code.ENVIRONMENT_BUSY,
                        active.request().id(),
                        "Deployment " + active.request().id() + " of '"
                                + active.request().release() + "' is in progress in '"
                                + question.environment().id() + "'.");
    }

    private static Gate.Verdict queue(Gate.Question question) {
        Deployment.Request before = null;
        for (Deployment.Waiting one : question.environment().waiting()) {
            if (one.request().id().equals(question.request().id())) {
                break;
            }
            if (one.joined()) {
                before = one.request();
            }
        }
        return before == null
                ? Gate.OPEN
                : Gate.Waits.forEvent(
                        Blocker.Code.QUEUED_BEHIND,
                        before.id(),
                        "Deployment " + before.id() + " of '" + before.release() + "' starts before it.");
    }
}
