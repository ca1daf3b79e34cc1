package dev.lockstep.domain.pipeline;

import dev.lockstep.domain.common.FieldChange;

/** A policy's members as a definition names them. A cleared member returns to its default; one that is left out is kept. */
public record PolicyChange(
        FieldChange<Boolean> onlyNewer,
        FieldChange<Policy.Completion> completion,
        FieldChange<String> timeout,
        FieldChange<String> reportEvery,
        FieldChange<Policy.WhenBusy> whenBusy,
        FieldChange<Integer> maxQueued,
        FieldChange<Policy.OnFailure> onFailure,
        FieldChange<String> soakTime) {

    Policy applyTo(Policy before) {
        return new Policy(
                applyTo(onlyNewer, before.onlyNewer(), Policy.DEFAULT.onlyNewer()),
                applyTo(completion, before.completion(), Policy.DEFAULT.completion()),
                timeout.applyTo(before.timeout()),
                reportEvery.applyTo(before.reportEvery()),
                applyTo(whenBusy, before.whenBusy(), Policy.DEFAULT.whenBusy()),
                applyTo(maxQueued, before.maxQueued(), Policy.DEFAULT.maxQueued()),
                applyTo(onFailure, before.onFailure(), Policy.DEFAULT.onFailure()),
                soakTime.applyTo(before.soakTime()));
    }

    private static <T> T applyTo(FieldChange<T> change, T before, T defaultValue) {
        T after = change.applyTo(before);
        return after == null ? defaultValue : after;
    }
}
