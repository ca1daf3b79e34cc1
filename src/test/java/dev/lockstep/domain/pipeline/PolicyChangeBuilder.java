package dev.lockstep.domain.pipeline;

import dev.lockstep.domain.common.FieldChange;

/** A policy by names; members that are not given are kept, and null clears one. */
public final class PolicyChangeBuilder {

    private FieldChange<Boolean> onlyNewer = FieldChange.keep();
    private FieldChange<Policy.Completion> completion = FieldChange.keep();
    private FieldChange<String> timeout = FieldChange.keep();
    private FieldChange<String> reportEvery = FieldChange.keep();
    private FieldChange<Policy.WhenBusy> whenBusy = FieldChange.keep();
    private FieldChange<Integer> maxQueued = FieldChange.keep();
    private FieldChange<Policy.OnFailure> onFailure = FieldChange.keep();
    private FieldChange<String> soakTime = FieldChange.keep();

    public PolicyChangeBuilder onlyNewer(Boolean value) {
        onlyNewer = FieldChange.to(value);
        return this;
    }

    public PolicyChangeBuilder completion(Policy.Completion value) {
        completion = FieldChange.to(value);
        return this;
    }

    public PolicyChangeBuilder timeout(String value) {
        timeout = FieldChange.to(value);
        return this;
    }

    public PolicyChangeBuilder reportEvery(String value) {
        reportEvery = FieldChange.to(value);
        return this;
    }

    public PolicyChangeBuilder whenBusy(Policy.WhenBusy value) {
        whenBusy = FieldChange.to(value);
        return this;
    }

    public PolicyChangeBuilder maxQueued(Integer value) {
        maxQueued = FieldChange.to(value);
        return this;
    }

    public PolicyChangeBuilder onFailure(Policy.OnFailure value) {
        onFailure = FieldChange.to(value);
        return this;
    }

    public PolicyChangeBuilder soakTime(String value) {
        soakTime = FieldChange.to(value);
        return this;
    }

    public PolicyChange change() {
        return new PolicyChange(onlyNewer, completion, timeout, reportEvery, whenBusy, maxQueued, onFailure, soakTime);
    }

    /** The default policy with these members. */
    public Policy policy() {
        return change().applyTo(Policy.DEFAULT);
    }
}
