package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.EventLog;
import dev.lockstep.model.Published;
import dev.lockstep.model.ReferenceModel;
import dev.lockstep.model.StatusComparison;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The latest record of a key is the latest state, and the state never goes back; in the end it agrees with the model. */
final class StatusCheck {

    private record Key(String topic, String key) {}

    private final Findings findings;
    private final ObservedHomes homes;
    private final Map<Key, Long> lastRevision = new HashMap<>();
    private final Map<Key, String> lastTime = new HashMap<>();
    private final Map<Key, Long> lastChange = new HashMap<>();
    private final DeploymentLoadCheck deployments;
    private final Published published = new Published();
    private final Set<String> applications = new TreeSet<>();
    private final Map<String, Long> lastOfApplication = new HashMap<>();
    private long count;

    StatusCheck(Findings findings, ObservedHomes homes, DeploymentLoadCheck deployments) {
        this.findings = findings;
        this.deployments = deployments;
        this.homes = homes;
    }

    void look(ConsumedRecord status) {
        count++;
        String application = status.key().split("/", 2)[0];
        if (!DeploymentLoad.isOne(application)) {
            applications.add(application);
        }
        status.checkHeaders(findings, application);
        homes.settle(application, status.record().partition(), status);
        Key key = new Key(status.record().topic(), status.key());
        forward(status, key, application);
        JsonNode value = status.value();
        if (value != null) {
            change(status, key, value);
        }
        if (DeploymentLoad.isOne(application)) {
            if (!status.record().topic().equals(TopicNames.APPLICATION_STATUS)) {
                deployments.status(application, status);
            }
            return;
        }
        String reason = status.header("ce_lockstepreason");
        switch (status.record().topic()) {
            case TopicNames.RELEASE_STATUS -> published.keepRelease(status.key(), value, reason);
            case TopicNames.DEPLOYMENT_STATUS -> published.keepEnvironment(status.key(), value, reason);
            default -> published.keepApplication(status.key(), value, reason);
        }
    }

    private void forward(ConsumedRecord status, Key key, String application) {
        Long before = lastRevision.put(key, status.revision());
        String timeBefore = lastTime.put(key, status.header("ce_time"));
        lastOfApplication.merge(application, status.revision(), Math::max);
        if (before != null && before.equals(status.revision()) && !mayBePublishedAgain(status, timeBefore)) {
            findings.add(Breach.DOUBLED, status + " was repeated at revision " + before);
        } else if (before != null && before > status.revision()) {
            findings.add(Breach.WENT_BACK, status + " has revision " + status.revision() + " after " + before);
        }
    }

    /** Without an event: deployments there wait for other reasons, which takes a later decision (contract, section 6). */
    private static boolean mayBePublishedAgain(ConsumedRecord status, String timeBefore) {
        return status.record().topic().equals(TopicNames.DEPLOYMENT_STATUS)
                && Instant.parse(status.header("ce_time")).isAfter(Instant.parse(timeBefore));
    }

    private void change(ConsumedRecord status, Key key, JsonNode value) {
        long revision = value.path("revision").asLong(-1);
        Long before = lastChange.put(key, revision);
        if (before != null && before > revision) {
            findings.add(Breach.WENT_BACK, status + " tells of revision " + revision + " after " + before);
        }
        if (revision < 0 || revision > status.revision()) {
            findings.add(Breach.DIFFERING, status + " tells of revision " + revision + " at " + status.revision());
        }
    }

    /** The revision of the application's latest status. */
    long lastRevision(String application) {
        return lastOfApplication.getOrDefault(application, 0L);
    }

    Map<String, Long> lastRevisions() {
        return lastOfApplication;
    }

    /** At the end, the topics agree with the model. */
    void finish(ReferenceModel model, EventLog chronicle) {
        applications.addAll(model.applications());
        for (String application : applications) {
            findings.addAll(Breach.DIFFERING, StatusComparison.application(model, application, published, chronicle));
        }
    }

    long count() {
        return count;
    }
}
