package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.Judge;
import dev.lockstep.model.PromotionWalk;
import org.junit.jupiter.api.Test;

/** Hundreds of seeded command sequences, from bytes to records, held to the independent model after each command. */
class RulesAgainstModelTest {

    private static final int SEQUENCES = Integer.getInteger("model.sequences", 300);
    private static final int WALKS = 200;
    private static final int COMMANDS = 120;
    private static final int APPLICATIONS = 2;

    @Test
    void everySequenceComesOutAsTheModelSays() {
        Judge judge = new Judge(InMemory::new);
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            Judge.Verdict verdict = judge.firstDifference(new CommandGenerator(seed, APPLICATIONS).take(COMMANDS));
            assertThat(verdict)
                    .as(verdict == null ? "" : judge.shrink(verdict).describe(seed))
                    .isNull();
        }
    }

    @Test
    void doingWhatEachAnswerSaysLeadsToTheTarget() {
        int walks = 0;
        for (long seed = 1; seed <= WALKS; seed++) {
            PromotionWalk walk = new PromotionWalk(new InMemory(), seed).over(COMMANDS);
            assertThat(walk.faults()).as("seed " + seed).isEmpty();
            walks += walk.walks();
        }
        assertThat(walks).isGreaterThan(WALKS);
    }
}
