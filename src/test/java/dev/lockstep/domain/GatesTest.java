package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.PRODUCTION;
import static dev.lockstep.domain.Scenario.STAGING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.domain.Command.ReportedStatus;
import dev.lockstep.domain.Command.StartOptions;
import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment.Status;
import dev.lockstep.domain.deployment.Deployment.StatusDetail;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.gate.Gates;
import dev.lockstep.domain.pipeline.Policy.WhenBusy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a gate holds, and what happens to it afterwards: rules 19, 21, 27 and 28, with a gate that the worker does not have. */
class GatesTest {

    /** With a code that no deployment here has for any other reason. */
    private static final Gate.Blocked HELD = Gate.Blocked.untilActor(Blocker.Code.NOT_BEFORE, "Somebody must open it.");

    private static final Gate.Rejected REFUSED = new Gate.Rejected(RejectionCode.NOT_THERE, "Somebody says no.");

    private Gate.Verdict verdict = Gate.OPEN;
    private String release = "1";

    private Scenario gated() {
        Gate planted = gateContext -> gateContext.request().release().equals(release) ? verdict : Gate.OPEN;
        return Scenario.with(new Gates(List.of(planted)))
                .create("1")
                .create("2")
                .create("3")
                .reported(STAGING, WhenBusy.QUEUE)
                .accepted();
    }

    @Test
    void aGateHoldsTheStartAndSaysSo() {
        verdict = HELD;
        var shop = gated().deploy("1", STAGING).accepted();
        assertThat(shop.eventKinds()).containsExactly("DeploymentQueued", "ReleaseLocked");
        assertThat(shop.blockers(STAGING, "1")).containsExactly(HELD.code());
        shop.later(60);
        assertThat(shop.eventKinds()).isEmpty();
        assertThat(shop.active(STAGING)).isNull();
    }

    @Test
    void itStartsWhenItIsLookedAtWithTheGateOpen() {
        verdict = HELD;
        var shop = gated().deploy("1", STAGING);
        verdict = Gate.OPEN;
        assertThat(shop.active(STAGING)).isNull();
        shop.later(1);
        assertThat(shop.eventKinds()).containsExactly("DeploymentStarted");
        assertThat(shop.active(STAGING)).isEqualTo("1");
    }

    @Test
    void aGateThatRefusesWhatWaitsEndsItUnstarted() {
        verdict = HELD;
        var shop = gated().deploy("2", STAGING).deploy("1", STAGING).accepted();
        verdict = REFUSED;
        shop.later(1);
        assertThat(shop.eventKinds()).containsExactly("DeploymentFinished", "ReleaseUnlocked");
        assertThat(shop.ended()).containsExactly(StatusDetail.rejectedAtStart(REFUSED.code(), REFUSED.detail()));
        assertThat(shop.ended().get(0).status()).isEqualTo(Status.CANCELLED);
        assertThat(shop.active(STAGING)).isEqualTo("2");
    }

    @Test
    void aGateThatRejectsARequestCreatesNoDeployment() {
        verdict = REFUSED;
        var shop = gated().deploy("1", STAGING);
        assertThat(shop.refused(REFUSED.code()).detail()).isEqualTo(REFUSED.detail());
        assertThat(shop.waiting(STAGING)).isEmpty();
    }

    @Test
    void whatTakesEffectImmediatelyIsRefusedIfAGateHoldsIt() {
        var shop = gated().immediate(STAGING).deploy("1", STAGING).accepted();
        verdict = HELD;
        shop.undeploy(STAGING);
        assertThat(shop.refused(RejectionCode.BLOCKED).detail())
                .isEqualTo("The undeploy is blocked, and cannot wait here: Somebody must open it.");
        verdict = REFUSED;
        shop.undeploy(STAGING).refused(REFUSED.code());
        verdict = Gate.OPEN;
        shop.undeploy(STAGING).accepted();
        assertThat(shop.current(STAGING)).isNull();
    }

    @Test
    void whatAGateHoldsIsNotInTheQueueUntilItOpens() {
        verdict = HELD;
        var shop = gated().queueOf(STAGING, 1).deploy("1", STAGING).deploy("2", STAGING);
        assertThat(shop.active(STAGING)).isEqualTo("2");
        shop.deploy("3", STAGING).accepted();
        assertThat(shop.blockers(STAGING, "3")).containsExactly(Blocker.Code.ENVIRONMENT_BUSY);
        verdict = Gate.OPEN;
        shop.report(STAGING, ReportedStatus.IN_PROGRESS).later(1);
        assertThat(shop.blockers(STAGING, "3"))
                .containsExactly(Blocker.Code.ENVIRONMENT_BUSY, Blocker.Code.QUEUED_BEHIND);
        shop.report(STAGING, ReportedStatus.SUCCEEDED);
        assertThat(shop.active(STAGING)).isEqualTo("1");
    }

