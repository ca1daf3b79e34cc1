package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The judge finds planted faults and shrinks the sequences that show them. A failure names its
 * seed and the shortest sequence that still shows it.
 */
class JudgeTest {

    private static final int SEQUENCES = 200;
    private static final int COMMANDS = 120;
    private static final int APPLICATIONS = 2;

    @Test
    void theModelDoesNotDifferFromItself() {
        assertThat(judge(ModelSubject::new, SEQUENCES)).isNull();
        Judge judge = new Judge(ModelSubject::new);
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            assertThat(judge.firstDifference(new CommandGenerator(seed, APPLICATIONS, Scope.TIMED).take(COMMANDS)))
                    .isNull();
        }
    }

    @Test
    void aSubjectThatForgetsIdsIsCaughtWithTwoCommands() {
        String failure = judge(ForgetsIds::new, SEQUENCES);

        assertThat(failure).contains("seed ", "shrunk to 2 commands", "/duplicate: expected true, was false");
    }

    @Test
    void aSubjectThatUnlocksWhenAnEnvironmentIsEmptiedIsCaughtWithFewCommands() {
        String failure = judge(UnlocksWhenEmptied::new, SEQUENCES);

        assertThat(failure).containsPattern("shrunk to [34] commands").contains("/deletable: expected false, was true");
    }

    private static String judge(Supplier<Subject> subjects, int sequences) {
        Judge judge = new Judge(subjects);
        for (long seed = 1; seed <= sequences; seed++) {
            Judge.Verdict verdict = judge.firstDifference(new CommandGenerator(seed, APPLICATIONS).take(COMMANDS));
            if (verdict != null) {
                return judge.shrink(verdict).describe(seed);
            }
        }
        return null;
    }

    private static final class ForgetsIds extends ModelSubject {

        @Override
        public Actual apply(SentCommand sent) {
            Actual actual = super.apply(sent);
            ((ObjectNode) actual.result()).put("duplicate", false);
            return actual;
        }
    }

    private static final class UnlocksWhenEmptied extends ModelSubject {

        @Override
        public Published published(String application) {
            Published published = super.published(application);
            boolean nothingRuns = model.environments(application).values().stream()
                    .allMatch(stamped -> stamped.value().current() == null);
            published.releases(application).values().stream()
                    .filter(latest -> nothingRuns && latest.value() != null)
                    .forEach(latest -> ((ObjectNode) latest.value()).put("deletable", true));
            return published;
        }
    }
}
