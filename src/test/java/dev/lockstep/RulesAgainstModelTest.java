package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.BulkCommands;
import dev.lockstep.model.CommandGenerator;
import dev.lockstep.model.ExpectedRefusal;
import dev.lockstep.model.Judge;
import dev.lockstep.model.PromotionFollower;
import dev.lockstep.model.Scope;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hundreds of seeded command sequences, from bytes to records, compared with the independent model after each command. */
class RulesAgainstModelTest {

    private static final int SEQUENCES = Integer.getInteger("model.sequences", 300);
    private static final int CROWDS = Integer.getInteger("model.crowds", 12);
    private static final int DRY_RUNS = 100;
    private static final int WALKS = 200;
    private static final int COMMANDS = 120;
    private static final int APPLICATIONS = 2;

    @Test
    void everySequenceAgreesWithTheModel() {
        Judge judge = new Judge(InMemorySubject::new);
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            Judge.Verdict verdict =
                    judge.firstDifference(new CommandGenerator(seed, APPLICATIONS, Scope.TIMED).take(COMMANDS));
            assertThat(verdict)
                    .as(verdict == null ? "" : judge.shrink(verdict).describe(seed))
                    .isNull();
        }
    }

    /** What chance does not cause: more releases than are archived in one go, more deployments than may wait. */
    @Test
    void bulkSequencesAgreeWithTheModel() {
        Judge judge = new Judge(InMemorySubject::new);
        String application = "app-0";
        for (int seed = 1; seed <= CROWDS; seed++) {
            List<SentCommand> crowd = seed % 2 == 0
                    ? BulkCommands.ofReleases(application, 20 + seed)
                    : BulkCommands.ofWaiting(application);
            Judge.Verdict verdict = judge.firstDifference(
                    new CommandGenerator(seed, List.of(application), Scope.TIMED).takeAfter(crowd, COMMANDS));
            assertThat(verdict)
                    .as(verdict == null ? "" : judge.shrink(verdict).describe(seed))
                    .isNull();
        }
    }

    /** Section 3: except for record ids, and for what says that it was a dry run. */
    @Test
    void aDryRunPredictsTheSameCommandDirectlyAfterIt() {
        int accepted = 0;
        for (long seed = 1; seed <= DRY_RUNS; seed++) {
            InMemorySubject worker = new InMemorySubject();
            for (SentCommand sent : new CommandGenerator(seed, APPLICATIONS, Scope.TIMED).take(COMMANDS)) {
                boolean judged = sent.valid() && !sent.isTimer() && sent.kind() != null;
                Subject.Actual dry = judged && !sent.isDryRun() ? worker.apply(dryRun(sent)) : null;
                JsonNode real = worker.apply(sent).result();
                boolean byItsId = real != null
                        && (real.path("duplicate").booleanValue()
                                || real.at("/problem/code").asText().equals(ExpectedRefusal.ID_REUSED.name()));
                if (dry != null && !byItsId) {
                    assertThat(dry.events()).isEmpty();
                    assertThat(withoutIds(dry.result()))
                            .as("seed " + seed + ", " + sent)
                            .isEqualTo(withoutIds(real));
                    accepted += real.path("outcome").asText().equals("accepted") ? 1 : 0;
                }
            }
        }
        assertThat(accepted).isGreaterThan(DRY_RUNS);
    }

    private static SentCommand dryRun(SentCommand sent) {
        ObjectNode data = sent.data().deepCopy();
        data.put("dryRun", true);
        return new SentCommand(sent.source(), "dry-" + sent.id(), sent.type(), data, sent.recordKey(), true, sent.at());
    }

    private static JsonNode withoutIds(JsonNode result) {
        return ((ObjectNode) result.deepCopy()).without(List.of("commandId", "dryRun"));
    }

    @Test
    void doingWhatEachAnswerSaysLeadsToTheTarget() {
        int walks = 0;
        for (long seed = 1; seed <= WALKS; seed++) {
            PromotionFollower walk = new PromotionFollower(new InMemorySubject(), seed).over(COMMANDS);
            assertThat(walk.faults()).as("seed " + seed).isEmpty();
            walks += walk.walks();
        }
        assertThat(walks).isGreaterThan(WALKS);
    }
}
