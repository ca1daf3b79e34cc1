package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.model.Expected.ExpectedEvent;
import java.io.IOException;
import java.util.ArrayList;
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
    private static final int COMMANDS = 40_000;
    private static final int APPLICATIONS = 80;
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
            whatItWasAbout(model, sent, expected).forEach(what -> others.merge(what, 1, Integer::sum));
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
                        "an archived release deleted");
        List.of(accepted, refused, facts, others)
                .forEach(counts -> assertThat(counts.values()).allMatch(count -> count >= OFTEN, counts.toString()));
    }

    private static void countEnvironments(
            ReferenceModel model, String application, Expected expected, Map<String, Integer> others) {
        for (ExpectedEvent event : expected.duplicate() ? List.<ExpectedEvent>of() : expected.events()) {
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

    /** What the new parts of the contract are about, beside their codes. */
    private static List<String> whatItWasAbout(ReferenceModel model, Sent sent, Expected expected) {
        List<String> found = new ArrayList<>();
        if (expected.duplicate()) {
            return found;
        }
        if (expected.code() == null && sent.kind() == Kind.DEFINE) {
            pipeline(model, sent, found);
        }
        if (expected.code() == Code.ENVIRONMENT_REQUIRED
                && expected.details().environments().size() > 1) {
            found.add("several ways");
        }
        if (expected.code() == Code.INVALID_COMMAND && sent.valid()) {
            found.add("too many labels");
        }
        if (expected.code() == null && sent.kind() == Kind.DEPLOY) {
            boolean onItsOwn = !sent.data().has("environment") && sent.data().has("from");
            List<ExpectedEvent> events = expected.events();
            List<Link.Origin> origins =
                    events.get(events.size() - 1).deployment().link().origins();
            long latest =
                    origins.stream().mapToLong(Link.Origin::revision).max().orElseThrow();
            found.addAll(onItsOwn ? List.of("a way taken from where it is") : List.of());
            found.addAll(
                    origins.get(0).revision() < latest ? List.of("a link that the last success decides") : List.of());
        }
        boolean wasArchived = expected.code() == null
                && sent.kind() == Kind.DELETE
                && model.goneReleases(sent.application())
                        .get(sent.data().get("release").textValue())
                        .contains("archived");
        found.addAll(wasArchived ? List.of("an archived release deleted") : List.of());
        return found;
    }

    private static void pipeline(ReferenceModel model, Sent sent, List<String> found) {
        List<Stop> stops = model.pipeline(sent.application());
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
        assertThat(ways).hasSize(26);
    }
}
