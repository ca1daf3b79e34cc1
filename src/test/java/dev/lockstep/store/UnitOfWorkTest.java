package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.HeldDeployment;
import dev.lockstep.domain.NewestReleases;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.gate.Gate;
import dev.lockstep.domain.release.Annotations;
import dev.lockstep.domain.release.Release;
import dev.lockstep.partition.HomePartitioner;
import dev.lockstep.store.format.StateJson;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class UnitOfWorkTest {

    private static final Release RELEASE = new Release(
            "1",
            "One",
            null,
            null,
            null,
            null,
            Annotations.NONE,
            Instant.EPOCH,
            null,
            4,
            Map.of(),
            Map.of(),
            false,
            null,
            null);

    private final UnitOfWork state = new UnitOfWork(new HomePartitioner(6, 6));

    /** It would replace the application that has the release. */
    @Test
    void anApplicationThatIsReadAfterItsReleaseIsAnError() {
        state.loadRelease("shop", "1", StateJson.toJson(RELEASE), 1);

        assertThatThrownBy(() -> state.addLoaded(new Application("shop"), TrackedApplication.Stored.NONE))
                .isInstanceOf(IllegalStateException.class);
        assertThat(state.application("shop").release("1")).isNotNull();
    }

    /** A fault when it is written would not be that of any record, and would hold up the partition for ever. */
    @Test
    void whatIsDueIsComputedWhenARecordIsDecided() {
        state.setContext(new DecisionContext(Instant.EPOCH));
        Instant until = Instant.parse("2030-01-01T00:00:00Z");
        AtomicBoolean isBroken = new AtomicBoolean();
        HeldDeployment held = HeldDeployment.by(gateContext -> {
            if (isBroken.get()) {
                throw new ArithmeticException("a gate has a bug");
            }
            return Gate.Blocked.untilTime(Blocker.Code.NOT_BEFORE, until, "Not yet.");
        });

        state.addLoaded(held.application(), TrackedApplication.Stored.NONE);
        state.recordChanges(held.application(), held.changes());

        isBroken.set(true);
        assertThat(state.applications()).singleElement().satisfies(tracked -> {
            assertThat(tracked.isTimerChanged()).isTrue();
            assertThat(tracked.nextDue()).isEqualTo(until);
        });
        assertThatThrownBy(() -> state.recordChanges(held.application(), held.changes()))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void whichReleasesAreTheNewestHoldsForOneCheck() {
        Application shop = state.application("shop");
        NewestReleases read = NewestReleases.startingAt(7);
        state.addNewestReleases(shop, read);

        assertThat(state.takeNewestReleases(shop)).isEqualTo(read);
        assertThatThrownBy(() -> state.takeNewestReleases(shop)).isInstanceOf(RuntimeException.class);
    }
}
