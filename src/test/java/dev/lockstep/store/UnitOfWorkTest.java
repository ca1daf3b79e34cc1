package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.NewestReleases;
import dev.lockstep.domain.release.Annotations;
import dev.lockstep.domain.release.Release;
import dev.lockstep.partition.HomePartitions;
import dev.lockstep.store.format.StateJson;
import java.time.Instant;
import java.util.Map;
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

    private final UnitOfWork state = new UnitOfWork(new HomePartitions(6, 6));

    /** It would replace the application that has the release. */
    @Test
    void anApplicationThatIsReadAfterItsReleaseIsAnError() {
        state.loadRelease("shop", "1", StateJson.of(RELEASE), 1);

        assertThatThrownBy(() -> state.load(new Application("shop"), null, null))
                .isInstanceOf(IllegalStateException.class);
        assertThat(state.application("shop").release("1")).isNotNull();
    }

    @Test
    void whichReleasesAreTheNewestHoldsForOneCheck() {
        Application shop = state.application("shop");
        NewestReleases read = NewestReleases.startingAt(7);
        state.load(shop, read);

        assertThat(state.takeNewestReleases(shop)).isEqualTo(read);
        assertThatThrownBy(() -> state.takeNewestReleases(shop)).isInstanceOf(RuntimeException.class);
    }
}
