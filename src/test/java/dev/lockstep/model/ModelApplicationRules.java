package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedApplication.Facts;
import dev.lockstep.model.ExpectedOutcome.Details;
import java.util.List;

/** The commands about the application itself: rules 12, 16 and 18. */
record ModelApplicationRules(ModelState state) {

    ExpectedOutcome update(JsonNode data) {
        Facts before = state.facts;
        state.facts = new Facts(
                named(data, "title", before.title()),
                named(data, "description", before.description()),
                named(data, "owner", before.owner()),
                named(data, "url", before.url()),
                before.keep());
        if (!state.facts.equals(before)) {
            state.emitApplication(EventKind.APPLICATION_UPDATED);
        }
        return state.accepted();
    }

    ExpectedOutcome archive() {
        List<String> used = state.pipeline.ids().stream()
                .filter(id -> state.environment(id).current() != null
                        || !state.unfinishedTo(id).isEmpty())
                .toList();
        if (!used.isEmpty()) {
            return state.refused(ExpectedRefusal.APPLICATION_IN_USE, Details.environments(used));
        }
        state.archived = true;
        state.emitApplication(EventKind.APPLICATION_ARCHIVED);
        return state.accepted();
    }

    ExpectedOutcome unarchive() {
        if (state.archived) {
            state.archived = false;
            state.emitApplication(EventKind.APPLICATION_UNARCHIVED);
        }
        return state.accepted();
    }

    private static String named(JsonNode data, String field, String before) {
        return data.has(field) ? data.get(field).textValue() : before;
    }
}
