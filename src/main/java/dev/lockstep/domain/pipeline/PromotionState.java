package dev.lockstep.domain.pipeline;

import static dev.lockstep.domain.pipeline.Pipeline.bit;

import dev.lockstep.domain.release.Placement;
import dev.lockstep.domain.release.Release;
import java.util.List;

/**
 * Where a release stands in its application's pipeline, and where it can go from there (rule 2). In the first stage every
 * release has succeeded and is current.
 *
 * @param succeededMask the stages in which it has ever succeeded
 * @param currentMask the stages in which it currently runs
 */
public record PromotionState(Pipeline pipeline, long succeededMask, long currentMask) {

    public static PromotionState of(Pipeline pipeline, Release release) {
        long succeeded = bit(0);
        long current = bit(0);
        for (int i = 1; i < pipeline.size(); i++) {
            Placement placement = release.placements().get(pipeline.idAt(i));
            if (placement != null) {
                succeeded |= bit(i);
                current |= placement.isCurrent() ? bit(i) : 0;
            }
        }
        return new PromotionState(pipeline, succeeded, current);
    }

    boolean hasSucceededIn(int position) {
        return (succeededMask & bit(position)) != 0;
    }

    public boolean isCurrentIn(int position) {
        return (currentMask & bit(position)) != 0;
    }

    public boolean hasSucceededDownstreamOf(int position) {
        return (succeededMask & pipeline.downstreamMask(position)) != 0;
    }

    public List<String> currentEnvironments() {
        return pipeline.ids(currentMask);
    }

    /** Whether a deployment to that stage respects the promotion order. */
    public boolean canDeployTo(int target) {
        return hasSucceededIn(target) || missingUpstreamMask(target) == 0;
    }

    /** @return the stages directly before the target in which it has never succeeded */
    public long missingUpstreamMask(int target) {
        return pipeline.upstreamMask(target) & ~succeededMask;
    }

    /** @return where it must succeed now on its way to a target to which it {@linkplain #canDeployTo may not go} yet */
    public String nextRequired(int target) {
        long missing = missingUpstreamMask(target);
        for (int i = target - 1; i > 0; i--) {
            if ((missing & bit(i)) != 0) {
                missing |= missingUpstreamMask(i);
            }
        }
        return pipeline.idAt(Long.numberOfTrailingZeros(missing));
    }

    /** @return the stages open to it: not reached yet, neither directly nor further on, and after current ones only */
    public long openTargetMask() {
        long open = 0;
        for (int i = 1; i < pipeline.size(); i++) {
            boolean isOpen = (pipeline.upstreamMask(i) & ~currentMask) == 0;
            open |= isOpen && !hasSucceededIn(i) && !hasSucceededDownstreamOf(i) ? bit(i) : 0;
        }
        return open;
    }

    /** @return those of the open stages that follow that stage */
    public long openTargetMaskFrom(int position) {
        long open = openTargetMask();
        for (int i = 1; i < pipeline.size(); i++) {
            if ((pipeline.upstreamMask(i) & bit(position)) == 0) {
                open &= ~bit(i);
            }
        }
        return open;
    }

    /** Whether it succeeded in, or beyond, every stage, and is current at every end of the pipeline. */
    public boolean isFullyPromoted() {
        for (int i = 0; i < pipeline.size(); i++) {
            boolean isEnd = pipeline.downstreamMask(i) == 0;
            if (isEnd ? !isCurrentIn(i) : !hasSucceededIn(i) && !hasSucceededDownstreamOf(i)) {
                return false;
            }
        }
        return true;
    }
}
