package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.Expected.Answer;
import dev.lockstep.model.Expected.Details;
import java.time.Instant;
import java.util.List;

/** One application: which command is judged by which rules, and what is so for all of them (section 4). */
final class ModelApplication {

    private final Publication publication = new Publication();
    private ModelState state;

    ModelApplication(String name) {
        this.state = new ModelState(name);
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

    /** What is refused, or only judged, leaves everything as it was. */
    Expected apply(Sent sent) {
        ModelState trial = state.copy();
        trial.begin(sent);
        Expected outcome = judge(sent.kind(), sent.data(), trial);
        if (sent.isDryRun()) {
            return outcome.dry();
        }
        if (outcome.code() == null) {
            keep(trial, outcome);
        }
        return outcome;
    }

    /** Section 3: what is really due. */
    Expected lookAtTheTime(Sent timer) {
        ModelState trial = state.copy();
        trial.begin(timer);
        new Keeping(trial).lookAgain();
        trial.pipeline.ids().forEach(id -> new Waiting(trial, id).lookAgain(Waiting.Cause.POLICY_OR_TIMER));
        Expected outcome = trial.accepted().answered(Answer.NOTHING);
        keep(trial, outcome);
        return outcome;
    }

    private void keep(ModelState trial, Expected outcome) {
        state = trial;
        if (!outcome.events().isEmpty()) {
            publication.update(outcome.events(), state);
        }
    }

    /** When the time is to be looked at again, null for never. */
    Instant due() {
        return state.pipeline.ids().stream()
                .map(id -> new Waiting(state, id).due())
                .reduce(new Keeping(state).due(), Waiting::earlier);
    }

    private Expected judge(Kind kind, JsonNode data, ModelState trial) {
        if (!exists() && !kind.creates()) {
            return trial.refused(Code.APPLICATION_NOT_FOUND);
        }
        if (trial.archived && kind != Kind.UNARCHIVE_APPLICATION) {
            return trial.refused(Code.APPLICATION_ARCHIVED);
        }
        if (data.has("expectedRevision") && data.get("expectedRevision").longValue() != trial.revision) {
            return trial.refused(Code.REVISION_CONFLICT, Details.revision(trial.revision));
        }
        OnReleases releases = new OnReleases(trial, publication);
        OnEnvironments environments = new OnEnvironments(trial, publication);
        OnPipeline pipeline = new OnPipeline(trial, publication);
        OnApplication application = new OnApplication(trial);
        OnDeployments deployments = new OnDeployments(trial);
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
            case CONFIGURE -> pipeline.configure(data);
            case REPORT -> deployments.report(data);
            case CANCEL -> deployments.cancel(data);
            case DEFINE -> pipeline.define(data);
            case UPDATE_APPLICATION -> application.update(data);
            case ARCHIVE_APPLICATION -> application.archive();
            case UNARCHIVE_APPLICATION -> application.unarchive();
        };
    }
}
