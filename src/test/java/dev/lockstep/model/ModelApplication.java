package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.model.ExpectedOutcome.Details;
import dev.lockstep.model.ExpectedOutcome.Response;
import java.time.Instant;
import java.util.List;

/** One application: which command is judged by which rules, and what all of them have in common (section 4). */
final class ModelApplication {

    private final ExpectedStatuses publication = new ExpectedStatuses();
    private ModelState state;

    ModelApplication(String name) {
        this.state = new ModelState(name);
    }

    ModelState state() {
        return state;
    }

    ExpectedStatuses publication() {
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

    /** A refused or dry-run command leaves everything as it was. */
    ExpectedOutcome apply(SentCommand sent) {
        ModelState trial = state.copy();
        trial.begin(sent);
        ExpectedOutcome outcome = judge(sent.kind(), sent.data(), trial);
        if (sent.isDryRun()) {
            return outcome.dry();
        }
        if (outcome.code() == null) {
            keep(trial, outcome);
        }
        return outcome;
    }

    /** Section 3: does what is really due. */
    ExpectedOutcome applyTimer(SentCommand timer) {
        ModelState trial = state.copy();
        trial.begin(timer);
        new ModelArchiving(trial).archiveIfDue();
        ModelQueue.reevaluateAll(trial, trial.pipeline.ids());
        ExpectedOutcome outcome = trial.accepted().answered(Response.NOTHING);
        keep(trial, outcome);
        return outcome;
    }

    private void keep(ModelState trial, ExpectedOutcome outcome) {
        state = trial;
        if (!outcome.events().isEmpty()) {
            publication.update(outcome.events(), state);
        }
    }

    /** When the time has to be checked next, null for never. */
    Instant due() {
        return state.pipeline.ids().stream()
                .map(id -> new ModelQueue(state, id).due())
                .reduce(new ModelArchiving(state).due(), ModelQueue::earlier);
    }

    private ExpectedOutcome judge(CommandKind kind, JsonNode data, ModelState trial) {
        if (!exists() && !kind.creates()) {
            return trial.refused(ExpectedRefusal.APPLICATION_NOT_FOUND);
        }
        if (trial.archived && kind != CommandKind.UNARCHIVE_APPLICATION) {
            return trial.refused(ExpectedRefusal.APPLICATION_ARCHIVED);
        }
        if (data.has("expectedRevision") && data.get("expectedRevision").longValue() != trial.revision) {
            return trial.refused(ExpectedRefusal.REVISION_CONFLICT, Details.revision(trial.revision));
        }
        ModelReleaseRules releases = new ModelReleaseRules(trial, publication);
        ModelPromotionRules environments = new ModelPromotionRules(trial, publication);
        ModelPipelineRules pipeline = new ModelPipelineRules(trial, publication);
        ModelApplicationRules application = new ModelApplicationRules(trial);
        ModelDeploymentRules deployments = new ModelDeploymentRules(trial);
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
