package dev.lockstep.domain;

import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.pipeline.StageDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** How a pipeline changes: rule 8, with the events in the order of rule 14. */
final class PipelineRules {

    private PipelineRules() {}

    static Decision define(Application application, Command.DefinePipeline command) {
        return change(application, command.stages(), command.keep());
    }

    static Decision configure(Application application, Command.ConfigureEnvironment command) {
        if (application.positionOf(command.environment()) == 0) {
            StageDefinition definition = command.definition();
            if (definition.after().value() != null || definition.policy().value() != null) {
                return rejectForFirstStage(definition);
            }
        }
        return change(
                application,
                application.pipeline().stages().stream()
                        .map(stage -> stage.id().equals(command.environment())
                                ? command.definition()
                                : StageDefinition.unchanged(stage.id()))
                        .toList(),
                FieldChange.keep());
    }

    /** Worded as the validation of {@code pipeline.define} does, which knows which one is the first. */
    private static Decision rejectForFirstStage(StageDefinition definition) {
        String field = definition.after().value() != null ? "after" : "policy";
        String message = "must be left out, or null: '" + definition.id()
                + "' is the first environment, which has neither after nor policy";
        return Decision.invalid(List.of(Violation.ofField(field, message)));
    }

    private static Decision change(
            Application application, List<StageDefinition> stages, FieldChange<KeepPolicy> keep) {
        Pipeline before = application.pipeline();
        Pipeline after = Pipeline.of(stages.stream()
                .map(stage -> stage.applyTo(stageOrNew(before, stage.id())))
                .toList());
        String reason = invalidReason(after);
        if (reason != null) {
            return Decision.rejected(RejectionCode.PIPELINE_INVALID, reason);
        }
        List<Stage> dropped = before.stages().stream()
                .filter(stage -> after.positionOf(stage.id()) < 0)
                .toList();
        Decision inUse = rejectionIfInUse(application, dropped, after);
        if (inUse != null) {
            return inUse;
        }
        List<Event> events = environmentEvents(before, after, dropped);
        KeepPolicy keepBefore = application.keepSchedule().policy();
        if (!Objects.equals(keep.applyTo(keepBefore), keepBefore)) {
            events.add(new Event.ApplicationUpdated(application.profile(), keep.applyTo(keepBefore)));
        }
        return new Decision.Accepted(events, null);
    }

    /** @return the rejection of a change that would drop an environment with something in it, or replace the first; else null */
    private static Decision rejectionIfInUse(Application application, List<Stage> dropped, Pipeline after) {
        for (Stage stage : dropped) {
            Environment environment = application.environment(stage.id());
            if (environment.current() != null || environment.hasUnfinishedDeployments()) {
                return Decision.rejected(
                        RejectionCode.ENVIRONMENT_IN_USE,
                        "'" + stage.id()
                                + "' cannot be dropped while a release runs in it or is on its way to it: first undeploy it,"
                                + " and cancel the deployments that are waiting.");
            }
        }
        Pipeline before = application.pipeline();
        if (application.exists() && !before.idAt(0).equals(after.idAt(0)) && application.hasLockedRelease()) {
            return Decision.rejected(
                    RejectionCode.ENVIRONMENT_IN_USE,
                    "The first environment, '" + before.idAt(0)
                            + "', cannot be replaced once a release has been deployed from it: keep it first in the list.");
        }
        return null;
    }

    private static List<Event> environmentEvents(Pipeline before, Pipeline after, List<Stage> dropped) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            if (before.positionOf(after.idAt(i)) < 0) {
                events.add(new Event.EnvironmentCreated(after.stageAt(i), i));
            }
        }
        for (int i = 0; i < after.size(); i++) {
            int old = before.positionOf(after.idAt(i));
            if (old >= 0 && !isUnchanged(before, old, after, i)) {
                events.add(new Event.EnvironmentModified(after.stageAt(i), i));
            }
        }
        dropped.forEach(stage -> events.add(new Event.EnvironmentDeleted(stage)));
        return events;
    }

    static List<Event> creationEvents(Pipeline pipeline) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < pipeline.size(); i++) {
            events.add(new Event.EnvironmentCreated(pipeline.stageAt(i), i));
        }
        return events;
    }

    private static Stage stageOrNew(Pipeline pipeline, String id) {
        int position = pipeline.positionOf(id);
        return position < 0 ? new Stage(id, null) : pipeline.stageAt(position);
    }

    /** What is wrong with what stages keep from before; each definition is already known to be valid in itself. */
    private static String invalidReason(Pipeline pipeline) {
        Stage first = pipeline.stageAt(0);
        if (first.after() != null || !first.policy().equals(Policy.DEFAULT)) {
            return "'" + first.id() + "' would become the first environment, which has neither after nor policy: set"
                    + " both to null.";
        }
        for (int i = 1; i < pipeline.size(); i++) {
            String misplaced = pipeline.firstMisplacedUpstream(i);
            if (misplaced != null) {
                return "'" + pipeline.idAt(i) + "' comes after '" + misplaced
                        + "', which is not listed before it: give it a new after, or set after to null.";
            }
        }
        return null;
    }

    private static boolean isUnchanged(Pipeline before, int oldPosition, Pipeline after, int newPosition) {
        Stage oldStage = before.stageAt(oldPosition);
        Stage newStage = after.stageAt(newPosition);
        return oldPosition == newPosition
                && Objects.equals(oldStage.title(), newStage.title())
                && Objects.equals(oldStage.tier(), newStage.tier())
                && oldStage.policy().equals(newStage.policy())
                && (oldStage.after() == null) == (newStage.after() == null)
                && Set.copyOf(before.upstreamOf(oldPosition)).equals(Set.copyOf(after.upstreamOf(newPosition)));
    }
}
