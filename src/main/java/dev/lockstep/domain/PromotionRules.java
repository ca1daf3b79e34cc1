package dev.lockstep.domain;

import static dev.lockstep.domain.Decision.rejected;
import static dev.lockstep.domain.common.Words.quoted;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.RefusalCode;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Deployment.Action;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.pipeline.Standing;
import dev.lockstep.domain.release.Placement;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Where releases may go in the pipeline: rules 2, 3, 6, 7, 15, 19 and 22. */
public final class PromotionRules {

    private PromotionRules() {}

    /** Rule 2. */
    static Decision deploy(Application application, Command.DeployRelease command, DecisionContext context) {
        Release release = application.release(command.release());
        Standing standing = Standing.of(application.pipeline(), release);
        if (command.from() != null && !goesOnFrom(application, command, standing)) {
            return notThere(command, standing);
        }
        if (command.environment() == null) {
            long ways =
                    command.from() == null ? standing.ways() : standing.waysFrom(application.position(command.from()));
            return Long.bitCount(ways) == 1
                    ? bring(application, release, Long.numberOfTrailingZeros(ways), command, context)
                    : noSingleWay(application, release, standing, ways);
        }
        int target = application.position(command.environment());
        if (application.environment(command.environment()).runs(release.id())) {
            return alreadyCurrent(release, command.environment());
        }
        return bring(application, release, target, command, context);
    }

    /** Rules 6 and 22. */
    static Decision rollback(Application application, Command.Rollback command, DecisionContext context) {
        Environment environment = application.environment(command.environment());
        boolean isBusy = environment.active() != null;
        String to = command.release();
        if (to == null) {
            to = isBusy && environment.current() != null ? environment.current().release() : environment.rollbackTo();
        }
        if (to == null) {
            return rejected(RefusalCode.NOTHING_LEFT, nothingBefore(environment));
        }
        Release target = application.release(to);
        Decision.Rejected refusal =
                isBusy && environment.runs(target.id()) ? null : refusesRollback(environment, target);
        return refusal != null
                ? refusal
                : ask(application, environment, target, Action.ROLLBACK, command, command.terms(), context);
    }

    private static Decision.Rejected refusesRollback(Environment environment, Release target) {
        if (environment.runs(target.id())) {
            return alreadyCurrent(target, environment.id());
        }
        return target.succeededIn(environment.id())
                ? null
                : rejected(
                        RefusalCode.NOT_DEPLOYED_THERE,
                        "Release '" + target.id() + "' never succeeded in '" + environment.id()
                                + "': name one that did, or deploy this one.");
    }

    /** Rule 7. */
    static Decision undeploy(Application application, Command.Undeploy command, DecisionContext context) {
        Environment environment = application.environment(command.environment());
        boolean isDeployment =
                application.pipeline().stageOf(environment.id()).policy().completion() == Policy.Completion.REPORTED
                        || environment.active() != null;
        List<Remedy.Violation> times = isDeployment ? List.of() : timesOf(command.terms());
        if (!times.isEmpty()) {
            return rejected(
                    RefusalCode.INVALID_COMMAND,
                    times.get(0).pointer() + " " + times.get(0).message() + ".",
                    new Remedy.Violations(times));
        }
        if (environment.current() == null) {
            return nothingRuns(environment);
        }
        Release current = application.release(environment.current().release());
        return isDeployment
                ? ask(application, environment, current, Action.UNDEPLOY, command, command.terms(), context)
                : Decision.accepted(new Event.ServiceRemoved(current, environment.id(), null));
    }

    private static List<Remedy.Violation> timesOf(Command.Terms terms) {
        String message = "applies only where deployments are reported: here an undeploy takes effect immediately";
        List<Remedy.Violation> violations = new ArrayList<>(2);
        if (terms.notBefore() != null) {
            violations.add(new Remedy.Violation("/data/notBefore", message));
        }
        if (terms.expiresAt() != null) {
            violations.add(new Remedy.Violation("/data/expiresAt", message));
        }
        return violations;
    }

