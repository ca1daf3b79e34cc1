package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.SentCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The guarantees about deployments (contract, section 7), checked by the topics alone: each ends exactly once; one at a time is
 * in progress; the clock does what it has to do, neither early nor, if nothing fails, late; statuses agree with the events; and
 * whatever happens is caused by an accepted command or a timer.
 */
final class DeploymentLoadCheck {

    /** How late the clock may be if nothing fails, on a busy machine. */
    private static final Duration MAX_LATENESS = Duration.ofSeconds(10);

    private static final List<String> ENDS =
            List.of("succeeded", "failed", "errored", "timed_out", "lost", "cancelled", "superseded", "expired");

    /** What made something happen. */
    private record Cause(String application, String source, String id) {}

    private record AcceptedCommand(Cause cause, long revision) {}

    private final Findings findings;
    private final DeploymentResults results;
    private final Map<String, ObservedApplication> applications = new HashMap<>();
    private final Set<Cause> timers = new HashSet<>();
    /** The last revision of each cause. */
    private final Map<Cause, Long> caused = new HashMap<>();

    private final List<AcceptedCommand> accepted = new ArrayList<>();
    private volatile Instant quietFrom = Instant.MAX;
    private long timersOfTheWorker;

    DeploymentLoadCheck(Findings findings) {
        this.findings = findings;
        results = new DeploymentResults(findings);
    }

    /** A timer in the commands topic, whoever sent it. */
    synchronized void timer(ConsumedRecord timer) {
        boolean isForged = DeploymentLoad.FORGER.equals(timer.header("ce_source"));
        if (!isForged) {
            timersOfTheWorker++;
            if (!DeploymentLoad.isOne(timer.key())) {
                findings.add(Breach.DIFFERING, timer + " is a timer of an application in which nothing is ever due");
            }
        }
        timers.add(new Cause(timer.key(), timer.header("ce_source"), timer.header("ce_id")));
    }

    /** @param value of an event that was not seen before */
    synchronized void event(String application, JsonNode value) {
        JsonNode ours = value.at("/customData/lockstep");
        caused.put(
                new Cause(
                        application,
                        ours.get("commandSource").textValue(),
                        ours.get("commandId").textValue()),
                ours.get("revision").longValue());
        application(application).event(value);
    }

    /** @return the revision up to which the command has changed something, 0 for nothing */
    synchronized long result(ConsumedRecord result, SentCommand sent) {
        long revision = results.look(result, sent);
        if (revision > 0) {
            accepted.add(new AcceptedCommand(new Cause(sent.application(), sent.source(), sent.id()), revision));
        }
        return revision;
    }

    synchronized void status(String application, ConsumedRecord status) {
        String key = status.record().topic() + "/" + status.key();
        JsonNode value = status.value();
        if (value == null) {
            application(application).tombstone(status.toString(), key, status.revision());
        } else {
            application(application).status(status.toString(), key, value);
        }
    }

    private ObservedApplication application(String application) {
        return applications.computeIfAbsent(application, id -> new ObservedApplication(id, findings));
    }

    /** Whether no deployment is unfinished. */
    synchronized boolean isAtRest() {
        return applications.values().stream().allMatch(ObservedApplication::isAtRest);
    }

    /** From then on, nothing fails and nothing is waiting to be read. */
    void quietFrom(Instant then) {
        quietFrom = then;
    }

    synchronized void finish() {
        for (DeploymentResults.Report report : results.reports()) {
            ObservedDeployment deployment = application(report.application()).deployment(report.deployment());
            if (deployment == null) {
                findings.add(Breach.DIFFERING, "A report was accepted of no deployment: " + report);
            } else if (!report.status().equals("in_progress")) {
                checkReportedEnd(report, deployment);
            } else if (deployment.isInProgressAt(report.at())) {
                deployment.heard.add(report.at());
            } else {
                findings.add(Breach.DIFFERING, deployment + " was not in progress when this was accepted: " + report);
            }
        }
        applications.values().forEach(application -> {
            application.finish();
            application.deployments().stream()
                    .filter(deployment -> deployment.finishedAt != null)
                    .forEach(this::checkTheClock);
        });
        checkCauses();
    }

    private void checkReportedEnd(DeploymentResults.Report report, ObservedDeployment deployment) {
        if (!report.status().equals(deployment.end())) {
            findings.add(Breach.LOST, deployment + " ended as " + deployment.end() + ", but accepted was " + report);
        }
    }

    private void checkTheClock(ObservedDeployment deployment) {
        Instant due = deployment.dueEnd();
        if (due != null && deployment.finishedAt.isBefore(due)) {
            findings.add(
                    Breach.DIFFERING,
                    deployment + " was " + deployment.end() + " at " + deployment.finishedAt + ", due was " + due);
        } else if (due != null) {
            checkPunctual(deployment, deployment.end(), deployment.noticeableEnd(), deployment.finishedAt);
        }
        if (deployment.startedAt != null) {
            checkPunctual(deployment, "start", deployment.dueStart(), deployment.startedAt);
        }
    }

    private void checkPunctual(ObservedDeployment deployment, String what, Instant due, Instant at) {
        if (due.isAfter(quietFrom) && at.isAfter(due.plus(MAX_LATENESS))) {
            findings.add(Breach.LATE, deployment + ": " + what + " was due at " + due + ", and came at " + at);
        }
    }

    /** An accepted command's changes extend up to the revision in its result; apart from that, only timers did anything. */
    private void checkCauses() {
        Map<Cause, Long> unexplained = new HashMap<>(caused);
        timers.forEach(unexplained::remove);
        for (AcceptedCommand told : accepted) {
            Long last = unexplained.remove(told.cause);
            if (last != null && last != told.revision) {
                findings.add(Breach.TORN, told.cause + " was told revision " + told.revision + ", its events " + last);
            }
        }
        unexplained.forEach((cause, revision) ->
                findings.add(Breach.DIFFERING, "Revision " + revision + " is of no accepted command: " + cause));
    }

    DeploymentResults results() {
        return results;
    }

    /** How many deployments ended in each way. */
    synchronized Map<String, Long> ends() {
        Map<String, Long> ends = new TreeMap<>();
        ENDS.forEach(end -> ends.put(end, 0L));
        applications.values().stream()
                .flatMap(application -> application.deployments().stream())
                .filter(deployment -> deployment.end() != null)
                .forEach(deployment -> ends.merge(deployment.end(), 1L, Long::sum));
        return ends;
    }

    synchronized String counts() {
        long restored = applications.values().stream()
                .flatMap(application -> application.deployments().stream())
                .filter(deployment -> deployment.restoreOf != null)
                .count();
        return "deployments=%s restored=%d dry=%d timers=%d"
                .formatted(ends(), restored, results.dry(), timersOfTheWorker);
    }
}
