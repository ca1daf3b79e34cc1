package dev.lockstep.domain;

import static dev.lockstep.domain.Decision.quoted;
import static dev.lockstep.domain.Decision.rejected;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How releases move through the pipeline: rules 2, 3, 6, 7 and 15. */
public final class PromotionRules {

    private PromotionRules() {}

    /** Rule 2. */
    static Decision deploy(Application application, Command.DeployRelease command, Surroundings surroundings) {
        Release release = application.release(command.release());
        Standing standing = Standing.of(application, release);
        if (command.from() != null && !goesOnFrom(application, command, standing)) {
            return notThere(command, standing);
        }
        if (command.environment() == null) {
            long ways =
                    command.from() == null ? standing.ways() : standing.waysFrom(application.position(command.from()));
            return Long.bitCount(ways) == 1
                    ? bring(application, release, Long.numberOfTrailingZeros(ways), command.common(), surroundings)
                    : noSingleWay(application, release, standing, ways);
        }
        int target = application.position(command.environment());
        if (application.environment(command.environment()).runs(release.id())) {
            return alreadyCurrent(release, command.environment());
        }
        return standing.mayGoTo(target)
                ? bring(application, release, target, command.common(), surroundings)
                : promotionOrder(application, release, standing, target);
    }

    /** Rule 6. */
    static Decision rollback(Application application, Command.Rollback command, Surroundings surroundings) {
        Environment environment = application.environment(command.environment());
        Release target;
        if (command.release() == null) {
            if (environment.rollbackTo() == null) {
                return rejected(RefusalCode.NOTHING_LEFT, nothingBefore(environment));
            }
            target = application.release(environment.rollbackTo());
        } else {
            target = application.release(command.release());
            if (environment.runs(target.id())) {
                return alreadyCurrent(target, environment.id());
            }
            if (!target.succeededIn(environment.id())) {
                return rejected(
                        RefusalCode.NOT_DEPLOYED_THERE,
                        "Release '" + target.id() + "' never succeeded in '" + environment.id()
                                + "': name one that did, or deploy it.");
            }
        }
        return deployTo(
                application, target, environment, actionOf(environment, target), command.common(), surroundings);
    }

    /** Rule 7. */
    static Decision undeploy(Application application, Command.Undeploy command) {
        Environment environment = application.environment(command.environment());
        return environment.current() == null
                ? nothingRuns(environment)
                : Decision.accepted(new Event.ServiceRemoved(
                        application.release(environment.current().release()), environment.id()));
    }

    /** Rule 15. */
    static Decision redeploy(Application application, Command.Redeploy command, Surroundings surroundings) {
        Environment environment = application.environment(command.environment());
        if (command.release() != null && environment.current() != null && !environment.runs(command.release())) {
            return rejected(
                    RefusalCode.NOT_THERE,
                    "Not '" + command.release() + "' but '"
                            + environment.current().release() + "' runs in '" + environment.id()
                            + "': look again at what is to be deployed again.");
        }
        if (environment.current() == null) {
            return nothingRuns(environment);
        }
        return deployTo(
                application,
                application.release(environment.current().release()),
                environment,
                Deployment.Action.REDEPLOY,
                command.common(),
                surroundings);
    }

    /** @return all environments to which a deploy without environment could go (rule 2), in the pipeline's order */
    public static List<String> nextEnvironments(Application application, Release release) {
        return application.pipeline().ids(Standing.of(application, release).ways());
    }

    /** @return the place of the release on the environment's line, or 0 when it is not on it (rule 6) */
    static int placeOnLine(Environment environment, Release release) {
        Placement placement = release.placements().get(environment.id());
        boolean on = placement != null && environment.line().has(release.id(), placement.linePosition());
        return on ? placement.linePosition() : 0;
    }

    private static boolean goesOnFrom(Application application, Command.DeployRelease command, Standing standing) {
        int from = application.position(command.from());
        boolean onward = command.environment() == null
                ? !standing.succeededBeyond(from)
                : application
                        .pipeline()
                        .after(application.position(command.environment()))
                        .contains(command.from());
        return standing.currentIn(from) && onward;
    }

    private static Decision notThere(Command.DeployRelease command, Standing standing) {
        List<String> current = standing.currentEnvironments();
        String where = command.environment() == null ? "onward" : "to '" + command.environment() + "'";
        return rejected(
                RefusalCode.NOT_THERE,
                "Release '" + command.release() + "' does not go from '" + command.from() + "' " + where
                        + ": it is current in " + quoted(current)
                        + ". Perhaps what this command asks for was done before.",
                Remedy.currentEnvironments(current));
    }