    /** Rule 15. */
    static Decision redeploy(Application application, Command.Redeploy command, DecisionContext context) {
        Environment environment = application.environment(command.environment());
        Decision.Rejected refusal = refusesRedeploy(environment, command.release());
        return refusal != null
                ? refusal
                : ask(
                        application,
                        environment,
                        application.release(environment.current().release()),
                        Action.REDEPLOY,
                        command,
                        command.terms(),
                        context);
    }

    /** @param release what must run there, or null */
    private static Decision.Rejected refusesRedeploy(Environment environment, String release) {
        if (environment.current() == null) {
            return nothingRuns(environment);
        }
        return release == null || environment.runs(release)
                ? null
                : rejected(
                        RefusalCode.NOT_THERE,
                        "'" + environment.id() + "' runs '"
                                + environment.current().release() + "', not '" + release
                                + "': check which release to redeploy.");
    }

    /** What refused it when it was asked for is looked at again when it is to start (rule 19). */
    static Decision.Rejected refusalAtStart(
            Application application, Environment environment, Deployment.Request request) {
        Release release = application.release(request.release());
        return switch (request.asked()) {
            case DEPLOY ->
                environment.runs(release.id())
                        ? alreadyCurrent(release, environment.id())
                        : refusesToBring(application, release, application.position(environment.id()));
            case ROLLBACK ->
                environment.runs(release.id())
                                && !environment.lastDeployment().outcome().succeeded()
                        ? null
                        : refusesRollback(environment, release);
            case REDEPLOY -> refusesRedeploy(environment, release.id());
            case UNDEPLOY -> environment.current() == null ? nothingRuns(environment) : null;
        };
    }

    /** @return all environments to which a deploy without environment could go (rule 2), in the pipeline's order */
    public static List<String> nextEnvironments(Application application, Release release) {
        return application
                .pipeline()
                .ids(Standing.of(application.pipeline(), release).ways());
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
        String target = command.environment() == null ? "" : " to '" + command.environment() + "'";
        return rejected(
                RefusalCode.NOT_THERE,
                "Release '" + command.release() + "' cannot be promoted from '" + command.from() + "'" + target
                        + ": it is current in " + quoted(current) + ". This promotion may already have happened.",
                new Remedy.CurrentEnvironments(current));
    }

    private static Decision noSingleWay(Application application, Release release, Standing standing, long ways) {
        if (ways != 0) {
            List<String> open = application.pipeline().ids(ways);
            return rejected(
                    RefusalCode.ENVIRONMENT_REQUIRED,
                    "Release '" + release.id() + "' can be promoted to " + quoted(open) + ": name one of them.",
                    new Remedy.Environments(open));
        }
        return standing.arrivedEverywhere()
                ? rejected(
                        RefusalCode.NOTHING_LEFT,
                        "Release '" + release.id() + "' has reached the end of the pipeline: there is nothing to do.")
                : rejected(
                        RefusalCode.ENVIRONMENT_REQUIRED,
                        "Release '" + release.id() + "' is no longer current where it would be promoted from: name the"
                                + " environment to deploy it to.");
    }

    private static Decision.Rejected promotionOrder(
            Application application, Release release, Standing standing, int target) {
        String required = standing.required(target);
        List<String> missing = application.pipeline().ids(standing.missingBefore(target));
        return rejected(
                RefusalCode.PROMOTION_ORDER,
                "Release '" + release.id() + "' must succeed in " + quoted(missing) + " before it can be deployed to '"
                        + application.pipeline().id(target) + "': deploy it "
                        + (missing.equals(List.of(required)) ? "there" : "to '" + required + "'") + " first.",
                new Remedy.Required(required, missing));
    }

    private static Decision.Rejected alreadyCurrent(Release release, String environment) {
        return rejected(
                RefusalCode.ALREADY_CURRENT,
                "Release '" + release.id() + "' already runs in '" + environment + "': there is nothing to do.");
    }

