package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The model's answers lead to the target; answers that do not are found. */
class PromotionWalkTest {

    private static final int SEQUENCES = 60;
    private static final int COMMANDS = 200;

    @Test
    void followingEachAnswerLeadsToTheTarget() {
        int walks = 0;
        int steps = 0;
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            PromotionFollower walk = new PromotionFollower(new ModelSubject(), seed).over(COMMANDS);
            assertThat(walk.faults()).as("seed " + seed).isEmpty();
            walks += walk.walks();
            steps += walk.steps();
        }
        assertThat(walks).isGreaterThan(3 * SEQUENCES);
        assertThat(steps).isGreaterThan(walks + SEQUENCES);
    }

    @Test
    void anAnswerThatNamesTheWrongEnvironmentIsFound() {
        assertThat(fault(NamesTheLastMissing::new)).contains("was told to deploy to", "PROMOTION_ORDER");
        assertThat(fault(NamesTheFirst::new)).contains("was told to deploy to", "FIRST_ENVIRONMENT");
    }

    private static String fault(Supplier<Subject> subjects) {
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            PromotionFollower walk = new PromotionFollower(subjects.get(), seed).over(COMMANDS);
            if (!walk.faults().isEmpty()) {
                return walk.faults().get(0);
            }
        }
        return null;
    }

    /** One directly before the target, whatever comes before that. */
    private static final class NamesTheLastMissing extends ModelSubject {

        @Override
        ObjectNode result(SentCommand sent, ExpectedOutcome expected) {
            ObjectNode result = super.result(sent, expected);
            if (expected.code() == ExpectedRefusal.PROMOTION_ORDER) {
                ObjectNode problem = (ObjectNode) result.get("problem");
                problem.set("requiredEnvironment", problem.at("/requiredEnvironments/0"));
            }
            return result;
        }
    }

    private static final class NamesTheFirst extends ModelSubject {

        @Override
        ObjectNode result(SentCommand sent, ExpectedOutcome expected) {
            ObjectNode result = super.result(sent, expected);
            if (expected.code() == ExpectedRefusal.PROMOTION_ORDER) {
                String first = model.pipeline(sent.application()).get(0).id();
                ((ObjectNode) result.get("problem")).put("requiredEnvironment", first);
            }
            return result;
        }
    }
}
