package dev.lockstep.domain;

import java.util.ArrayList;
import java.util.List;

/** How a pipeline changes: rule 8, with the events in the order of rule 14. */
final class PipelineRules {

    private PipelineRules() {}

    static Decision define(Application application, Command.DefinePipeline command) {
        List<Stage> before = application.pipeline();
        List<Stage> after = command.stages();
        List<Stage> dropped =
                before.stream().filter(stage -> find(after, stage.id()) < 0).toList();
        for (Stage stage : dropped) {
            if (application.environment(stage.id()).current() != null) {
                return Decision.rejected(
                        RefusalCode.ENVIRONMENT_IN_USE,
                        "'" + stage.id() + "' cannot be dropped while a release runs in it: undeploy it first.");
            }
        }
        boolean firstChanges =
                application.exists() && !before.get(0).id().equals(after.get(0).id());
        if (firstChanges && application.releaseCount() > 0) {
            return Decision.rejected(
                    RefusalCode.ENVIRONMENT_IN_USE,
                    "Releases were created in '" + before.get(0).id()
                            + "', so it must stay the first environment while there are any.");
        }
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            if (find(before, after.get(i).id()) < 0) {
                events.add(new Event.EnvironmentCreated(after.get(i), i));
            }
        }
        for (int i = 0; i < after.size(); i++) {
            int old = find(before, after.get(i).id());
            if (old >= 0 && (old != i || !before.get(old).equals(after.get(i)))) {
                events.add(new Event.EnvironmentModified(after.get(i), i));
            }
        }
        dropped.forEach(stage -> events.add(new Event.EnvironmentDeleted(stage)));
        return new Decision.Accepted(events, null);
    }

    static List<Event> created(List<Stage> stages) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            events.add(new Event.EnvironmentCreated(stages.get(i), i));
        }
        return events;
    }

    private static int find(List<Stage> stages, String id) {
        for (int i = 0; i < stages.size(); i++) {
            if (stages.get(i).id().equals(id)) {
                return i;
            }
        }
        return -1;
    }
}