    @Test
    void whatAGateLetsThroughSupersedesThoseBeforeIt() {
        release = "2";
        verdict = HELD;
        var shop = gated().reported(STAGING, WhenBusy.SUPERSEDE)
                .deploy("3", STAGING)
                .deploy("1", STAGING)
                .deploy("2", STAGING);
        assertThat(shop.waiting(STAGING)).containsExactly("1", "2");
        verdict = Gate.OPEN;
        shop.later(1);
        assertThat(shop.waiting(STAGING)).containsExactly("2");
        assertThat(shop.ended()).extracting(StatusDetail::status).containsExactly(Status.SUPERSEDED);
    }

    /** The timer may be late, and something else may open the gate first. */
    @Test
    void whatHasExpiredJoinsNoQueueAndSupersedesNobody() {
        release = "2";
        verdict = HELD;
        var shop = gated().reported(STAGING, WhenBusy.SUPERSEDE)
                .deploy("3", STAGING)
                .deploy("1", STAGING);
        Instant expiresAt = shop.in(10);
        shop.on(new StartOptions(null, expiresAt, true)).deploy("2", STAGING).accepted();
        assertThat(shop.waiting(STAGING)).containsExactly("1", "2");
        verdict = Gate.OPEN;
        shop.at(expiresAt.plusSeconds(1)).annotate("3", FieldChange.keep(), Map.of("looked", "at"));
        assertThat(shop.waiting(STAGING)).containsExactly("1");
        assertThat(shop.ended()).extracting(StatusDetail::status).containsExactly(Status.EXPIRED);
    }

    @Test
    void aGateThatClosesAgainTakesItOutOfTheQueue() {
        var shop = gated().deploy("3", STAGING).deploy("1", STAGING).deploy("2", STAGING);
        assertThat(shop.blockers(STAGING, "2")).contains(Blocker.Code.QUEUED_BEHIND);
        verdict = HELD;
        shop.report(STAGING, ReportedStatus.SUCCEEDED);
        assertThat(shop.active(STAGING)).isEqualTo("2");
        assertThat(shop.waiting(STAGING)).containsExactly("1");
        verdict = Gate.OPEN;
        shop.report(STAGING, ReportedStatus.SUCCEEDED);
        assertThat(shop.active(STAGING)).isEqualTo("1");
    }

    /** The label says why it waits, or that it no longer does. */
    private static Scenario gatedByLabel() {
        Gate labelled = gateContext -> {
            String label =
                    gateContext.release().annotations().labels().getOrDefault("gate", "Nobody has looked at it.");
            return label.equals("open") ? Gate.OPEN : Gate.Blocked.untilActor(Blocker.Code.NOT_BEFORE, label);
        };
        return Scenario.with(new Gates(List.of(labelled)))
                .create("1")
                .create("2")
                .reported(STAGING, WhenBusy.QUEUE)
                .deploy("1", STAGING)
                .accepted();
    }

    @Test
    void aGateIsAskedAgainWhenTheReleaseChanges() {
        var shop = gatedByLabel().annotate("1", FieldChange.keep(), Map.of("gate", "open"));
        assertThat(shop.eventKinds()).containsExactly("ReleaseAnnotated", "DeploymentStarted");
        assertThat(shop.active(STAGING)).isEqualTo("1");
    }

    @Test
    void anotherReasonWithTheSameCodeIsPublishedWithoutAnEvent() {
        var shop = gatedByLabel().annotate("2", FieldChange.keep(), Map.of("gate", "open"));
        assertThat(shop.changes().environments()).isEmpty();
        shop.annotate("1", FieldChange.keep(), Map.of("gate", "A test has failed."));
        assertThat(shop.eventKinds()).containsExactly("ReleaseAnnotated");
        assertThat(shop.changes().environments()).containsExactly(STAGING);
        assertThat(shop.application.environment(STAGING).lastChange())
                .isEqualTo(shop.changes().lastChange());
    }

    /** As a freeze would, which may be extended by a command that is about no application. */
    @Test
    void aReasonThatChangesOutsideTheApplicationIsPublishedAtTheNextDecision() {
        verdict = Gate.Blocked.untilTime(HELD.code(), ONE, "It starts at one.");
        var shop = gated().deploy("1", STAGING).accepted();
        assertThat(shop.nextDue()).isEqualTo(ONE);
        verdict = Gate.Blocked.untilTime(HELD.code(), ONE.plusSeconds(60), "It starts a minute later.");
        shop.later(1);
        assertThat(shop.eventKinds()).isEmpty();
        assertThat(shop.changes().environments()).containsExactly(STAGING);
        assertThat(shop.changes().hasChangesWithoutEvent()).isTrue();
        assertThat(shop.nextDue()).isEqualTo(ONE.plusSeconds(60));
        shop.later(1);
        assertThat(shop.changes().environments()).isEmpty();
        assertThat(shop.changes().hasChangesWithoutEvent()).isFalse();
    }

