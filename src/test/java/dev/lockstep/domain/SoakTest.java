package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.PRODUCTION;
import static dev.lockstep.domain.Scenario.STAGING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.domain.Command.ReportedStatus;
import dev.lockstep.domain.Command.StartOptions;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Deployment.StatusDetail;
import dev.lockstep.domain.pipeline.Policy.WhenBusy;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rule 30: a release runs in one environment for a while before it starts in the next. */
class SoakTest {

    private static final String MINUTE = "PT1M";

    private static Scenario shop() {
        return Scenario.withReleases("1", "2").soak(PRODUCTION, MINUTE).accepted();
    }

    private static Blocker blocker(Scenario shop, String environment) {
        Deployment.Waiting waiting =
                shop.application.environment(environment).waiting().get(0);
        List<Blocker> blockers =
                shop.application.blockedBy(shop.application.environment(environment), waiting, shop.context());
        assertThat(blockers).extracting(Blocker::code).containsExactly(Blocker.Code.NOT_SOAKED);
        return blockers.get(0);
    }

    @Test
    void aReleaseStartsOnceItHasRunLongEnough() {
        var shop = shop().deployed("1", STAGING);
        Instant soaked = shop.in(0).plusSeconds(60);
        shop.deploy("1", PRODUCTION).accepted();
        assertThat(shop.eventKinds()).containsExactly("DeploymentQueued");
        assertThat(blocker(shop, PRODUCTION).opensBy()).isEqualTo(Blocker.OpensBy.TIME);
        assertThat(blocker(shop, PRODUCTION).until()).isEqualTo(soaked);
        assertThat(shop.nextDue()).isEqualTo(soaked);
        shop.later(57);
        assertThat(shop.eventKinds()).isEmpty();
        shop.at(soaked).later(1);
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
        assertThat(shop.nextDue()).isNull();
    }

    @Test
    void oneThatHasRunLongEnoughStartsImmediately() {
        var shop = shop().deployed("1", STAGING);
        shop.at(shop.in(60)).deploy("1", PRODUCTION).accepted();
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
    }

    @Test
    void whatIsReplacedTooEarlyWaitsUntilItIsDeployedAgain() {
        var shop = shop().deployed("1", STAGING).deploy("1", PRODUCTION).deployed("2", STAGING);
        assertThat(shop.eventKinds()).containsExactly("ReleaseLocked", "ServiceDeployed");
        assertThat(shop.changes().environments()).containsExactly(STAGING, PRODUCTION);
        assertThat(blocker(shop, PRODUCTION).opensBy()).isEqualTo(Blocker.OpensBy.ACTOR);
        assertThat(blocker(shop, PRODUCTION).until()).isNull();
        assertThat(shop.nextDue()).isNull();
        shop.later(3600);
        assertThat(shop.waiting(PRODUCTION)).containsExactly("1");

        shop.rollback(STAGING).accepted();
        assertThat(shop.changes().environments()).containsExactlyInAnyOrder(STAGING, PRODUCTION);
        assertThat(shop.nextDue()).isEqualTo(shop.in(60));
        shop.later(60);
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
    }

    @Test
    void whatIsReplacedAfterwardsStaysSoaked() {
        var shop = shop().deployed("1", STAGING);
        shop.at(shop.in(61)).deployed("2", STAGING).deploy("1", PRODUCTION).accepted();
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
    }

    /** The event that replaces it does not look at the clock. */
    @Test
    void aReleaseThatSoakedAndWasReplacedBeforeTheTimerStartsAtTheTimer() {
        var shop = shop().deployed("1", STAGING).deploy("1", PRODUCTION).accepted();
        shop.at(shop.in(90)).deployed("2", STAGING);
        assertThat(shop.waiting(PRODUCTION)).containsExactly("1");
        assertThat(blocker(shop, PRODUCTION).until()).isEqualTo(shop.in(0));
        assertThat(shop.nextDue()).isEqualTo(shop.in(0));
        shop.later(1);
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
    }

    @Test
    void theLongestStayCounts() {
        var shop = shop().deployed("1", STAGING);
        shop.at(shop.in(70)).deployed("2", STAGING).rollback(STAGING).accepted();
        assertThat(shop.current(STAGING)).isEqualTo("1");
        shop.deploy("1", PRODUCTION).accepted();
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
    }

    @Test
    void severalShortStaysAreNotALongOne() {
        var shop = shop().deployed("1", STAGING);
        shop.at(shop.in(40)).deployed("2", STAGING).rollback(STAGING).accepted();
        Instant back = shop.in(0);
        shop.at(shop.in(40)).deploy("1", PRODUCTION).accepted();
        assertThat(blocker(shop, PRODUCTION).until()).isEqualTo(back.plusSeconds(60));
    }

