package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.model.ExpectedOutcome.ExpectedEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CommandGeneratorTest {

    private static final long SEED = 20_260_101;
    private static final int COMMANDS = 60_000;
    private static final int APPLICATIONS = 80;
    private static final int OFTEN = 25;
    private static final int SOMETIMES = 3;
    /**
     * Only if a restore, or a deployment that waited for its time, has already done what this one was to do; and only if a release
     * that is already in a queue succeeds in another environment that the queue's comes after.
     */
    private static final List<String> RARE = List.of(
            "ended at its start: ALREADY_CURRENT",
            "must soak after all, by a deployment",
            "must soak after all, by a timer");

    @Test
    void everyKindEveryRefusalAndEveryEventOccursOften() {
        ReferenceModel model = new ReferenceModel();
        Map<CommandKind, Integer> accepted = new EnumMap<>(CommandKind.class);
        Map<ExpectedRefusal, Integer> refused = new EnumMap<>(ExpectedRefusal.class);
        Map<EventKind, Integer> facts = new EnumMap<>(EventKind.class);
        Map<String, Integer> others = new HashMap<>();
        Map<String, Integer> lives = new TreeMap<>();

        for (SentCommand sent : new CommandGenerator(SEED, APPLICATIONS, Scope.TIMED).take(COMMANDS)) {
            SoakChanges soaking = new SoakChanges(model, sent);
            ExpectedOutcome expected = model.apply(sent);
            soaking.found().forEach(what -> lives.merge(what, 1, Integer::sum));
            expected.events().forEach(event -> facts.merge(event.fact(), 1, Integer::sum));
            countEnvironments(model, sent.application(), expected, others);
            countLives(sent, expected, lives);
            if (sent.isTimer()) {
                lives.merge("timer, " + expected.answer(), 1, Integer::sum);
                continue;
            }
            if (expected.duplicate()) {
                others.merge("duplicate " + expected.outcome(), 1, Integer::sum);
            } else if (expected.code() != null) {
                refused.merge(expected.code(), 1, Integer::sum);
            } else {
                accepted.merge(sent.kind(), 1, Integer::sum);
                count(expected, others);
            }
            topics(model, sent, expected).forEach(what -> others.merge(what, 1, Integer::sum));
        }

        assertThat(accepted).containsOnlyKeys(CommandKind.values());
        assertThat(refused).containsOnlyKeys(ExpectedRefusal.values());
        assertThat(facts).containsOnlyKeys(EventKind.values());
        assertThat(others)
                .containsOnlyKeys(
                        "duplicate accepted",
                        "duplicate rejected",
                        "change of nothing",
                        "rollback into emptiness",
                        "dropped with a line",
                        "back with a line",
                        "branched",
                        "an after of its own is kept",
                        "an after is taken back",
                        "an environment alone",
                        "more environments than usual",
                        "a link that the last success decides",
                        "several ways",
                        "too many labels",
                        "a way taken from where it is",
                        "an archived release deleted",
                        "keep is another",
                        "keep is named, and as it was",
                        "keep is taken back");
        lives.keySet().removeAll(RARE);
        assertThat(lives)
                .containsOnlyKeys(
                        "answer cancelled",
                        "answer failed",
                        "answer in_progress",
                        "answer pending",
                        "answer succeeded",
                        "blocked by ENVIRONMENT_BUSY",
                        "blocked by ENVIRONMENT_BUSY and QUEUED_BEHIND",
                        "blocked by NOT_BEFORE",
                        "blocked by NOT_BEFORE and ENVIRONMENT_BUSY",
                        "blocked by NOT_BEFORE and ENVIRONMENT_BUSY and QUEUED_BEHIND",
                        "blocked by NOT_BEFORE and NOT_SOAKED",
                        "blocked by NOT_BEFORE and NOT_SOAKED and ENVIRONMENT_BUSY",
                        "blocked by NOT_BEFORE and NOT_SOAKED and ENVIRONMENT_BUSY and QUEUED_BEHIND",
                        "blocked by NOT_SOAKED",
                        "blocked by NOT_SOAKED and ENVIRONMENT_BUSY",
                        "blocked by NOT_SOAKED and ENVIRONMENT_BUSY and QUEUED_BEHIND",
                        "deployed again before it soaked",
                        "dry run accepted",
                        "dry run rejected",
                        "ended at its start: NOTHING_LEFT",
                        "ended at its start: NOT_THERE",
                        "ended at its start: OLDER_THAN_CURRENT",
                        "ended at its start: PROMOTION_ORDER",
                        "ended cancelled",
                        "ended cancelled without having started",
                        "ended expired",
                        "ended failed, errored",
                        "ended failed, failed",
                        "ended failed, lost",
                        "ended failed, timed_out",
                        "ended succeeded",
                        "ended superseded",
                        "must soak after all, by a definition",
                        "replaced before it soaked",
                        "restored",
                        "restored by a deployment that failed, too",
                        "rollback as a redeploy",
                        "soaked and in the queue, by a definition",
                        "soaked and in the queue, by a timer",
                        "soaked and started, by a definition",
                        "soaked and started, by a timer",
                        "soaked, but nobody has checked",
                        "soaks until another time",
                        "timer that archives",
                        "timer that finds nothing",
                        "timer that finds something",
                        "timer, DEAD_LETTER",
                        "timer, NOTHING",
                        "undeployed",
                        "update that tells nothing new");
        assertThat(lives.values()).allMatch(count -> count >= SOMETIMES, lives.toString());
        List.of(accepted, refused, facts, others)
                .forEach(counts -> assertThat(counts.values()).allMatch(count -> count >= OFTEN, counts.toString()));
    }

    private static void countLives(SentCommand sent, ExpectedOutcome expected, Map<String, Integer> lives) {
        List<String> found = new ArrayList<>();
        for (ExpectedEvent event : expected.events()) {
            ExpectedDeployment deployment = event.deployment();
            if (event.fact().tellsWhy()) {
                found.add("blocked by " + codes(deployment.blockedBy()));
            } else if (event.fact() == EventKind.DEPLOYMENT_FINISHED) {
                ended(deployment, found);
            }
        }
        if (expected.made() != null && !expected.duplicate()) {
            found.add("answer " + expected.deploymentStatus());
            if (expected.events().isEmpty() && sent.kind() == CommandKind.REPORT) {
                found.add("update that tells nothing new");
            }
        }
        if (sent.isTimer() && expected.answer() == ExpectedOutcome.Response.NOTHING) {
            found.add("timer that finds " + (expected.events().isEmpty() ? "nothing" : "something"));
            boolean archives = expected.events().stream().anyMatch(event -> event.fact() == EventKind.RELEASE_ARCHIVED);
            found.addAll(archives ? List.of("timer that archives") : List.of());
        }
        if (expected.dryRun() && expected.answer() == ExpectedOutcome.Response.RESULT) {
            found.add("dry run " + expected.outcome());
        }
        found.forEach(what -> lives.merge(what, 1, Integer::sum));
    }

    private static void ended(ExpectedDeployment deployment, List<String> found) {
        String kind = deployment.failureKind() == null ? "" : ", " + deployment.failureKind();
        boolean cancelled = deployment.status().equals("cancelled");
        found.add("ended " + deployment.status() + kind
                + (cancelled && deployment.started() == 0 ? " without having started" : ""));
        if (deployment.endedBy() != null) {
            found.add("ended at its start: " + deployment.endedBy());
        }
        if (deployment.restoreOf() > 0) {
            found.add(
                    deployment.status().equals("succeeded") ? "restored" : "restored by a deployment that failed, too");
        }
        if (deployment.isUndeploy() && deployment.status().equals("succeeded")) {
            found.add("undeployed");
        }
        if (deployment.wasAskedAs(CommandKind.ROLLBACK) && deployment.isRedeploy()) {
            found.add("rollback as a redeploy");
        }
    }

    private static String codes(List<ExpectedBlocker> blockers) {
        return String.join(" and ", blockers.stream().map(ExpectedBlocker::code).toList());
    }

    private static void countEnvironments(
            ReferenceModel model, String application, ExpectedOutcome expected, Map<String, Integer> others) {
        for (ExpectedEvent event : expected.duplicate() ? List.<ExpectedEvent>of() : expected.events()) {
            boolean hasLine = event.environment() != null
                    && !model.line(application, event.environment()).isEmpty();
            if (hasLine && event.fact() == EventKind.ENVIRONMENT_DELETED) {
                others.merge("dropped with a line", 1, Integer::sum);
            } else if (hasLine && event.fact() == EventKind.ENVIRONMENT_CREATED) {
                others.merge("back with a line", 1, Integer::sum);
            }
        }
    }

    private static void count(ExpectedOutcome expected, Map<String, Integer> others) {
        if (expected.events().isEmpty() && !expected.dryRun()) {
            others.merge("change of nothing", 1, Integer::sum);
        }
        expected.events().stream()
                .filter(event -> event.fact() == EventKind.SERVICE_DEPLOYED && "rollback".equals(event.action()))
                .forEach(event -> others.merge("rollback into emptiness", 1, Integer::sum));
    }

    /** What the new parts of the contract are about, apart from their codes. */
    private static List<String> topics(ReferenceModel model, SentCommand sent, ExpectedOutcome expected) {
        List<String> found = new ArrayList<>();
        if (expected.duplicate() || expected.dryRun()) {
            return found;
        }
        if (expected.code() == null && sent.kind() == CommandKind.DEFINE) {
            pipeline(model, sent, found);
            keep(sent, expected, found);
        }
        if (expected.code() == ExpectedRefusal.ENVIRONMENT_REQUIRED
                && expected.details().environments().size() > 1) {
            found.add("several ways");
        }
        if (expected.code() == ExpectedRefusal.INVALID_COMMAND && sent.valid()) {
            found.add("too many labels");
        }
        if (expected.code() == null && sent.kind() == CommandKind.DEPLOY) {
            boolean onItsOwn = !sent.data().has("environment") && sent.data().has("from");
            found.addAll(onItsOwn ? List.of("a way taken from where it is") : List.of());
            expected.events().stream()
                    .filter(event ->
                            event.deployment() != null && event.deployment().link() != null)
                    .map(event -> event.deployment().link().origins())
                    .filter(origins -> origins.stream()
                            .anyMatch(
                                    origin -> origin.revision() > origins.get(0).revision()))
                    .findFirst()
                    .ifPresent(any -> found.add("a link that the last success decides"));
        }
        boolean wasArchived = expected.code() == null
                && sent.kind() == CommandKind.DELETE
                && model.goneReleases(sent.application())
                        .get(sent.data().get("release").textValue())
                        .contains("archived");
        found.addAll(wasArchived ? List.of("an archived release deleted") : List.of());
        return found;
    }

    private static void keep(SentCommand sent, ExpectedOutcome expected, List<String> found) {
        boolean changed = expected.events().stream().anyMatch(event -> event.fact() == EventKind.APPLICATION_UPDATED);
        if (sent.data().path("keep").isNull() && changed) {
            found.add("keep is taken back");
        } else if (sent.data().has("keep")) {
            found.add(changed ? "keep is another" : "keep is named, and as it was");
        }
    }

    private static void pipeline(ReferenceModel model, SentCommand sent, List<String> found) {
        List<ModelStage> stops = model.pipeline(sent.application());
        JsonNode environments = sent.data().get("environments");
        Set<List<String>> afters = new HashSet<>();
        boolean branched = stops.stream().anyMatch(stop -> stop.after() != null && !afters.add(stop.after()));
        found.addAll(branched ? List.of("branched") : List.of());
        found.addAll(stops.size() == 1 ? List.of("an environment alone") : List.of());
        found.addAll(stops.size() > 5 ? List.of("more environments than usual") : List.of());
        for (int i = 0; i < stops.size(); i++) {
            boolean named = environments.get(i).has("after");
            if (!named && stops.get(i).after() != null) {
                found.add("an after of its own is kept");
            } else if (environments.get(i).path("after").isNull()) {
                found.add("an after is taken back");
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameCommands() {
        assertThat(new CommandGenerator(SEED, 3).take(500)).isEqualTo(new CommandGenerator(SEED, 3).take(500));
        assertThat(new CommandGenerator(SEED + 1, 3).take(500)).isNotEqualTo(new CommandGenerator(SEED, 3).take(500));
    }

    @Test
    void bothModesCarryTheWholeCommand() throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (SentCommand sent : new CommandGenerator(SEED, 3).take(500)) {
            JsonNode structured = json.readTree(Wire.toStructured(sent));
            Wire.Raw binary = Wire.toBinary(sent);
            SentCommand fromStructured = new SentCommand(
                    structured.get("source").textValue(),
                    structured.get("id").textValue(),
                    structured.get("type").textValue(),
                    structured.get("data"),
                    sent.recordKey(),
                    sent.valid());
            SentCommand fromBinary = new SentCommand(
                    binary.headers().get("ce_source"),
                    binary.headers().get("ce_id"),
                    binary.headers().get("ce_type"),
                    json.readTree(binary.value()),
                    binary.key(),
                    sent.valid());
            assertThat(fromStructured.sameContent(sent)).isTrue();
            assertThat(fromBinary.sameContent(sent)).isTrue();
            assertThat(fromBinary.id() + fromBinary.source()).isEqualTo(sent.id() + sent.source());
        }
    }

    @Test
    void aReSentCommandHasTheSameContentInOtherBytes() {
        Map<String, SentCommand> first = new HashMap<>();
        int otherBytes = 0;
        for (SentCommand sent : new CommandGenerator(SEED, 3).take(2_000)) {
            SentCommand before = first.putIfAbsent(sent.source() + sent.id() + sent.application(), sent);
            if (before != null && before.sameContent(sent)) {
                otherBytes += before.data().toString().equals(sent.data().toString()) ? 0 : 1;
            }
        }
        assertThat(otherBytes).isGreaterThan(OFTEN);
    }

    @Test
    void brokenDataIsNeverTheSoundDataItWasMadeOf() {
        Commands commands = new Commands(new Random(SEED), new ReferenceModel(), Scope.TIMED);
        for (CommandKind kind : CommandKind.values()) {
            var sound = commands.data(kind, "shop", 1, Instant.EPOCH);
            assertThat(BrokenData.allOf(kind, sound)).hasSizeGreaterThan(10).doesNotContain(sound);
        }
    }

    @Test
    void everyKindOfUndecodableRecordOccurs() {
        UndecodableGenerator undecodable = new UndecodableGenerator(SEED, List.of("shop", "till"));
        Set<String> ways = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            ways.add(undecodable.next().why());
        }
        assertThat(ways).hasSize(26);
    }
}