    /** What is published follows from decisions, and only they look at what may have changed outside the application. */
    @Test
    void aReasonThatNoDecisionHasSeenIsNotShownYet() {
        var shop = gated().deploy("1", STAGING).deploy("2", STAGING).accepted();
        release = "2";
        verdict = HELD;
        assertThat(shop.blockers(STAGING, "2")).containsExactly(Blocker.Code.ENVIRONMENT_BUSY);
        shop.later(1);
        assertThat(shop.blockers(STAGING, "2")).containsExactly(HELD.code(), Blocker.Code.ENVIRONMENT_BUSY);
    }

    /** Its state may have been written by a version that did not remember what it published. */
    @Test
    void reasonsArePublishedAgainIfItIsNotKnownWhatWasPublished() {
        verdict = HELD;
        var shop = gated().deploy("1", STAGING).accepted();
        shop.application.environment(STAGING).setBlockersDigest(null);
        shop.later(1);
        assertThat(shop.changes().environments()).containsExactly(STAGING);
    }

    @Test
    void gatesAreAskedAgainInEarlierEnvironmentsWhenALaterOneChanges() {
        Gate followsProduction = gateContext -> {
            if (gateContext.environment().id().equals(PRODUCTION)) {
                return gateContext.isHeld(Blocker.Code.NOT_BEFORE, ONE::isAfter)
                        ? Gate.Blocked.untilTime(Blocker.Code.NOT_BEFORE, ONE, "It starts at one.")
                        : Gate.OPEN;
            }
            boolean isFirst = gateContext.request().release().equals("1");
            return isFirst || gateContext.application().environment(PRODUCTION).isCurrent("1") ? Gate.OPEN : HELD;
        };
        var shop = Scenario.with(new Gates(List.of(followsProduction)))
                .create("1")
                .create("2")
                .deployed("1", STAGING)
                .deploy("1", PRODUCTION)
                .deploy("2", STAGING)
                .accepted();
        assertThat(shop.waiting(STAGING)).containsExactly("2");
        shop.at(ONE).later(1);
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
        assertThat(shop.current(STAGING)).isEqualTo("2");
    }

    /** Otherwise the worker would decide until its memory is full, and so would the next one. */
    @Test
    void aGateThatNeverSettlesIsAFault() {
        Gate contradictsItself = gateContext -> !gateContext.request().release().equals("1")
                        || gateContext.deployment().blockerCodes().contains(HELD.code())
                ? Gate.OPEN
                : HELD;
        var shop = Scenario.with(new Gates(List.of(contradictsItself)))
                .create("1")
                .create("2")
                .reported(STAGING, WhenBusy.QUEUE)
                .deploy("2", STAGING);
        assertThatThrownBy(() -> shop.deploy("1", STAGING))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the gates of an application do not settle");
    }

