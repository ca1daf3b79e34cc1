package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * Does what the answers say: over random pipelines and histories, whoever is refused with {@code PROMOTION_ORDER} deploys
 * to the {@code requiredEnvironment} and asks again, until the release is where it was to go (rule 2). No model judges
 * here: the subject's own answers must agree with each other.
 */
public final class PromotionWalk {

    /** More than the longest pipeline. */
    private static final int PATIENCE = 12;

    private static final int ASKS_ONE_IN = 4;

    private final Subject subject;
    private final Random random;
    private final CommandGenerator generator;
    private final List<String> faults = new ArrayList<>();
    private int walks;
    private int steps;
    private int sent;

    public PromotionWalk(Subject subject, long seed) {
        this.subject = subject;
        this.random = new Random(seed);
        this.generator = new CommandGenerator(seed, 2);
    }

    /** Takes so many random commands, asks now and then for a long way, and does what the answers ask for. */
    public PromotionWalk over(int commands) {
        for (int i = 0; i < commands; i++) {
            Sent command = generator.next();
            follow(command.data(), subject.apply(command).result());
            if (command.application() != null && random.nextInt(ASKS_ONE_IN) == 0) {
                askForALongWay(command.application());
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

    private void askForALongWay(String application) {
        Published published = subject.published(application);
        List<JsonNode> releases = published.releases(application).values().stream()
                .map(Latest::value)
                .filter(Objects::nonNull)
                .toList();
        List<JsonNode> environments = published.environments(application).values().stream()
                .map(Latest::value)
                .filter(Objects::nonNull)
                .toList();
        if (!releases.isEmpty()) {
            String release = oneOf(releases).get("release").textValue();
            String target = oneOf(environments).at("/environment/id").textValue();
            ObjectNode asked = data(application, target).put("release", release);
            follow(asked, apply(Kind.DEPLOY, asked));
        }
    }

    private JsonNode oneOf(List<JsonNode> values) {
        return values.get(random.nextInt(values.size()));
    }

    private void walk(JsonNode asked, JsonNode firstAnswer) {
        JsonNode answer = firstAnswer;
        for (int i = 0; i < PATIENCE && isPromotionOrder(answer); i++) {
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
            faults.add(asked + ": did all that was said, and still got " + answer);
        }
    }

    /** A policy is no matter of the order: where a newer release stands in the way, it is taken away. */
    private JsonNode deploy(JsonNode asked, String environment) {
        String application = asked.get("application").textValue();
        ObjectNode data = data(application, environment).set("release", asked.get("release"));
        JsonNode answer = apply(Kind.DEPLOY, data);
        if (!code(answer).equals(Code.OLDER_THAN_CURRENT.name())) {
            return answer;
        }
        apply(Kind.UNDEPLOY, data(application, environment));
        return apply(Kind.DEPLOY, data);
    }

    private static ObjectNode data(String application, String environment) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("application", application)
                .put("environment", environment);
    }

    private JsonNode apply(Kind kind, ObjectNode data) {
        String application = data.get("application").textValue();
        Sent command = new Sent("/walk", "w-" + sent++, kind.type(), data, application, true);
        generator.heard(command);
        return subject.apply(command).result();
    }

    private static boolean isPromotionOrder(JsonNode answer) {
        return code(answer).equals(Code.PROMOTION_ORDER.name());
    }

    private static boolean isAccepted(JsonNode answer) {
        return answer.path("outcome").asText().equals("accepted");
    }

    private static String code(JsonNode answer) {
        return answer.at("/problem/code").asText();
    }

    /** What did not lead where it was said to. */
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
