package dev.lockstep.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a command does to waiting deployments whose releases must soak: no event says all of it. */
final class SoakChanges {

    private final ReferenceModel model;
    private final SentCommand sent;
    private final Map<Long, Optional<ExpectedBlocker>> before;

    /** Created before the model applies the command. */
    SoakChanges(ReferenceModel model, SentCommand sent) {
        this.model = model;
        this.sent = sent;
        this.before = waiting();
    }

    /** By deployment: whether and until when its release has to soak. */
    private Map<Long, Optional<ExpectedBlocker>> waiting() {
        Map<Long, Optional<ExpectedBlocker>> waiting = new HashMap<>();
        model.environments(sent.application()).values().forEach(stamped -> stamped.value()
                .waiting()
                .forEach(waiter -> waiting.put(
                        waiter.deployment().revision(),
                        soaking(waiter.deployment().blockedBy()))));
        return waiting;
    }

    private static Optional<ExpectedBlocker> soaking(List<ExpectedBlocker> blockedBy) {
        return blockedBy.stream()
                .filter(blocker -> blocker.code().equals(ExpectedBlocker.NOT_SOAKED))
                .findFirst();
    }

    /** Once the model has applied it: one short text for each deployment that the command affects. */
    List<String> found() {
        List<String> found = new ArrayList<>();
        Map<Long, Optional<ExpectedBlocker>> after = waiting();
        before.forEach((deployment, was) -> {
            Optional<ExpectedBlocker> is = after.get(deployment);
            if (is != null) {
                compare(was, is, found);
            } else if (was.isPresent() && hasStarted(deployment)) {
                found.add("soaked and started, " + cause());
            }
        });
        return found;
    }

    private void compare(Optional<ExpectedBlocker> was, Optional<ExpectedBlocker> is, List<String> found) {
        if (was.isEmpty() != is.isEmpty()) {
            found.add((is.isEmpty() ? "soaked and in the queue, " : "must soak after all, ") + cause());
        }
        if (was.isEmpty() || is.isEmpty()) {
            return;
        }
        boolean wasTime = was.get().opensByTime();
        boolean isTime = is.get().opensByTime();
        if (wasTime != isTime) {
            found.add(isTime ? "deployed again before it soaked" : "replaced before it soaked");
        } else if (isTime && !was.get().until().equals(is.get().until())) {
            found.add("soaks until another time");
        }
        if (isTime && !is.get().until().isAfter(sent.at())) {
            found.add("soaked, but nobody has checked");
        }
    }

    private boolean hasStarted(long deployment) {
        return model.deployments(sent.application()).stream()
                .anyMatch(candidate -> candidate.revision == deployment && candidate.started > 0);
    }

    private String cause() {
        boolean defines = sent.kind() == CommandKind.DEFINE || sent.kind() == CommandKind.CONFIGURE;
        return "by a " + (sent.isTimer() ? "timer" : defines ? "definition" : "deployment");
    }
}
