package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * An endless, seeded stream of commands for a few applications, in which every kind of command and every refusal in
 * {@link ExpectedRefusal} keeps recurring, including re-sends, reused ids, foreign keys, unknown types and broken data.
 *
 * <p>The same seed and number of applications give the same stream. The generator has its own model only to make
 * successes likely; whoever judges must use another.
 */
public final class CommandGenerator {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    /** In seconds. */
    private static final int MAX_STEP_SECONDS = 60;
    /** Anything due later than that is waited for less often. */
    private static final Duration SOON = Duration.ofHours(6);

    private static final int REMEMBERED = 40;
    private static final List<String> UNKNOWN_TYPES = List.of(
            "dev.lockstep.release.promote.v1", "dev.lockstep.release.deploy.v2", "com.example.something.else.v1");
    private static final List<String> SOURCES = List.of("/clients/console", "/clients/ci", "urn:example:bot");

    private final Random random;
    private final List<String> applications;
    private final String run;
    private final ReferenceModel model = new ReferenceModel();
    private final Commands commands;
    private final Map<String, List<SentCommand>> sentBefore = new HashMap<>();
    private final Map<String, Integer> sentTo = new HashMap<>();
    private final Scope scope;
    private final Map<String, Instant> clocks = new HashMap<>();
    private long ids;

    public CommandGenerator(long seed, int applications) {
        this(seed, names(applications));
    }

    public CommandGenerator(long seed, int applications, Scope scope) {
        this(seed, names(applications), scope);
    }

    /** With deployments that succeed at once. */
    public CommandGenerator(long seed, List<String> applications) {
        this(seed, applications, Scope.IMMEDIATE);
    }

    /** The applications get the commands; a few commands are sent to others that are never created. */
    public CommandGenerator(long seed, List<String> applications, Scope scope) {
        this.scope = scope;
        this.random = new Random(seed);
        this.applications = List.copyOf(applications);
        this.run = Long.toHexString(seed);
        this.commands = new Commands(random, model, scope);
    }

    /** These commands, followed by {@code count} more. */
    public List<SentCommand> takeAfter(List<SentCommand> before, int count) {
        before.forEach(sent -> {
            observe(sent);
            clocks.put(sent.application(), sent.at());
        });
        List<SentCommand> all = new ArrayList<>(before);
        all.addAll(take(count));
        return all;
    }

