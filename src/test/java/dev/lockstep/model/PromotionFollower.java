package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * Follows the answers: over random pipelines and histories, whenever a deploy is refused with {@code PROMOTION_ORDER}, it deploys
 * to the {@code requiredEnvironment} and tries again, until the release is where it should go (rule 2). No model judges
 * here: the subject's own answers must be consistent.
 */
public final class PromotionFollower {

    /** More than the longest pipeline. */
    private static final int MAX_STEPS = 12;

    private static final int ASKS_ONE_IN = 4;

    private final Subject subject;
    private final Random random;
    private final CommandGenerator generator;
    private final List<String> faults = new ArrayList<>();
    private int walks;
    private int steps;
    private int sent;

    public PromotionFollower(Subject subject, long seed) {
        this.subject = subject;
        this.random = new Random(seed);
        this.generator = new CommandGenerator(seed, 2);
    }

    /** Takes that many random commands, occasionally requests a distant promotion, and does what the answers require. */
    public PromotionFollower over(int commands) {
        for (int i = 0; i < commands; i++) {
            SentCommand command = generator.next();
            follow(command.data(), subject.apply(command).result());
            if (command.application() != null && random.nextInt(ASKS_ONE_IN) == 0) {
                requestDistantPromotion(command.application());
            }
        }
        return this;
    }

    private void follow(JsonNode asked, JsonNode answer) {
        if (isPromotionOrder(answer) && !answer.path("duplicate").booleanValue()) {
            walks++;
            walk(asked, answer);
        }
    }

    private void requestDistantPromotion(String application) {
        Published published = subject.published(application);
        List<JsonNode> releases = published.releases(application).values().stream()
                .map(LatestRecord::value)
                .filter(Objects::nonNull)
                .toList();
        List<JsonNode> environments = published.environments(application).values().stream()
                .map(LatestRecord::value)
                .filter(Objects::nonNull)
                .toList();
        if (!releases.isEmpty()) {
            String release = oneOf(releases).get("release").textValue();
            String target = oneOf(environments).at("/environment/id").textValue();
            ObjectNode asked = data(application, target).put("release", release);
            follow(asked, apply(CommandKind.DEPLOY, asked));
        }
    }

    private JsonNode oneOf(List<JsonNode> values) {
        return values.get(random.nextInt(values.size()));
    }

    private void walk(JsonNode asked, JsonNode firstAnswer) {
        JsonNode answer = firstAnswer;
        for (int i = 0; i < MAX_STEPS && isPromotionOrder(answer); i++) {
            String required = answer.at("/problem/requiredEnvironment").textValue();
            JsonNode step = deploy(asked, required);
            if (!isAccepted(step)) {
                faults.add(asked + ": was told to deploy to " + required + ", and that gave " + step);
                return;
            }
            steps++;
            answer = deploy(asked, asked.get("environment").textValue());
        }
        if (!isAccepted(answer)) {
            faults.add(asked + ": did everything it was told, and still got " + answer);
        }
    }

    /** A policy does not concern the order: if a newer release is in the way, it is removed. */
    private JsonNode deploy(JsonNode asked, String environment) {
        String application = asked.get("application").textValue();
        ObjectNode data = data(application, environment).set("release", asked.get("release"));
        JsonNode answer = apply(CommandKind.DEPLOY, data);
        if (!code(answer).equals(ExpectedRefusal.OLDER_THAN_CURRENT.name())) {
            return answer;
        }
        apply(CommandKind.UNDEPLOY, data(application, environment));
        return apply(CommandKind.DEPLOY, data);
    }

    private static ObjectNode data(String application, String environment) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("application", application)
                .put("environment", environment);
    }

    private JsonNode apply(CommandKind kind, ObjectNode data) {
        String application = data.get("application").textValue();
        SentCommand command = new SentCommand("/walk", "w-" + sent++, kind.type(), data, application, true);
        generator.observe(command);
        return subject.apply(command).result();
    }

    private static boolean isPromotionOrder(JsonNode answer) {
        return code(answer).equals(ExpectedRefusal.PROMOTION_ORDER.name());
    }

    private static boolean isAccepted(JsonNode answer) {
        return answer.path("outcome").asText().equals("accepted");
    }

    private static String code(JsonNode answer) {
        return answer.at("/problem/code").asText();
    }

    /** The answers that did not lead where they should. */
    public List<String> faults() {
        return faults;
    }

    /** How many refusals were followed. */
    public int walks() {
        return walks;
    }

    /** How many deployments they asked for. */
    public int steps() {
        return steps;
    }
}
