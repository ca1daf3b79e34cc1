package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CommandGeneratorTest {

    private static final long SEED = 20_260_101;
    private static final int COMMANDS = 20_000;
    private static final int APPLICATIONS = 40;
    private static final int OFTEN = 25;

    @Test
    void everyKindEveryRefusalAndEveryEventOccursOften() {
        ReferenceModel model = new ReferenceModel();
        Map<Kind, Integer> accepted = new EnumMap<>(Kind.class);
        Map<Code, Integer> refused = new EnumMap<>(Code.class);
        Map<Fact, Integer> facts = new EnumMap<>(Fact.class);
        Map<String, Integer> others = new HashMap<>();

        for (Sent sent : new CommandGenerator(SEED, APPLICATIONS).take(COMMANDS)) {
            Expected expected = model.apply(sent);
            expected.events().forEach(event -> facts.merge(event.fact(), 1, Integer::sum));
            countEnvironments(model, sent.application(), expected, others);
            if (expected.duplicate()) {
                others.merge("duplicate " + expected.outcome(), 1, Integer::sum);
            } else if (expected.code() != null) {
                refused.merge(expected.code(), 1, Integer::sum);
            } else {
                accepted.merge(sent.kind(), 1, Integer::sum);
                count(expected, others);
            }
        }

        assertThat(accepted).containsOnlyKeys(Kind.values());
        assertThat(refused).containsOnlyKeys(Code.values());
        assertThat(facts).containsOnlyKeys(Fact.values());
        assertThat(others)
                .containsOnlyKeys(
                        "duplicate accepted",
                        "duplicate rejected",
                        "change of nothing",
                        "rollback into emptiness",
                        "dropped with a line",
                        "back with a line");
        List.of(accepted, refused, facts, others)
                .forEach(counts -> assertThat(counts.values()).allMatch(count -> count >= OFTEN, counts.toString()));
    }

    private static void countEnvironments(
            ReferenceModel model, String application, Expected expected, Map<String, Integer> others) {
        for (Expected.ExpectedEvent event :
                expected.duplicate() ? List.<Expected.ExpectedEvent>of() : expected.events()) {
            boolean hasLine = event.environment() != null
                    && !model.line(application, event.environment()).isEmpty();
            if (hasLine && event.fact() == Fact.ENVIRONMENT_DELETED) {
                others.merge("dropped with a line", 1, Integer::sum);
            } else if (hasLine && event.fact() == Fact.ENVIRONMENT_CREATED) {
                others.merge("back with a line", 1, Integer::sum);
            }
        }
    }

    private static void count(Expected expected, Map<String, Integer> others) {
        if (expected.events().isEmpty()) {
            others.merge("change of nothing", 1, Integer::sum);
        }
        expected.events().stream()
                .filter(event -> event.fact() == Fact.SERVICE_DEPLOYED && "rollback".equals(event.action()))
                .forEach(event -> others.merge("rollback into emptiness", 1, Integer::sum));
    }

    @Test
    void theSameSeedGivesTheSameCommands() {
        assertThat(new CommandGenerator(SEED, 3).take(500)).isEqualTo(new CommandGenerator(SEED, 3).take(500));
        assertThat(new CommandGenerator(SEED + 1, 3).take(500)).isNotEqualTo(new CommandGenerator(SEED, 3).take(500));
    }

    @Test
    void bothModesCarryTheWholeCommand() throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (Sent sent : new CommandGenerator(SEED, 3).take(500)) {
            JsonNode structured = json.readTree(Wire.toStructured(sent));
            Wire.Raw binary = Wire.toBinary(sent);
            Sent fromStructured = new Sent(
                    structured.get("source").textValue(),
                    structured.get("id").textValue(),
                    structured.get("type").textValue(),
                    structured.get("data"),
                    sent.recordKey(),
                    sent.valid());
            Sent fromBinary = new Sent(
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
        Map<String, Sent> first = new HashMap<>();
        int otherBytes = 0;
        for (Sent sent : new CommandGenerator(SEED, 3).take(2_000)) {
            Sent before = first.putIfAbsent(sent.source() + sent.id() + sent.application(), sent);
            if (before != null && before.sameContent(sent)) {
                otherBytes += before.data().toString().equals(sent.data().toString()) ? 0 : 1;
            }
        }
        assertThat(otherBytes).isGreaterThan(OFTEN);
    }

    @Test
    void brokenDataIsNeverTheSoundDataItWasMadeOf() {
        Commands commands = new Commands(new Random(SEED), new ReferenceModel());
        for (Kind kind : Kind.values()) {
            var sound = commands.data(kind, "shop", 1);
            assertThat(BrokenData.allOf(kind, sound)).hasSizeGreaterThan(10).doesNotContain(sound);
        }
    }

    @Test
    void everyWayOfBeingNoCommandOccurs() {
        UndecodableGenerator undecodable = new UndecodableGenerator(SEED, List.of("shop", "till"));
        Set<String> ways = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            ways.add(undecodable.next().why());
        }
        assertThat(ways).hasSize(22);
    }
}
