package dev.lockstep.domain.pipeline;

import dev.lockstep.domain.common.Change;

/** A policy's members as a definition names them. A member that is cleared returns to its default; one that is left out stays. */
public record PolicyChange(
        Change<Boolean> onlyNewer,
        Change<Policy.Completion> completion,
        Change<String> timeout,
        Change<String> reportEvery,
        Change<Policy.WhenBusy> whenBusy,
        Change<Integer> maxQueued,
        Change<Policy.OnFailure> onFailure) {

    Policy over(Policy before) {
        return new Policy(
                over(onlyNewer, before.onlyNewer(), Policy.DEFAULT.onlyNewer()),
                over(completion, before.completion(), Policy.DEFAULT.completion()),
                timeout.over(before.timeout()),
                reportEvery.over(before.reportEvery()),
                over(whenBusy, before.whenBusy(), Policy.DEFAULT.whenBusy()),
                over(maxQueued, before.maxQueued(), Policy.DEFAULT.maxQueued()),
                over(onFailure, before.onFailure(), Policy.DEFAULT.onFailure()));
    }

    private static <T> T over(Change<T> change, T before, T byDefault) {
        T after = change.over(before);
        return after == null ? byDefault : after;
    }
}