    @Test
    void twoGatesWithOneCodeAreAFault() {
        var shop = Scenario.with(new Gates(List.of(gateContext -> HELD, gateContext -> HELD)))
                .create("1");
        assertThatThrownBy(() -> shop.deploy("1", STAGING)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aGateThatIsToTurnInThePastIsAFault() {
        for (Gate.Verdict late : List.of(
                new Gate.Open(MIDNIGHT), Gate.Blocked.untilTime(Blocker.Code.NOT_BEFORE, MIDNIGHT, "It is frozen."))) {
            var shop = Scenario.with(new Gates(List.of(gateContext -> late)))
                    .create("1")
                    .at(ONE);
            assertThatThrownBy(() -> shop.deploy("1", STAGING)).isInstanceOf(IllegalStateException.class);
        }
    }

    /** Open except between two moments, like a deployment freeze. */
    private record Freeze(Instant closes, Instant opens) implements Gate {

        @Override
        public Verdict check(GateContext gateContext) {
            Instant turn = gateContext.now().isBefore(closes)
                    ? closes
                    : gateContext.now().isBefore(opens) ? opens : null;
            boolean isHeld =
                    gateContext.isHeld(Blocker.Code.NOT_BEFORE, time -> !time.isBefore(closes) && time.isBefore(opens));
            return isHeld
                    ? Blocked.untilTime(Blocker.Code.NOT_BEFORE, turn == null ? opens : turn, "It is frozen.")
                    : new Open(turn);
        }
    }

    private static final Instant MIDNIGHT = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant ONE = Instant.parse("2026-01-01T01:00:00Z");
    private static final Instant TWO = Instant.parse("2026-01-01T02:00:00Z");

    private static Scenario frozen(Instant closes, Instant opens) {
        return Scenario.with(new Gates(List.of(new Freeze(closes, opens))))
                .create("1")
                .create("2")
                .create("3")
                .reported(STAGING, WhenBusy.QUEUE);
    }

    @Test
    void aGateThatOpensByTimeOpensOnlyWhenTheClockIsChecked() {
        var shop = frozen(MIDNIGHT.minusSeconds(1), ONE).deploy("1", STAGING).accepted();
        assertThat(shop.nextDue()).isEqualTo(ONE);
        shop.at(ONE.plusSeconds(60)).on(new StartOptions(null, ONE.plusSeconds(90), true));
        shop.deploy("2", STAGING).accepted();
        assertThat(shop.active(STAGING)).isEqualTo("2");
        shop.report(STAGING, ReportedStatus.SUCCEEDED);
        assertThat(shop.blockers(STAGING, "1")).containsExactly(Blocker.Code.NOT_BEFORE);
        assertThat(shop.nextDue()).isEqualTo(ONE);
        shop.later(1);
        assertThat(shop.active(STAGING)).isEqualTo("1");
        assertThat(shop.nextDue()).isNull();
    }

    @Test
    void nothingStartsBehindAClosingThatNobodyHasLookedAt() {
        var shop = frozen(ONE, TWO).deploy("1", STAGING).deploy("2", STAGING).accepted();
        assertThat(shop.nextDue()).isEqualTo(ONE);
        shop.at(ONE.plusSeconds(60)).report(STAGING, ReportedStatus.SUCCEEDED);
        assertThat(shop.eventKinds()).containsExactly("ServiceDeployed", "DeploymentFinished", "DeploymentWaiting");
        assertThat(shop.active(STAGING)).isNull();
        assertThat(shop.blockers(STAGING, "2")).containsExactly(Blocker.Code.NOT_BEFORE);
        assertThat(shop.nextDue()).isEqualTo(TWO);
        shop.at(TWO).later(1);
        assertThat(shop.active(STAGING)).isEqualTo("2");
    }

    @Test
    void aDeploymentThatWaitsForAnotherIsPublishedWhenAGateCloses() {
        var shop = frozen(ONE, TWO).deploy("1", STAGING).deploy("2", STAGING);
        shop.at(ONE).later(1);
        assertThat(shop.eventKinds()).containsExactly("DeploymentWaiting");
        assertThat(shop.blockers(STAGING, "2")).containsExactly(Blocker.Code.NOT_BEFORE, Blocker.Code.ENVIRONMENT_BUSY);
        shop.at(TWO).later(1);
        assertThat(shop.eventKinds()).containsExactly("DeploymentWaiting");
        assertThat(shop.blockers(STAGING, "2")).containsExactly(Blocker.Code.ENVIRONMENT_BUSY);
    }

    @Test
    void aFreezeThatCameAndWentUnnoticedIsPublishedOnceAndNoLongerDue() {
        var shop = frozen(ONE, TWO).deploy("1", STAGING).deploy("2", STAGING);
        shop.report(STAGING, ReportedStatus.IN_PROGRESS).at(TWO);
        assertThat(shop.nextDue()).isEqualTo(ONE);
        shop.later(1);
        assertThat(shop.eventKinds()).containsExactly("DeploymentWaiting");
        assertThat(shop.blockers(STAGING, "2")).containsExactly(Blocker.Code.ENVIRONMENT_BUSY);
        assertThat(shop.nextDue()).isNull();
        shop.later(1);
        assertThat(shop.eventKinds()).isEmpty();
    }

    @Test
    void itStartsByItselfWhenTheLastOpensIfAllOpenByTime() {
        Gate.Blocked early = Gate.Blocked.untilTime(Blocker.Code.NOT_BEFORE, ONE, "It is frozen.");
        Gate.Blocked late = Gate.Blocked.untilTime(Blocker.Code.NOT_BEFORE, TWO, "It is frozen.");
        assertThat(earliestStart(early, late)).isEqualTo(TWO);
        assertThat(earliestStart(early, HELD)).isNull();
        assertThat(earliestStart(Gate.Blocked.untilEvent(Blocker.Code.ENVIRONMENT_BUSY, "d", "d is in progress.")))
                .isNull();
    }

    private static Instant earliestStart(Gate.Blocked... reasons) {
        return Blocker.earliestStart(
                Stream.of(reasons).map(reason -> reason.blocker(MIDNIGHT)).toList());
    }

    @Test
    void aDryRunMeetsTheSameGates() {
        verdict = HELD;
        var shop = gated();
        assertThat(shop.application.copy().gates()).isSameAs(shop.application.gates());
    }
}
