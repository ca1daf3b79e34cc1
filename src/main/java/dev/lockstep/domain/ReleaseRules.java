package dev.lockstep.domain;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.release.Annotations;
import dev.lockstep.domain.release.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Creating, updating, annotating and deleting a release: rules 1, 3, 4, 5, 12 and 17. */
final class ReleaseRules {

    private ReleaseRules() {}

    /** Rule 1: into the pipeline's first environment, unlinked; an unknown application is created first. */
    static Decision create(Application application, Command.CreateRelease command, DecisionContext context) {
        Release existing = application.releaseIfExists(command.release());
        if (existing != null) {
            return Decision.rejected(
                    RejectionCode.RELEASE_EXISTS,
                    "Release '" + command.release() + "' already exists"
                            + (existing.isArchived()
                                    ? ", and is archived. Use another id, or unarchive it."
                                    : ". Use another id, or update it."));
        }
        List<Event> events = new ArrayList<>();
        if (!application.exists()) {
            events.addAll(PipelineRules.creationEvents(Pipeline.DEFAULT));
        }
        long revision = application.revision() + events.size() + 1;
        events.add(new Event.ReleaseCreated(new Release(
                command.release(),
                command.title(),
                command.description(),
                command.artifactId(),
                command.source(),
                command.chainId(),
                new Annotations(null, command.labels()),
                context.now(),
                command.common().attribution().actor(),
                revision,
                Map.of(),
                Map.of(),
                false,
                null,
                null)));
        return new Decision.Accepted(events, null);
    }

    /** Rules 3 and 12: only while unlocked; an update that changes nothing causes no event. */
    static Decision update(Application application, Command.UpdateRelease command) {
        Release before = application.release(command.release());
        if (before.isLocked()) {
            return Decision.rejectedAsLocked(before);
        }
        Release after = new Release(
                before.id(),
                Objects.requireNonNullElse(command.title(), before.title()),
                command.description().applyTo(before.description()),
                command.artifactId().applyTo(before.artifactId()),
                command.source().applyTo(before.source()),
                before.chainId(),
                before.annotations(),
                before.createdAt(),
                before.createdBy(),
                before.createdRevision(),
                before.locks(),
                before.placements(),
                before.isArchived(),
                before.unarchivedAt(),
                before.lastChange());
        return after.equals(before) ? Decision.NO_CHANGE : Decision.accepted(new Event.ReleaseUpdated(after));
    }

    /** Rule 17: at any time, locked or not. */
    static Decision annotate(Application application, Command.AnnotateRelease command) {
        Release before = application.release(command.release());
        Annotations after = before.annotations().with(command.notes(), command.labels());
        if (after.labels().size() > Annotations.MAX_LABELS) {
            String message = "would leave the release with " + after.labels().size() + " labels, and at most "
                    + Annotations.MAX_LABELS + " are allowed: remove some with null";
            return Decision.invalid(List.of(Violation.ofField("labels", message)));
        }
        return after.equals(before.annotations())
                ? Decision.NO_CHANGE
                : Decision.accepted(new Event.ReleaseAnnotated(before.withAnnotations(after)));
    }

    /** Rules 4 and 5: an unlocked release is removed everywhere; a locked one cannot be removed, and nothing overrides that. */
    static Decision delete(Application application, Command.DeleteRelease command) {
        Release release = application.release(command.release());
        return release.isLocked()
                ? Decision.rejectedAsLocked(release)
                : Decision.accepted(new Event.ReleaseDeleted(release));
    }
}
