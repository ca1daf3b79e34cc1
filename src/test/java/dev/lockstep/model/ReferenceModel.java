package dev.lockstep.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A sequential model of Lockstep's rules, written from the contract (sections 1, 3, 4, 5, 6) and from nothing else, to
 * judge the worker by. It has no clock: each command brings its time. Not thread-safe.
 *
 * <p>Only the order of commands within one application matters, except for the revision of a command whose record key
 * is not its application ({@link Expected#foreignKey()}).
 */
public final class ReferenceModel {

    private record IdempotencyKey(String application, String source, String id) {}

    private record Remembered(Sent first, Expected outcome) {}

    private final Map<String, ModelApplication> applications = new HashMap<>();
    private final Map<IdempotencyKey, Remembered> remembered = new HashMap<>();

    /** What must come of this command after all that were applied before it. */
    public Expected apply(Sent sent) {
        return apply(sent, application(sent.application()));
    }

    /** What must come of a command that was judged before its application came into being, though that was applied already. */
    public Expected applyAsOfNobody(Sent sent) {
        return apply(sent, new ModelApplication(sent.application()));
    }

    private Expected apply(Sent sent, ModelApplication judged) {
        if (sent.isTimer()) {
            return timer(sent, judged);
        }
        String application = sent.application();
        Code unread = unread(sent);
        if (unread != null) {
            return ofDryRun(sent, Expected.refused(unread, application, judged.revision()))
                    .withForeignKey(sent.keyMismatch());
        }
        IdempotencyKey key = new IdempotencyKey(application, sent.source(), sent.id());
        Remembered first = remembered.get(key);
        if (first != null) {
            return first.first.sameContent(sent)
                    ? first.outcome.again()
                    : ofDryRun(sent, Expected.refused(Code.ID_REUSED, application, judged.revision()));
        }
        Expected outcome = judged.apply(sent);
        if (outcome.code() != Code.INVALID_COMMAND && !sent.isDryRun()) {
            remembered.put(key, new Remembered(sent, outcome));
        }
        return outcome;
    }

    /** Section 3: no command, no id, no result. */
    private static Expected timer(Sent sent, ModelApplication judged) {
        if (!sent.valid() || sent.keyMismatch()) {
            return Expected.nothing(sent.application(), judged.revision()).answered(Expected.Answer.DEAD_LETTER);
        }
        return judged.lookAtTheTime(sent);
    }

    private static Expected ofDryRun(Sent sent, Expected outcome) {
        return sent.isDryRun() ? outcome.dry() : outcome;
    }

    /** The refusals that do not take the id; null if none applies. */
    private static Code unread(Sent sent) {
        if (sent.kind() == null) {
            return Code.UNKNOWN_COMMAND;
        }
        if (!sent.valid()) {
            return Code.INVALID_COMMAND;
        }
        return sent.keyMismatch() ? Code.KEY_MISMATCH : null;
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
    public List<Stop> pipeline(String application) {
        return state(application).pipeline.stops();
    }

    /** All that the application has, archived ones too, in the order of their creation. */
    public Set<String> releaseIds(String application) {
        return state(application).releases.keySet();
    }

    /** Those of them that are out of sight each by itself. */
    Set<String> archivedReleases(String application) {
        Set<String> archived = new TreeSet<>();
        state(application).releases.values().stream()
                .filter(release -> release.archived)
                .forEach(release -> archived.add(release.id));
        return archived;
    }

    /** Null for none. */
    Keep keep(String application) {
        return state(application).facts.keep();
    }

    boolean isArchived(String application) {
        return state(application).archived;
    }

    /** What the application-status record must say, null for an unknown application. */
    public Stamped<ApplicationView> status(String application) {
        return published(application).application;
    }

    /** What the release-status records must say, by release id. */
    public Map<String, Stamped<ReleaseView>> releases(String application) {
        return published(application).releases;
    }

    /** What the deployment-status records must say, by environment id, in pipeline order. */
    public Map<String, Stamped<EnvironmentView>> environments(String application) {
        return published(application).environments;
    }

    /** The reasons that a release's tombstone may give, by the ids of what was published and is no longer. */
    public Map<String, Set<String>> goneReleases(String application) {
        return published(application).goneReleases;
    }

    /** The same of environments. */
    public Map<String, Set<String>> goneEnvironments(String application) {
        return published(application).goneEnvironments;
    }

    /** The releases that a rollback can walk back along, oldest first (rule 6). */
    public List<String> line(String application, String environment) {
        return application(application).line(environment);
    }

    /** When time changes anything next, null if it never does. */
    public Instant due(String application) {
        return application(application).due();
    }

    /** Those that are on their way, and those that are remembered as they ended. */
    List<ModelDeployment> deployments(String application) {
        List<ModelDeployment> all =
                new ArrayList<>(state(application).onTheirWay.values());
        state(application).ended.values().stream()
                .filter(deployment -> !deployment.forgotten)
                .forEach(all::add);
        return all;
    }

    private ModelState state(String application) {
        return application(application).state();
    }

    private Publication published(String application) {
        return application(application).publication();
    }

    private ModelApplication application(String name) {
        return applications.computeIfAbsent(name, ModelApplication::new);
    }
}
