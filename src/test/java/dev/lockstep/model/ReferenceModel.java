package dev.lockstep.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A sequential model of Lockstep's rules, written from the contract (sections 1, 3, 4, 5, 6) and nothing else, by which to
 * judge the worker. It has no clock: each command carries its time. Not thread-safe.
 *
 * <p>Only the order of commands within one application matters, except for the revision of a command whose record key
 * is not its application ({@link ExpectedOutcome#foreignKey()}).
 */
public final class ReferenceModel {

    private record IdempotencyKey(String application, String source, String id) {}

    private record Remembered(SentCommand first, ExpectedOutcome outcome) {}

    private final Map<String, ModelApplication> applications = new HashMap<>();
    private final Map<IdempotencyKey, Remembered> remembered = new HashMap<>();

    /** What this command must lead to after all that were applied before it. */
    public ExpectedOutcome apply(SentCommand sent) {
        return apply(sent, application(sent.application()));
    }

    /** What a command must lead to that was judged before its application existed, though its creation was already applied. */
    public ExpectedOutcome applyAsOfNobody(SentCommand sent) {
        return apply(sent, new ModelApplication(sent.application()));
    }

    private ExpectedOutcome apply(SentCommand sent, ModelApplication judged) {
        if (sent.isTimer()) {
            return timer(sent, judged);
        }
        String application = sent.application();
        ExpectedRefusal unread = unread(sent);
        if (unread != null) {
            return ofDryRun(sent, ExpectedOutcome.refused(unread, application, judged.revision()))
                    .withForeignKey(sent.keyMismatch());
        }
        IdempotencyKey key = new IdempotencyKey(application, sent.source(), sent.id());
        Remembered first = remembered.get(key);
        if (first != null) {
            return first.first.sameContent(sent)
                    ? first.outcome.again()
                    : ofDryRun(
                            sent, ExpectedOutcome.refused(ExpectedRefusal.ID_REUSED, application, judged.revision()));
        }
        ExpectedOutcome outcome = judged.apply(sent);
        if (outcome.code() != ExpectedRefusal.INVALID_COMMAND && !sent.isDryRun()) {
            remembered.put(key, new Remembered(sent, outcome));
        }
        return outcome;
    }

    /** Section 3: no command, no id, no result. */
    private static ExpectedOutcome timer(SentCommand sent, ModelApplication judged) {
        if (!sent.valid() || sent.keyMismatch()) {
            return ExpectedOutcome.nothing(sent.application(), judged.revision())
                    .answered(ExpectedOutcome.Response.DEAD_LETTER);
        }
        return judged.applyTimer(sent);
    }

    private static ExpectedOutcome ofDryRun(SentCommand sent, ExpectedOutcome outcome) {
        return sent.isDryRun() ? outcome.dry() : outcome;
    }

    /** The refusals that do not use up the id; null if none applies. */
    private static ExpectedRefusal unread(SentCommand sent) {
        if (sent.kind() == null) {
            return ExpectedRefusal.UNKNOWN_COMMAND;
        }
        if (!sent.valid()) {
            return ExpectedRefusal.INVALID_COMMAND;
        }
        return sent.keyMismatch() ? ExpectedRefusal.KEY_MISMATCH : null;
    }

    /** The applications that exist, sorted. */
    public Set<String> applications() {
        Set<String> existing = new TreeSet<>();
        applications.forEach((name, application) -> {
            if (application.exists()) {
                existing.add(name);
            }
        });
        return existing;
    }

    /** 0 for an unknown application or for null. */
    public long revision(String application) {
        return application == null ? 0 : application(application).revision();
    }

    /** Empty for an unknown application. */
    public List<ModelStage> pipeline(String application) {
        return state(application).pipeline.stops();
    }

    /** The environments that it comes directly after. */
    List<String> predecessors(String application, String environment) {
        return state(application).pipeline.predecessors(environment);
    }

    /** All releases of the application, including archived ones, in the order of their creation. */
    public Set<String> releaseIds(String application) {
        return state(application).releases.keySet();
    }

    /** Those of them that were archived individually. */
    Set<String> archivedReleases(String application) {
        Set<String> archived = new TreeSet<>();
        state(application).releases.values().stream()
                .filter(release -> release.archived)
                .forEach(release -> archived.add(release.id));
        return archived;
    }

    /** Null for none. */
    ModelKeepPolicy keep(String application) {
        return state(application).facts.keep();
    }

    boolean isArchived(String application) {
        return state(application).archived;
    }

    /** What the application-status record must say; null for an unknown application. */
    public Stamped<ExpectedApplication> status(String application) {
        return published(application).application;
    }

    /** What the release-status records must say, by release id. */
    public Map<String, Stamped<ExpectedRelease>> releases(String application) {
        return published(application).releases;
    }

    /** What the deployment-status records must say, by environment id, in pipeline order. */
    public Map<String, Stamped<ExpectedEnvironment>> environments(String application) {
        return published(application).environments;
    }

    /** The reasons that a release's tombstone may give, by the ids of releases that are no longer published. */
    public Map<String, Set<String>> goneReleases(String application) {
        return published(application).goneReleases;
    }

    /** The same for environments. */
    public Map<String, Set<String>> goneEnvironments(String application) {
        return published(application).goneEnvironments;
    }

    /** The releases along which rollbacks can go back, oldest first (rule 6). */
    public List<String> line(String application, String environment) {
        return application(application).line(environment);
    }

    /** When the clock will next change anything, null if never. */
    public Instant due(String application) {
        return application(application).due();
    }

    /** Unfinished deployments, and remembered ended ones. */
    List<ModelDeployment> deployments(String application) {
        List<ModelDeployment> all =
                new ArrayList<>(state(application).unfinished.values());
        state(application).ended.values().stream()
                .filter(deployment -> !deployment.forgotten)
                .forEach(all::add);
        return all;
    }

    private ModelState state(String application) {
        return application(application).state();
    }

    private ExpectedStatuses published(String application) {
        return application(application).publication();
    }

    private ModelApplication application(String name) {
        return applications.computeIfAbsent(name, ModelApplication::new);
    }
}
