package dev.lockstep.domain.gate;

import dev.lockstep.domain.common.NameFormat;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Opens when the release has run long enough in each environment from which it is promoted (rule 30). A new policy or pipeline
 * may close it.
 */
final class SoakGate implements Gate {

    @Override
    public Verdict check(GateContext gateContext) {
        boolean isNeeded = gateContext.stage().policy().soakTime() != null
                && gateContext.request().requestedAction() == Deployment.Action.DEPLOY
                && !gateContext
                        .release()
                        .hasSucceededIn(gateContext.environment().id());
        return isNeeded ? checkSoaked(gateContext) : OPEN;
    }

    private static Verdict checkSoaked(GateContext gateContext) {
        Pipeline pipeline = gateContext.application().pipeline();
        Release release = gateContext.release();
        Duration soakTime = gateContext.stage().policy().soakDuration();
        int target = pipeline.positionOf(gateContext.environment().id());
        List<String> environments = pipeline.upstreamOf(target).stream()
                .filter(upstream -> pipeline.positionOf(upstream) == 0 || release.hasSucceededIn(upstream))
                .toList();
        List<String> replacedIn = environments.stream()
                .filter(upstream -> soakedAt(pipeline, release, upstream, soakTime) == null)
                .toList();
        Instant opensAt = environments.stream()
                .map(upstream -> soakedAt(pipeline, release, upstream, soakTime))
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(release.createdAt());
        boolean isHeld =
                gateContext.isHeld(Blocker.Code.NOT_SOAKED, now -> !replacedIn.isEmpty() || opensAt.isAfter(now));
        return isHeld ? blocked(gateContext, environments, replacedIn, opensAt) : OPEN;
    }

    /** @return when it has soaked there, past or future; null if it must first be deployed there again */
    private static Instant soakedAt(Pipeline pipeline, Release release, String environment, Duration soakTime) {
        return pipeline.positionOf(environment) == 0
                ? release.createdAt().plus(soakTime)
                : release.placements().get(environment).soakedAt(soakTime);
    }

    private static Blocked blocked(
            GateContext gateContext, List<String> environments, List<String> replacedIn, Instant opensAt) {
        String release = gateContext.request().release();
        String soakTime = gateContext.stage().policy().soakTime();
        return replacedIn.isEmpty()
                ? Blocked.untilTime(
                        Blocker.Code.NOT_SOAKED,
                        opensAt,
                        "'" + release + "' must first run in " + NameFormat.quoted(environments) + " for " + soakTime
                                + ", until " + opensAt + ".")
                : Blocked.untilActor(
                        Blocker.Code.NOT_SOAKED,
                        "'" + release + "' was replaced in " + NameFormat.quoted(replacedIn)
                                + " before it had run there for " + soakTime + ": deploy it there again.");
    }
}
