package dev.lockstep.domain.pipeline;

import dev.lockstep.domain.common.Change;
import java.util.List;

/**
 * One stage of a definition. What it leaves out stays as it is.
 *
 * @param after as in {@link Stage}; cleared, it comes after the one before it
 * @param policy cleared, it is the default again
 */
public record StageDefinition(
        String id, Change<String> title, Change<String> tier, Change<List<String>> after, Change<PolicyChange> policy) {

    public static StageDefinition unchanged(String id) {
        return new StageDefinition(id, Change.keep(), Change.keep(), Change.keep(), Change.keep());
    }

    public Stage over(Stage before) {
        return new Stage(
                id,
                title.over(before.title()),
                tier.over(before.tier()),
                after.over(before.after()),
                !policy.named()
                        ? before.policy()
                        : policy.value() == null
                                ? Policy.DEFAULT
                                : policy.value().over(before.policy()));
    }
}
