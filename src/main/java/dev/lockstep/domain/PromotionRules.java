package dev.lockstep.domain;

import static dev.lockstep.domain.Decision.rejected;
import static dev.lockstep.domain.common.NameFormat.quoted;

import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Deployment.Action;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.PromotionState;
import dev.lockstep.domain.pipeline.Stage;
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
        PromotionState promotionState = PromotionState.of(application.pipeline(), release);
        if (command.from() != null && !canPromoteFrom(application, command, promotionState)) {
            return rejectNotThere(command, promotionState);
        }
        if (command.environment() == null) {
            long openPaths = command.from() == null
                    ? promotionState.openTargetMask()
                    : promotionState.openTargetMaskFrom(application.positionOf(command.from()));
            return Long.bitCount(openPaths) == 1
                    ? deployTo(application, release, Long.numberOfTrailingZeros(openPaths), command, context)
                    : rejectAmbiguousTarget(application, release, promotionState, openPaths);
        }
        int targetPosition = application.positionOf(command.environment());
        if (application.environment(command.environment()).isCurrent(release.id())) {
            return rejectAlreadyCurrent(release, command.environment());
        }
        return deployTo(application, release, targetPosition, command, context);
    }

    /** Rules 6 and 22. */
    static Decision rollback(Application application, Command.RollBackEnvironment command, DecisionContext context) {
        Environment environment = application.environment(command.environment());
        boolean isBusy = environment.inProgress() != null;
        String releaseId = command.release();
        if (releaseId == null) {
            releaseId = isBusy && environment.current() != null
                    ? environment.current().release()
                    : environment.rollbackTarget();
        }
        if (releaseId == null) {
            return rejected(RejectionCode.NOTHING_LEFT, noRollbackTargetDetail(environment));
        }
        Release target = application.release(releaseId);
        Decision.Rejected rejection =
                isBusy && environment.isCurrent(target.id()) ? null : checkRollback(environment, target);
        return rejection != null
                ? rejection
                : requestUnlessOnItsWay(
                        application, new RequestedDeployment(environment, target, Action.ROLLBACK), command, context);
    }

    private static Decision.Rejected checkRollback(Environment environment, Release target) {
        if (environment.isCurrent(target.id())) {
            return rejectAlreadyCurrent(target, environment.id());
        }
        return target.hasSucceededIn(environment.id())
                ? null
                : rejected(
                        RejectionCode.NOT_DEPLOYED_THERE,
                        "Release '" + target.id() + "' never succeeded in '" + environment.id()
                                + "': name one that did, or deploy this one.");
    }

    /** Rule 7. */
    static Decision undeploy(Application application, Command.UndeployRelease command, DecisionContext context) {
        Environment environment = application.environment(command.environment());
        boolean isDeployment = application.policyOf(environment).completion() == Policy.Completion.REPORTED
                || environment.inProgress() != null;
        List<Violation> times = isDeployment ? List.of() : timeViolations(command.startOptions());
        if (!times.isEmpty()) {
            return Decision.invalid(times);
        }
        if (environment.current() == null) {
            return rejectEmptyEnvironment(environment);
        }
        Release current = application.release(environment.current().release());
        RequestedDeployment requested = new RequestedDeployment(environment, current, Action.UNDEPLOY);
        if (isDeployment) {
            return requestUnlessOnItsWay(application, requested, command, context);
        }
        Decision.Rejected rejection = DeploymentRules.checkImmediate(application, requested, command, context);
        return rejection != null
                ? rejection
                : Decision.accepted(new Event.ServiceRemoved(current, environment.id(), null));
    }

    private static List<Violation> timeViolations(Command.StartOptions startOptions) {
        String message = "applies only where deployments are reported: here an undeploy takes effect immediately";
        List<Violation> violations = new ArrayList<>(2);
        if (startOptions.notBefore() != null) {
            violations.add(Violation.ofField("notBefore", message));
        }
        if (startOptions.expiresAt() != null) {
            violations.add(Violation.ofField("expiresAt", message));
        }
        return violations;
    }

    /** Rule 15. */
    static Decision redeploy(Application application, Command.RedeployEnvironment command, DecisionContext context) {
        Environment environment = application.environment(command.environment());
        Decision.Rejected rejection = checkRedeploy(environment, command.release());
        return rejection != null
                ? rejection
                : requestUnlessOnItsWay(
                        application,
                        new RequestedDeployment(
                                environment,
                                application.release(environment.current().release()),
                                Action.REDEPLOY),
                        command,
                        context);
    }

    /** @param release what must run there, or null */
    private static Decision.Rejected checkRedeploy(Environment environment, String release) {
        if (environment.current() == null) {
            return rejectEmptyEnvironment(environment);
        }
        return release == null || environment.isCurrent(release)
                ? null
                : rejected(
                        RejectionCode.NOT_THERE,
                        "'" + environment.id() + "' runs '"
                                + environment.current().release() + "', not '" + release
                                + "': check which release to redeploy.");
    }

    /** Whatever could refuse it when it was requested is checked again when it is to start (rule 19). */
    static Decision.Rejected recheckAtStart(
            Application application, Environment environment, Deployment.Request request) {
        Release release = application.release(request.release());
        return switch (request.requestedAction()) {
            case DEPLOY ->
                environment.isCurrent(release.id())
                        ? rejectAlreadyCurrent(release, environment.id())
                        : checkPromotion(application, release, application.positionOf(environment.id()));
            case ROLLBACK ->
                environment.isCurrent(release.id())
                                && !environment.lastDeployment().outcome().succeeded()
                        ? null
                        : checkRollback(environment, release);
            case REDEPLOY -> checkRedeploy(environment, release.id());
            case UNDEPLOY -> environment.current() == null ? rejectEmptyEnvironment(environment) : null;
        };
    }

    /** @return all environments to which a deploy without environment could go (rule 2), in the pipeline's order */
    public static List<String> nextEnvironments(Application application, Release release) {
        return application
                .pipeline()
                .ids(PromotionState.of(application.pipeline(), release).openTargetMask());
    }

    /** @return the position of the release on the environment's line, or 0 if it is not on it (rule 6) */
    static int linePosition(Environment environment, Release release) {
        Placement placement = release.placements().get(environment.id());
        boolean isOnLine = placement != null && environment.line().isAt(release.id(), placement.linePosition());
        return isOnLine ? placement.linePosition() : 0;
    }

    private static boolean canPromoteFrom(
            Application application, Command.DeployRelease command, PromotionState promotionState) {
        int from = application.positionOf(command.from());
        boolean leadsOnward = command.environment() == null
                ? !promotionState.hasSucceededDownstreamOf(from)
                : application
                        .pipeline()
                        .upstreamOf(application.positionOf(command.environment()))
                        .contains(command.from());
        return promotionState.isCurrentIn(from) && leadsOnward;
    }

    private static Decision rejectNotThere(Command.DeployRelease command, PromotionState promotionState) {
        List<String> current = promotionState.currentEnvironments();
        String target = command.environment() == null ? "" : " to '" + command.environment() + "'";
        return rejected(
                RejectionCode.NOT_THERE,
                "Release '" + command.release() + "' cannot be promoted from '" + command.from() + "'" + target
                        + ": it is current in " + quoted(current) + ". This promotion may already have happened.",
                new ProblemExtension.CurrentEnvironments(current));
    }

    private static Decision rejectAmbiguousTarget(
            Application application, Release release, PromotionState promotionState, long openPaths) {
        if (openPaths != 0) {
            List<String> open = application.pipeline().ids(openPaths);
            return rejected(
                    RejectionCode.ENVIRONMENT_REQUIRED,
                    "Release '" + release.id() + "' can be promoted to " + quoted(open) + ": name one of them.",
                    new ProblemExtension.Environments(open));
        }
        return promotionState.isFullyPromoted()
                ? rejected(
                        RejectionCode.NOTHING_LEFT,
                        "Release '" + release.id() + "' has reached the end of the pipeline: there is nothing to do.")
                : rejected(
                        RejectionCode.ENVIRONMENT_REQUIRED,
                        "Release '" + release.id() + "' is no longer current where it would be promoted from: name the"
                                + " environment to deploy it to.");
    }

    private static Decision.Rejected rejectPromotionOrder(
            Application application, Release release, PromotionState promotionState, int targetPosition) {
        String required = promotionState.nextRequired(targetPosition);
        List<String> missing = application.pipeline().ids(promotionState.missingUpstreamMask(targetPosition));
        return rejected(
                RejectionCode.PROMOTION_ORDER,
                "Release '" + release.id() + "' must succeed in " + quoted(missing) + " before it can be deployed to '"
                        + application.pipeline().idAt(targetPosition) + "': deploy it "
                        + (missing.equals(List.of(required)) ? "there" : "to '" + required + "'") + " first.",
                new ProblemExtension.RequiredEnvironments(required, missing));
    }

    private static Decision.Rejected rejectAlreadyCurrent(Release release, String environment) {
        return rejected(
                RejectionCode.ALREADY_CURRENT,
                "Release '" + release.id() + "' already runs in '" + environment + "': there is nothing to do.");
    }

    private static Decision.Rejected rejectEmptyEnvironment(Environment environment) {
        return rejected(
                RejectionCode.NOTHING_LEFT, "Nothing runs in '" + environment.id() + "': there is nothing to do.");
    }

    private static String noRollbackTargetDetail(Environment environment) {
        if (environment.current() == null) {
            return "Nothing runs in '" + environment.id() + "': name the release to roll back to.";
        }
        String before = environment.line().predecessor();
        return before == null
                ? "Nothing ran in '" + environment.id() + "' before '"
                        + environment.current().release() + "': to bring in another release, deploy it."
                : "'" + before + "', which ran in '" + environment.id()
                        + "' before, is archived: unarchive it, or name the release to roll back to.";
    }

    private static Decision deployTo(
            Application application,
            Release release,
            int targetPosition,
            Command.DeployRelease command,
            DecisionContext context) {
        Environment environment = application.environment(application.pipeline().idAt(targetPosition));
        Decision.Rejected onItsWay = checkNotOnItsWay(environment, release, Action.DEPLOY);
        Decision.Rejected rejection =
                onItsWay == null ? checkPromotion(application, release, targetPosition) : onItsWay;
        return rejection != null
                ? rejection
                : DeploymentRules.requestDeployment(
                        application, new RequestedDeployment(environment, release, Action.DEPLOY), command, context);
    }

    /** Whether the promotion order allows it, and the environment does not require more. */
    private static Decision.Rejected checkPromotion(Application application, Release release, int targetPosition) {
        PromotionState promotionState = PromotionState.of(application.pipeline(), release);
        if (!promotionState.canDeployTo(targetPosition)) {
            return rejectPromotionOrder(application, release, promotionState, targetPosition);
        }
        Stage stage = application.pipeline().stageAt(targetPosition);
        Environment environment = application.environment(stage.id());
        Release current = environment.current() == null
                ? null
                : application.release(environment.current().release());
        return stage.policy().onlyNewer() && current != null && release.createdRevision() < current.createdRevision()
                ? rejected(
                        RejectionCode.OLDER_THAN_CURRENT,
                        "'" + stage.id() + "' accepts only releases newer than '" + current.id()
                                + "', which runs there, and '" + release.id()
                                + "' is older: to go back on purpose, roll back.")
                : null;
    }

    private static Decision.Rejected checkNotOnItsWay(
            Environment environment, Release release, Action requestedAction) {
        Deployment deployment = environment
                .unfinishedDeployments()
                .filter(unfinished -> requestedAction == Action.UNDEPLOY
                        ? unfinished.request().requestedAction() == Action.UNDEPLOY
                        : unfinished.request().requestedAction() != Action.UNDEPLOY
                                && unfinished.request().release().equals(release.id()))
                .findFirst()
                .orElse(null);
        if (deployment == null) {
            return null;
        }
        String id = deployment.request().id();
        String what = requestedAction == Action.UNDEPLOY
                ? "'" + environment.id() + "' is being undeployed"
                : "Release '" + release.id() + "' is on its way to '" + environment.id() + "'";
        return rejected(
                RejectionCode.ALREADY_ON_ITS_WAY,
                what + " already, in deployment " + id + ": follow that one, or cancel it.",
                new ProblemExtension.ConflictingDeployment(id));
    }

    private static Decision requestUnlessOnItsWay(
            Application application,
            RequestedDeployment requested,
            Command.DeploymentCommand command,
            DecisionContext context) {
        Decision.Rejected onItsWay = checkNotOnItsWay(requested.environment(), requested.release(), requested.action());
        return onItsWay != null
                ? onItsWay
                : DeploymentRules.requestDeployment(application, requested, command, context);
    }

    /** What the request turns out to be once it starts. */
    static Action actualAction(Environment environment, Release release, Action requestedAction) {
        if (requestedAction == Action.UNDEPLOY || requestedAction == Action.REDEPLOY) {
            return requestedAction;
        }
        if (environment.isCurrent(release.id())) {
            return Action.REDEPLOY;
        }
        int position = linePosition(environment, release);
        boolean goesBack = position > 0 && position < environment.line().length();
        return goesBack ? Action.ROLLBACK : Action.DEPLOY;
    }

    /** Rule 3. Of several at the same moment, the later ones in the pipeline may well have come after the others. */
    static String linkedFrom(Application application, Release release, int targetPosition) {
        List<String> after = application.pipeline().upstreamOf(targetPosition);
        String latest = after.get(0);
        Instant at = Instant.MIN;
        for (String environment : after) {
            Instant succeeded = lastSuccess(application, release, environment);
            if (succeeded != null && !succeeded.isBefore(at)) {
                latest = environment;
                at = succeeded;
            }
        }
        return latest;
    }

    private static Instant lastSuccess(Application application, Release release, String environment) {
        if (application.positionOf(environment) == 0) {
            return release.createdAt();
        }
        Placement placement = release.placements().get(environment);
        return placement == null ? null : placement.lastSucceededAt();
    }
}
