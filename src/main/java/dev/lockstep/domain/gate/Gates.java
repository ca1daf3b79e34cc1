package dev.lockstep.domain.gate;

import dev.lockstep.domain.deployment.Blocker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What deployments wait for: rule 27. The only place that decides if a deployment starts, when it is requested and whenever it
 * is checked again. An undeploy that takes effect immediately (rule 7) is refused if it would have to wait. Gates are not asked
 * about a restore (rule 23): it cleans up after a deployment that they had let start.
 */
public final class Gates {

    /** The gates of every application. */
    public static final Gates ALL = new Gates(List.of(new NotBeforeGate(), new SoakGate()));

    /**
     * The gates by which deployments wait for each other. Only a deployment that all other gates let through is in the queue
     * (rule 21).
     */
    private static final List<Gate> ORDERING_GATES = List.of(new EnvironmentBusyGate(), new QueueGate());

    private final List<Gate> independentGates;

    /**
     * @param independentGates all gates but those by which deployments wait for each other, in the order in which their
     * reasons are listed
     */
    public Gates(List<Gate> independentGates) {
        this.independentGates = List.copyOf(independentGates);
    }

    /**
     * @param rejection the rejection of the first gate that will never open, or null
     * @param blocks why it waits, in the order in which the reasons are listed
     * @param joinsQueue whether only other deployments can hold it
     */
    public record GateResult(Gate.Rejected rejection, List<Gate.Blocked> blocks, boolean joinsQueue) {

        public boolean isOpen() {
            return rejection == null && blocks.isEmpty();
        }

        public List<Blocker.Code> codes() {
            return blocks.stream().map(Gate.Blocked::code).toList();
        }

        /** @param judgedAt since when these reasons have applied */
        public List<Blocker> blockers(Instant judgedAt) {
            return blocks.stream().map(blocked -> blocked.blocker(judgedAt)).toList();
        }
    }

    public GateResult evaluate(Gate.GateContext gateContext) {
        List<Gate.Blocked> blocks = new ArrayList<>();
        List<Gate.Rejected> rejections = new ArrayList<>(0);
        independentGates.forEach(gate -> check(gate, gateContext).accept(blocks::add, rejections::add));
        boolean joinsQueue = blocks.isEmpty() && rejections.isEmpty();
        ORDERING_GATES.forEach(gate -> gate.check(gateContext).accept(blocks::add, rejections::add));
        checkOrder(blocks);
        if (gateContext.trigger() == Gate.Trigger.DISPLAY) {
            blocks.removeIf(blocked -> !gateContext.deployment().blockerCodes().contains(blocked.code()));
        }
        return new GateResult(rejections.isEmpty() ? null : rejections.get(0), blocks, joinsQueue);
    }

    private static Gate.Verdict check(Gate gate, Gate.GateContext gateContext) {
        Gate.Verdict verdict = gate.check(gateContext);
        Instant changesAt = verdict.changesAt();
        if (gateContext.trigger() == Gate.Trigger.TIME && changesAt != null && !changesAt.isAfter(gateContext.now())) {
            throw new IllegalStateException("a gate says that it changes at a time that has already passed");
        }
        return verdict;
    }

    private static void checkOrder(List<Gate.Blocked> blocks) {
        for (int i = 1; i < blocks.size(); i++) {
            if (blocks.get(i - 1).code().compareTo(blocks.get(i).code()) >= 0) {
                throw new IllegalStateException("two gates share a code, or they are not in the order of their codes");
            }
        }
    }

    /** The times at which gates open or close. */
    public Stream<Instant> changeTimes(Gate.GateContext gateContext) {
        return independentGates.stream()
                .map(gate -> gate.check(gateContext).changesAt())
                .filter(Objects::nonNull);
    }
}