    private static Decision.Rejected nothingRuns(Environment environment) {
        return rejected(
                RefusalCode.NOTHING_LEFT, "Nothing runs in '" + environment.id() + "': there is nothing to do.");
    }

    private static String nothingBefore(Environment environment) {
        if (environment.current() == null) {
            return "Nothing runs in '" + environment.id() + "': name the release to roll back to.";
        }
        String before = environment.line().beforeEnd();
        return before == null
                ? "Nothing ran in '" + environment.id() + "' before '"
                        + environment.current().release() + "': to bring in another release, deploy it."
                : "'" + before + "', which ran in '" + environment.id()
                        + "' before, is archived: unarchive it, or name the release to roll back to.";
    }

    private static Decision bring(
            Application application,
            Release release,
            int target,
            Command.DeployRelease command,
            DecisionContext context) {
        Environment environment = application.environment(application.pipeline().id(target));
        Decision.Rejected onItsWay = onItsWay(environment, release, Action.DEPLOY);
        Decision.Rejected refusal = onItsWay == null ? refusesToBring(application, release, target) : onItsWay;
        return refusal != null
                ? refusal
                : DeploymentRules.ask(
                        application, environment, release, Action.DEPLOY, command.common(), command.terms(), context);
    }

    /** Whether the order of promotion allows it, and the environment does not demand more. */
    private static Decision.Rejected refusesToBring(Application application, Release release, int target) {
        Standing standing = Standing.of(application.pipeline(), release);
        if (!standing.mayGoTo(target)) {
            return promotionOrder(application, release, standing, target);
        }
        Stage stage = application.pipeline().stage(target);
        Environment environment = application.environment(stage.id());
        Release current = environment.current() == null
                ? null
                : application.release(environment.current().release());
        return stage.policy().onlyNewer() && current != null && release.createdRevision() < current.createdRevision()
                ? rejected(
                        RefusalCode.OLDER_THAN_CURRENT,
                        "'" + stage.id() + "' accepts only releases newer than '" + current.id()
                                + "', which runs there, and '" + release.id()
                                + "' is older: to go back on purpose, roll back.")
                : null;
    }

    private static Decision.Rejected onItsWay(Environment environment, Release release, Action asked) {
        Deployment deployment = environment
                .onItsWay()
                .filter(one -> asked == Action.UNDEPLOY
                        ? one.request().asked() == Action.UNDEPLOY
                        : one.request().asked() != Action.UNDEPLOY
                                && one.request().release().equals(release.id()))
                .findFirst()
                .orElse(null);
        if (deployment == null) {
            return null;
        }
        String id = deployment.request().id();
        String what = asked == Action.UNDEPLOY
                ? "'" + environment.id() + "' is being undeployed"
                : "Release '" + release.id() + "' is on its way to '" + environment.id() + "'";
        return rejected(
                RefusalCode.ALREADY_ON_ITS_WAY,
                what + " already, in deployment " + id + ": follow that one, or cancel it.",
                new Remedy.InTheWay(id));
    }

    private static Decision ask(
            Application application,
            Environment environment,
            Release release,
            Action asked,
            Command command,
            Command.Terms terms,
            DecisionContext context) {
        Decision.Rejected onItsWay = onItsWay(environment, release, asked);
        return onItsWay != null
                ? onItsWay
                : DeploymentRules.ask(application, environment, release, asked, command.common(), terms, context);
    }

    /** What it is that was asked for, once it starts. */
    static Action actionOf(Environment environment, Release release, Action asked) {
        if (asked == Action.UNDEPLOY || asked == Action.REDEPLOY) {
            return asked;
        }
        if (environment.runs(release.id())) {
            return Action.REDEPLOY;
        }
        int place = placeOnLine(environment, release);
        boolean goesBack = place > 0 && place < environment.line().length();
        return goesBack ? Action.ROLLBACK : Action.DEPLOY;
    }

    /** Rule 3. */
    static String linkedFrom(Application application, Release release, int target) {
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
