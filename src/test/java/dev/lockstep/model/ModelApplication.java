package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** One application: which command is judged by which rules, and what is so for all of them (section 4). */
final class ModelApplication {

    private final ModelState state;
    private final Publication publication;

    ModelApplication(String name) {
        this.state = new ModelState(name);
        this.publication = new Publication(state);
    }

    ModelState state() {
        return state;
    }

    Publication publication() {
        return publication;
    }

    boolean exists() {
        return state.exists();
    }

    long revision() {
        return state.revision;
    }

    List<String> line(String environment) {
        return state.environment(environment).line();
    }

    Expected apply(Kind kind, JsonNode data) {
        state.beginCommand();
        if (!exists() && !kind.creates()) {
            return state.refused(Code.APPLICATION_NOT_FOUND);
        }
        if (state.archived && kind != Kind.UNARCHIVE_APPLICATION) {
            return state.refused(Code.APPLICATION_ARCHIVED);
        }
        if (data.has("expectedRevision") && data.get("expectedRevision").longValue() != state.revision) {
            return state.refused(Code.REVISION_CONFLICT);
        }
        Expected outcome = judge(kind, data);
        if (!outcome.events().isEmpty()) {
            publication.update(outcome.events());
        }
        return outcome;
    }

    private Expected judge(Kind kind, JsonNode data) {
        OnReleases releases = new OnReleases(state);
        OnEnvironments environments = new OnEnvironments(state);
        OnApplication application = new OnApplication(state);
        return switch (kind) {
            case CREATE -> releases.create(data);
            case UPDATE -> releases.update(data);
            case ANNOTATE -> releases.annotate(data);
            case DELETE -> releases.delete(data);
            case ARCHIVE -> releases.archive(data);
            case UNARCHIVE -> releases.unarchive(data);
            case DEPLOY -> environments.deploy(data);
            case UNDEPLOY -> environments.undeploy(data);
            case ROLLBACK -> environments.rollback(data);
            case REDEPLOY -> environments.redeploy(data);
            case DEFINE -> new OnPipeline(state).define(data);
            case UPDATE_APPLICATION -> application.update(data);
            case ARCHIVE_APPLICATION -> application.archive();
            case UNARCHIVE_APPLICATION -> application.unarchive();
        };
    }
}
