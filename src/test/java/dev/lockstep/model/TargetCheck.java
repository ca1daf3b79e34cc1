package dev.lockstep.model;

import dev.lockstep.model.ExpectedOutcome.Details;

/** What prevents a release from being brought to an environment where it is not (rule 2). */
record TargetCheck(ModelState state) {

    /** Null if nothing prevents it. */
    ExpectedRefusal refusal(ModelRelease release, String target) {
        if (!new ModelPromotion(state, release).mayGoTo(target)) {
            return ExpectedRefusal.PROMOTION_ORDER;
        }
        ModelRelease current = state.releases.get(state.environment(target).current());
        boolean older = current != null && release.createdRevision < current.createdRevision;
        return older && state.pipeline.stop(target).policy().onlyNewer() ? ExpectedRefusal.OLDER_THAN_CURRENT : null;
    }

    Details details(ExpectedRefusal code, ModelRelease release, String target) {
        ModelPromotion promotion = new ModelPromotion(state, release);
        return code == ExpectedRefusal.PROMOTION_ORDER
                ? Details.required(promotion.nextFor(target), promotion.requiredFor(target))
                : Details.NONE;
    }
}
