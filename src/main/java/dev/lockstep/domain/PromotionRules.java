package dev.lockstep.domain;

import static dev.lockstep.domain.Decision.rejected;

import java.util.ArrayList;
import java.util.List;

/** How releases move through the pipeline: rules 2, 6 and 7. */
public final class PromotionRules {

    private PromotionRules() {}

    /** Rule 2. */
    static Decision deploy(Application application, Command.DeployRelease command, Surroundings surroundings) {
        Release release = application.release(command.release());
        int furthest = furthest(application, release);
        int target;
        if (command.environment() != null) {
            target = application.position(command.environment());
            Decision refusal = refuseTarget(application, target, release);
            if (refusal != null) {
                return refusal;
            }
        } else if (leftFurthest(application, release, furthest)) {
            return rejected(
                    RefusalCode.ENVIRONMENT_REQUIRED,
                    "Release '" + release.id() + "' is no longer current in '" + idAt(application, furthest)
                            + "', the furthest environment it succeeded in: name the environment to deploy it to.");
        } else if (furthest == application.pipeline().size() - 1) {
            return rejected(
                    RefusalCode.NOTHING_LEFT,
                    "Release '" + release.id() + "' is already in '" + idAt(application, furthest)
                            + "', the last environment of the pipeline: there is nothing to do.");
        } else {
            target = furthest + 1;
        }
        if (!succeededAt(application, release, target) && !succeededAt(application, release, target - 1)) {
            return Decision.promotionOrder(release.id(), idAt(application, target), firstMissing(application, release));
        }
        return deployTo(application, release, target, command.common(), surroundings);
    }

    /** Rule 6. */
    static Decision rollback(Application application, Command.Rollback command, Surroundings surroundings) {
        int target = application.position(command.environment());
        Release named = command.release() == null ? null : application.release(command.release());
        Decision refusal = refuseTarget(application, target, named);
        if (refusal != null) {
            return refusal;
        }
        if (named != null) {
            return named.succeededIn(command.environment())
                    ? deployTo(application, named, target, command.common(), surroundings)
                    : rejected(
                            RefusalCode.NOT_DEPLOYED_THERE,
                            "Release '" + named.id() + "' never succeeded in '" + command.environment()
                                    + "': name one that did, or deploy it.");
        }
        Environment environment = application.environment(command.environment());
        if (environment.rollbackTo() == null) {
            return rejected(
                    RefusalCode.NOTHING_LEFT,
                    environment.current() == null
                            ? "Nothing runs in '" + environment.id() + "': name the release to go back to."
                            : "Nothing ran in '" + environment.id() + "' before '"
                                    + environment.current().release()
                                    + "': to bring another release there, deploy it.");
        }
        return deployTo(
                application, application.release(environment.rollbackTo()), target, command.common(), surroundings);
    }

    /** Rule 7. */
    static Decision undeploy(Application application, Command.Undeploy command) {
        Decision refusal = refuseTarget(application, application.position(command.environment()), null);
        if (refusal != null) {
            return refusal;
        }
        Environment environment = application.environment(command.environment());
        if (environment.current() == null) {
            return rejected(
                    RefusalCode.NOTHING_LEFT, "Nothing runs in '" + environment.id() + "': there is nothing to do.");
        }
        return Decision.accepted(new Event.ServiceRemoved(
                application.release(environment.current().release()), environment.id()));
    }

    /** @return where a deploy without environment would go, or null when it would be refused (rule 2) */
    public static String next(Application application, Release release) {
        int furthest = furthest(application, release);
        boolean stuck = furthest == application.pipeline().size() - 1 || leftFurthest(application, release, furthest);
        return stuck ? null : idAt(application, furthest + 1);
    }

    /** @return the place of the release on the environment's line, or 0 when it is not on it (rule 6) */
    static int placeOnLine(Environment environment, Release release) {
        Placement placement = release.placements().get(environment.id());
        boolean on = placement != null && environment.line().has(release.id(), placement.linePosition());
        return on ? placement.linePosition() : 0;
    }

    private static Decision refuseTarget(Application application, int target, Release release) {
        String id = idAt(application, target);
        if (target == 0) {
            return rejected(
                    RefusalCode.FIRST_ENVIRONMENT,
                    "'" + id + "' is the pipeline's first environment: it holds every release and nothing is deployed"
                            + " to it. Name a later one.");
        }
        if (release != null && application.environment(id).runs(release.id())) {
            return rejected(
                    RefusalCode.ALREADY_CURRENT,
                    "Release '" + release.id() + "' is what runs in '" + id + "': there is nothing to do.");
        }
        return null;
    }

    private static Decision deployTo(
            Application application, Release release, int target, Command.Common asked, Surroundings surroundings) {
        Environment environment = application.environment(idAt(application, target));
        int place = placeOnLine(environment, release);
        boolean goesBack = place > 0 && place < environment.line().length();
        Deployment.Request request = new Deployment.Request(
                Ids.deployment(application.id(), application.revision() + 1),
                release.id(),
                environment.id(),
                goesBack ? Deployment.Action.ROLLBACK : Deployment.Action.DEPLOY,
                environment.current() == null ? null : environment.current().release(),
                idAt(application, target - 1),
                asked.actor(),
                asked.reason(),
                release.source(),
                surroundings.now());
        Deployment.Ended deployment =
                new Deployment.Waiting(request).start(surroundings.now()).succeed(surroundings.now());
        List<Event> events = new ArrayList<>(2);
        if (!release.locked()) {
            events.add(new Event.ReleaseLocked(release, deployment));
        }
        events.add(new Event.ServiceDeployed(release, deployment));
        return new Decision.Accepted(events, request.id());
    }

    /** The place of the furthest environment in which the release succeeded; it succeeded in the first by being created. */
    private static int furthest(Application application, Release release) {
        int furthest = application.pipeline().size() - 1;
        while (!succeededAt(application, release, furthest)) {
            furthest--;
        }
        return furthest;
    }

    private static boolean leftFurthest(Application application, Release release, int furthest) {
        return furthest > 0 && !release.currentIn(idAt(application, furthest));
    }

    private static boolean succeededAt(Application application, Release release, int position) {
        return position == 0 || release.succeededIn(idAt(application, position));
    }

    private static String firstMissing(Application application, Release release) {
        int position = 0;
        while (succeededAt(application, release, position)) {
            position++;
        }
        return idAt(application, position);
    }

    private static String idAt(Application application, int position) {
        return application.pipeline().get(position).id();
    }
}
