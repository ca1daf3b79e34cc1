package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.bench.HandWrittenService.ReceivedCommand;
import dev.lockstep.bench.HandWrittenService.Release;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandWrittenServiceTest {

    private static final Release FRESH = new Release(false, false);
    private static final Release STAGED = new Release(true, false);
    private static final Release SHIPPED = new Release(true, true);

    @Test
    void aReleaseIsCreatedOnce() {
        assertThat(refusal(HandWrittenService.CREATE, null)).isNull();
        assertThat(refusal(HandWrittenService.CREATE, FRESH)).isEqualTo("RELEASE_EXISTS");
    }

    @Test
    void whatWasDeployedAnywhereCannotBeDeleted() {
        assertThat(refusal(HandWrittenService.DELETE, FRESH)).isNull();
        assertThat(refusal(HandWrittenService.DELETE, STAGED)).isEqualTo("RELEASE_LOCKED");
        assertThat(refusal(HandWrittenService.DELETE, SHIPPED)).isEqualTo("RELEASE_LOCKED");
        assertThat(refusal(HandWrittenService.DELETE, null)).isEqualTo("RELEASE_NOT_FOUND");
    }

    @Test
    void productionAcceptsOnlyWhatWasInStaging() {
        assertThat(refusal(HandWrittenService.DEPLOY, STAGED, "1")).isNull();
        assertThat(refusal(HandWrittenService.DEPLOY, FRESH, "1")).isEqualTo("PROMOTION_ORDER");
        assertThat(refusal(HandWrittenService.DEPLOY, null, "1")).isEqualTo("RELEASE_NOT_FOUND");
    }

    @Test
    void whatRunsIsNotDeployedAgain() {
        assertThat(refusal(HandWrittenService.DEPLOY, SHIPPED, "2", "1")).isEqualTo("ALREADY_CURRENT");
        assertThat(refusal(HandWrittenService.DEPLOY, SHIPPED, "3", "2")).isNull();
    }

    @Test
    void aRollbackNeedsAReleaseThatRanBefore() {
        assertThat(refusal(HandWrittenService.ROLLBACK, null, "2", "1")).isNull();
        assertThat(refusal(HandWrittenService.ROLLBACK, null, "1")).isEqualTo("NOTHING_LEFT");
    }

    /** The refusal of a command for release 2 and production. */
    private static String refusal(String type, Release release, String... line) {
        ObjectNode data = new ObjectMapper().createObjectNode();
        data.put("release", "2").put("environment", "production");
        return HandWrittenService.refusal(new ReceivedCommand("source", "id", type, data), release, List.of(line));
    }
}