    private static Decision noSingleWay(Application application, Release release, Standing standing, long ways) {
        if (ways != 0) {
            List<String> open = application.pipeline().ids(ways);
            return rejected(
                    RefusalCode.ENVIRONMENT_REQUIRED,
                    "Release '" + release.id() + "' can go to " + quoted(open) + ": name one of them.",
                    Remedy.environments(open));
        }
        return standing.arrivedEverywhere()
                ? rejected(
                        RefusalCode.NOTHING_LEFT,
                        "Release '" + release.id()
                                + "' has arrived at the end of the pipeline: there is nothing to do.")
                : rejected(
                        RefusalCode.ENVIRONMENT_REQUIRED,
                        "Release '" + release.id() + "' is no longer current where it would go on from: name the"
                                + " environment to deploy it to.");
    }

    private static Decision promotionOrder(Application application, Release release, Standing standing, int target) {
        String required = standing.required(target);
        List<String> missing = application.pipeline().ids(standing.missingBefore(target));
        return rejected(
                RefusalCode.PROMOTION_ORDER,
                "Release '" + release.id() + "' must succeed in " + quoted(missing) + " before it can go to '"
                        + application.pipeline().id(target) + "': deploy it "
                        + (missing.equals(List.of(required)) ? "there" : "to '" + required + "'") + " first.",
                Remedy.required(required, missing));
    }

    private static Decision alreadyCurrent(Release release, String environment) {
        return rejected(
                RefusalCode.ALREADY_CURRENT,
                "Release '" + release.id() + "' is what runs in '" + environment + "': there is nothing to do.");
    }

    private static Decision nothingRuns(Environment environment) {
        return rejected(
                RefusalCode.NOTHING_LEFT, "Nothing runs in '" + environment.id() + "': there is nothing to do.");
    }

    private static String nothingBefore(Environment environment) {
        if (environment.current() == null) {
            return "Nothing runs in '" + environment.id() + "': name the release to go back to.";
        }
        String before = environment.line().beforeEnd();
        return before == null
                ? "Nothing ran in '" + environment.id() + "' before '"
                        + environment.current().release() + "': to bring another release there, deploy it."
                : "'" + before + "', which ran in '" + environment.id()
                        + "' before, is archived: unarchive it, or name another release.";
    }

    /** What the order of promotion allows, unless the environment demands more. */
    private static Decision bring(
            Application application, Release release, int target, Command.Common asked, Surroundings surroundings) {
        Stage stage = application.pipeline().stage(target);
        Environment environment = application.environment(stage.id());
        Release current = environment.current() == null
                ? null
                : application.release(environment.current().release());
        if (stage.policy().onlyNewer() && current != null && release.createdRevision() < current.createdRevision()) {
            return rejected(
                    RefusalCode.OLDER_THAN_CURRENT,
                    "Release '" + release.id() + "' was created before '" + current.id() + "', which runs in '"
                            + stage.id() + "', and that takes only newer ones: to go back on purpose, roll back.");
        }
        return deployTo(application, release, environment, actionOf(environment, release), asked, surroundings);
    }

    private static Deployment.Action actionOf(Environment environment, Release release) {
        int place = placeOnLine(environment, release);
        boolean goesBack = place > 0 && place < environment.line().length();
        return goesBack ? Deployment.Action.ROLLBACK : Deployment.Action.DEPLOY;
    }

    private static Decision deployTo(
            Application application,
            Release release,
            Environment environment,
            Deployment.Action action,
            Command.Common asked,
            Surroundings surroundings) {
        int position = application.position(environment.id());
        Deployment.Request request = new Deployment.Request(
                Ids.deployment(application.id(), application.revision() + 1),
                release.id(),
                environment.id(),
                application.pipeline().stage(position).tier(),
                action,
                environment.current() == null ? null : environment.current().release(),
                linkedFrom(application, release, position),
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
        events.add(
                action == Deployment.Action.REDEPLOY
                        ? new Event.ServiceRedeployed(release, deployment)
                        : new Event.ServiceDeployed(release, deployment));
        return new Decision.Accepted(events, request.id());
    }

    /** Rule 3. */
    private static String linkedFrom(Application application, Release release, int target) {
        List<String> after = application.pipeline().after(target);
        String latest = after.get(0);
        Instant at = Instant.MIN;
        for (String environment : after) {
            Instant succeeded = lastSuccess(application, release, environment);
            if (succeeded != null && succeeded.isAfter(at)) {
                latest = environment;
                at = succeeded;
            }
        }
        return latest;
    }

    private static Instant lastSuccess(Application application, Release release, String environment) {
        if (application.position(environment) == 0) {
            return release.createdAt();
        }
        Placement placement = release.placements().get(environment);
        return placement == null ? null : placement.lastSucceededAt();
    }
}
