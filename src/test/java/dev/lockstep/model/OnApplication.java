package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ApplicationView.Facts;
import dev.lockstep.model.Expected.Details;
import java.util.List;

/** The commands about the application itself: rules 12, 16 and 18. */
record OnApplication(ModelState state) {

    Expected update(JsonNode data) {
        Facts before = state.facts;
        state.facts = new Facts(
                named(data, "title", before.title()),
                named(data, "description", before.description()),
                named(data, "owner", before.owner()),
                named(data, "url", before.url()),
                before.keep());
        if (!state.facts.equals(before)) {
            state.emitApplication(Fact.APPLICATION_UPDATED);
        }
        return state.accepted();
    }

    Expected archive() {
        List<String> used = state.pipeline.ids().stream()
                .filter(id -> state.environment(id).current() != null
                        || !state.onTheirWayTo(id).isEmpty())
                .toList();
        if (!used.isEmpty()) {
            return state.refused(Code.APPLICATION_IN_USE, Details.environments(used));
        }
        state.archived = true;
        state.emitApplication(Fact.APPLICATION_ARCHIVED);
        return state.accepted();
    }

    Expected unarchive() {
        if (state.archived) {
            state.archived = false;
            state.emitApplication(Fact.APPLICATION_UNARCHIVED);
        }
        return state.accepted();
    }

    private static String named(JsonNode data, String field, String before) {
        return data.has(field) ? data.get(field).textValue() : before;
    }
}
