package dev.lockstep.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.HeldDeployment;
import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.render.Cause;
import dev.lockstep.render.StatusRecords;
import dev.lockstep.store.format.StateJson;
import dev.lockstep.wire.Topics;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A gate that the worker does not have yet: a deployment that it holds is published and stored without any changes elsewhere. */
class UnknownGateTest {

    private static final Topics TOPICS =
            new Topics("commands", "results", "events", "releases", "deployments", "applications", "letters");

    private final HeldDeployment held = HeldDeployment.forAnActor(Blocker.Code.NOT_BEFORE, "Somebody must open it.");

    @Test
    void isPublishedWithWhatOpensIt() throws Exception {
        Cause cause = Cause.builder(new DecisionContext(Instant.EPOCH))
                .id("c-1")
                .source("test")
                .type("release.deploy")
                .attribution(new Attribution(null, null, "c-1", null))
                .build();
        OutgoingRecord status = new StatusRecords(TOPICS, "lockstep")
                .statuses(cause, 0, held.application(), held.changes()).stream()
                        .filter(outgoing -> outgoing.topic().equals(TOPICS.deploymentStatus()))
                        .findFirst()
                        .orElseThrow();

        JsonNode waiting = new ObjectMapper().readTree(status.value()).at("/waiting/0");

        assertThat(waiting.at("/release").asText()).isEqualTo("1");
        assertThat(waiting.at("/earliestStart").isNull()).isTrue();
        JsonNode reason = waiting.at("/blockedBy/0");
        assertThat(reason.at("/code").asText()).isEqualTo("NOT_BEFORE");
        assertThat(reason.at("/opensBy").asText()).isEqualTo("actor");
        assertThat(reason.at("/until").isNull()).isTrue();
        assertThat(reason.at("/by").isNull()).isTrue();
        assertThat(reason.at("/detail").asText()).isEqualTo("Somebody must open it.");
    }

    @Test
    void isStoredWithItsReason() {
        Application application = held.application();

        Application again =
                StateJson.parseApplication("shop", application.revision(), 1, StateJson.toJson(application));

        assertThat(again.environment("staging").waiting())
                .isEqualTo(application.environment("staging").waiting())
                .singleElement()
                .satisfies(
                        candidate -> assertThat(candidate.request().release()).isEqualTo("1"));
    }
}