    /** The next {@code count} commands. */
    public List<SentCommand> take(int count) {
        List<SentCommand> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(next());
        }
        return taken;
    }

    public SentCommand next() {
        String application = oneOf(applications);
        if (scope.hasTime()) {
            advanceClock(application);
            SentCommand timer = timer(application);
            if (timer != null) {
                model.apply(timer);
                return timer;
            }
        }
        List<SentCommand> earlier = sentBefore.computeIfAbsent(application, name -> new ArrayList<>());
        SentCommand sent = pick(application, earlier).at(scope.hasTime() ? clock(application) : null);
        model.apply(sent);
        earlier.add(sent);
        if (earlier.size() > REMEMBERED) {
            earlier.remove(random.nextInt(REMEMBERED));
        }
        return sent;
    }

    /**
     * Moves the clock: usually a little, sometimes to what is due next, or by hours, or by days where that makes a difference.
     */
    private void advanceClock(String application) {
        Instant now = clock(application);
        Instant due = model.due(application);
        int dice = random.nextInt(40);
        if (dice < 9 && due != null && due.isAfter(now) && waitsFor(due, now, application)) {
            boolean exactly = dice < 6 || due.isAfter(now.plusSeconds(MAX_STEP_SECONDS));
            now = exactly ? due : due.plusMillis(random.nextInt(5_000));
        } else if (dice == 16 && random.nextInt(3) == 0) {
            now = now.plusSeconds(3_600L * (1 + random.nextInt(5)));
        } else if (dice == 17 && model.keep(application) != null && random.nextInt(3) == 0) {
            now = now.plusSeconds(3_600L * (1 + random.nextInt(100)));
        } else if (dice < 30) {
            now = now.plusMillis(100L * random.nextInt(30));
        }
        clocks.put(application, now);
    }

    /** A check of the releases to keep is far away, and any unfinished deployment would have ended by then. */
    private boolean waitsFor(Instant due, Instant now, String application) {
        boolean isIdle = model.deployments(application).stream().noneMatch(ModelDeployment::isOnItsWay);
        return !due.isAfter(now.plus(SOON)) || random.nextInt(isIdle ? 4 : 12) == 0;
    }

    private Instant clock(String application) {
        return clocks.getOrDefault(application, START);
    }

    /** When something is due, a timer comes sooner or later; there are also repeated, forged and broken ones. Null for none. */
    private SentCommand timer(String application) {
        Instant now = clock(application);
        Instant due = model.due(application);
        boolean isDue = due != null && !due.isAfter(now);
        int dice = random.nextInt(100);
        if (isDue ? dice >= 65 : dice >= 4) {
            return null;
        }
        String about = random.nextInt(30) == 0 ? "nobody-0" : application;
        String key = random.nextInt(40) == 0 ? "not-" + about : about;
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("application", about);
        if (random.nextInt(40) == 0) {
            return new SentCommand(
                    "/forged", "t-" + ids++, SentCommand.TIMER, data.put("when", "now"), key, false, now);
        }
        String source = random.nextInt(4) == 0 ? "/forged" : "/lockstep";
        String id = "t-" + run + "-" + (random.nextInt(4) == 0 ? 0 : ids++);
        return new SentCommand(source, id, SentCommand.TIMER, data, key, true, now);
    }

    /** Takes note of a command that was sent by others, so that what follows is still likely to succeed. */
    void observe(SentCommand sent) {
        model.apply(sent);
    }

    private SentCommand pick(String application, List<SentCommand> earlier) {
        int dice = random.nextInt(100);
        if (dice < 7 && !earlier.isEmpty()) {
            return resent(oneOf(earlier));
        }
        if (dice < 10 && !earlier.isEmpty()) {
            return reused(application, oneOf(earlier));
        }
        if (dice < 12) {
            return toUnknownApplication();
        }
        SentCommand fresh = fresh(application);
        if (dice < 15) {
            return keyed(fresh, random.nextInt(3) == 0 ? null : "not-" + application);
        }
        if (dice < 17) {
            return typed(fresh, oneOf(UNKNOWN_TYPES));
        }
        if (dice < 22) {
            return broken(fresh);
        }
        if (dice < 28) {
            return expecting(fresh, dice < 25 ? 0 : 1 + random.nextInt(5));
        }
        return fresh;
    }

    private SentCommand fresh(String application) {
        int age = sentTo.merge(application, 1, Integer::sum);
        CommandKind kind = commands.kind(application);
        ObjectNode data = commands.data(kind, application, age, clock(application));
        String id = "c-" + run + "-" + ids++;
        return new SentCommand(oneOf(SOURCES), id, kind.type(), data, application, true);
    }

    /** The same content with its members in another order; judged again if the first did not use up its id. */
    private SentCommand resent(SentCommand first) {
        JsonNode data = Shuffle.members(first.data(), random);
        if (data.path("expectedRevision").isIntegralNumber() && random.nextBoolean()) {
            ((ObjectNode) data)
                    .put(
                            "expectedRevision",
                            data.get("expectedRevision").decimalValue().setScale(1));
        }
        return new SentCommand(first.source(), first.id(), first.type(), data, first.recordKey(), first.valid());
    }

    /** Reuses an id; half of these commands differ in a single member. */
    private SentCommand reused(String application, SentCommand first) {
        if (random.nextBoolean() && first.valid() && first.kind() != null) {
            ObjectNode data = first.data().deepCopy();
            data.put("reason", "for the " + ids++ + ". time");
            return new SentCommand(first.source(), first.id(), first.type(), data, first.recordKey(), true);
        }
        SentCommand fresh = fresh(application);
        return new SentCommand(first.source(), first.id(), fresh.type(), fresh.data(), fresh.recordKey(), true);
    }

    private SentCommand toUnknownApplication() {
        String nobody = "nobody-" + random.nextInt(3);
        CommandKind kind = commands.kind(nobody);
        ObjectNode data = commands.data(kind, nobody, 1, START);
        if (kind.creates()) {
            data.put("expectedRevision", 1 + random.nextInt(9));
        }
        return new SentCommand(oneOf(SOURCES), "n-" + run + "-" + ids++, kind.type(), data, nobody, true);
    }

    private SentCommand broken(SentCommand fresh) {
        JsonNode data = BrokenData.of(fresh.kind(), (ObjectNode) fresh.data(), random);
        return new SentCommand(fresh.source(), fresh.id(), fresh.type(), data, fresh.recordKey(), false);
    }

    private SentCommand expecting(SentCommand fresh, int tooHigh) {
        ObjectNode data = fresh.data().deepCopy();
        data.put("expectedRevision", model.revision(fresh.application()) + tooHigh);
        return new SentCommand(fresh.source(), fresh.id(), fresh.type(), data, fresh.recordKey(), true);
    }

    private static SentCommand keyed(SentCommand sent, String key) {
        return new SentCommand(sent.source(), sent.id(), sent.type(), sent.data(), key, true);
    }

    private static SentCommand typed(SentCommand sent, String type) {
        return new SentCommand(sent.source(), sent.id(), type, sent.data(), sent.recordKey(), true);
    }

    private <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static List<String> names(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(i % 3 == 1 ? "org.example:app~" + i : "app-" + i);
        }
        return names;
    }
}
