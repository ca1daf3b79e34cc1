package dev.lockstep.model;

import dev.lockstep.model.Expected.Details;

/** What stands against bringing a release to where it is not (rule 2). */
record Aim(ModelState state) {

    /** Null if nothing does. */
    Code refusal(ModelRelease release, String target) {
        if (!new Promotion(state, release).mayGoTo(target)) {
            return Code.PROMOTION_ORDER;
        }
        ModelRelease current = state.releases.get(state.environment(target).current());
        boolean older = current != null && release.createdRevision < current.createdRevision;
        return older && state.pipeline.stop(target).policy().onlyNewer() ? Code.OLDER_THAN_CURRENT : null;
    }

    Details details(Code code, ModelRelease release, String target) {
        Promotion promotion = new Promotion(state, release);
        return code == Code.PROMOTION_ORDER
                ? Details.required(promotion.nextFor(target), promotion.requiredFor(target))
                : Details.NONE;
    }
}
