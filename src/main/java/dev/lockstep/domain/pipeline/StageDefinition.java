package dev.lockstep.domain.pipeline;

import dev.lockstep.domain.common.FieldChange;
import java.util.List;

/**
 * One stage of a definition. Whatever it leaves out is kept.
 *
 * @param after as in {@link Stage}; cleared, it comes after the one before it
 * @param policy cleared, it is the default again
 */
public record StageDefinition(
        String id,
        FieldChange<String> title,
        FieldChange<String> tier,
        FieldChange<List<String>> after,
        FieldChange<PolicyChange> policy) {

    public static StageDefinition unchanged(String id) {
        return new StageDefinition(id, FieldChange.keep(), FieldChange.keep(), FieldChange.keep(), FieldChange.keep());
    }

    public Stage applyTo(Stage before) {
        return new Stage(
                id,
                title.applyTo(before.title()),
                tier.applyTo(before.tier()),
                after.applyTo(before.after()),
                !policy.isPresent()
                        ? before.policy()
                        : policy.value() == null
                                ? Policy.DEFAULT
                                : policy.value().applyTo(before.policy()));
    }
}