    @Test
    void aRedeployDoesNotInterruptIt() {
        var shop = shop().deployed("1", STAGING);
        Instant since = shop.in(0);
        shop.at(shop.in(30)).redeploy(STAGING, "1").deploy("1", PRODUCTION).accepted();
        assertThat(blocker(shop, PRODUCTION).until()).isEqualTo(since.plusSeconds(60));
    }

    @Test
    void emptyingTheEnvironmentDoes() {
        var shop = shop().deployed("1", STAGING)
                .undeploy(STAGING)
                .deploy("1", PRODUCTION)
                .accepted();
        assertThat(blocker(shop, PRODUCTION).opensBy()).isEqualTo(Blocker.OpensBy.ACTOR);
    }

    @Test
    void inTheFirstEnvironmentItRunsFromItsCreationOn() {
        var shop = Scenario.withReleases("1").soak(STAGING, MINUTE);
        Instant created = shop.release("1").createdAt();
        shop.deploy("1", STAGING).accepted();
        assertThat(blocker(shop, STAGING).until()).isEqualTo(created.plusSeconds(60));
    }

    @Test
    void itRunsLongEnoughInEachOfParallelEnvironments() {
        var shop = Scenario.withReleases("1")
                .define(List.of(
                        Scenario.stage("dev"),
                        Scenario.stage("a"),
                        Scenario.after("b", "dev"),
                        Scenario.after("z", "a", "b")))
                .soak("z", MINUTE)
                .deployed("1", "a");
        shop.at(shop.in(50)).deployed("1", "b");
        Instant last = shop.in(60);
        shop.deploy("1", "z").accepted();
        assertThat(blocker(shop, "z").until()).isEqualTo(last);
        assertThat(blocker(shop, "z").detail()).contains("'a', 'b'");
    }

    @Test
    void onlyADeployOfWhatHasNotBeenThereIsHeld() {
        var shop = Scenario.withReleases("1", "2")
                .deployed("1", STAGING, PRODUCTION)
                .deployed("2", STAGING, PRODUCTION);
        shop.soak(PRODUCTION, "P1D").deploy("1", PRODUCTION).accepted();
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
        shop.deploy("2", PRODUCTION)
                .rollback(PRODUCTION)
                .redeploy(PRODUCTION, "1")
                .accepted();
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
        shop.undeploy(PRODUCTION).accepted();
        assertThat(shop.current(PRODUCTION)).isNull();
    }

    @Test
    void aChangedPolicyAppliesToWhatWaits() {
        var shop = shop().deployed("1", STAGING).deploy("1", PRODUCTION);
        shop.soak(PRODUCTION, "PT2M").accepted();
        assertThat(blocker(shop, PRODUCTION).until())
                .isEqualTo(shop.placement("1", STAGING).since().plusSeconds(120));
        shop.soak(PRODUCTION, null).accepted();
        assertThat(shop.current(PRODUCTION)).isEqualTo("1");
    }

    /** What has never been in an environment that the release now has to come from is refused when it is to start. */
    @Test
    void whereItHasNeverBeenItDoesNotSoak() {
        var shop = shop().deployed("1", STAGING).deploy("1", PRODUCTION);
        shop.define(List.of(
                        Scenario.stage("development"),
                        Scenario.stage(STAGING),
                        Scenario.stage("canary"),
                        Scenario.after(PRODUCTION, STAGING, "canary")))
                .accepted();
        assertThat(shop.waiting(PRODUCTION)).containsExactly("1");
        shop.later(60);
        assertThat(shop.ended())
                .extracting(StatusDetail::rejection)
                .extracting(Deployment.Rejection::code)
                .containsExactly(RejectionCode.PROMOTION_ORDER);
    }

    @Test
    void oneThatMayNotWaitIsRefused() {
        var shop = shop().deployed("1", STAGING)
                .on(new StartOptions(null, null, false))
                .deploy("1", PRODUCTION);
        assertThat(shop.refused(RejectionCode.BLOCKED).detail()).contains("must first run in 'staging' for PT1M");
    }

    @Test
    void whatSoaksIsNotInTheQueue() {
        var shop = Scenario.withReleases("1", "2", "3")
                .deployed("1", STAGING)
                .deployed("2", STAGING)
                .reported(PRODUCTION, WhenBusy.SUPERSEDE)
                .deploy("1", PRODUCTION)
                .deployed("3", STAGING)
                .soak(PRODUCTION, MINUTE)
                .deploy("3", PRODUCTION)
                .accepted();
        assertThat(shop.active(PRODUCTION)).isEqualTo("1");
        assertThat(shop.blockers(PRODUCTION, "3"))
                .containsExactly(Blocker.Code.NOT_SOAKED, Blocker.Code.ENVIRONMENT_BUSY);
        shop.report(PRODUCTION, ReportedStatus.SUCCEEDED);
        assertThat(shop.waiting(PRODUCTION)).containsExactly("3");
        shop.later(60);
        assertThat(shop.active(PRODUCTION)).isEqualTo("3");
    }
}
