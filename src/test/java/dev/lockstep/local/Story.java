package dev.lockstep.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.KafkaException;

/** A release's way from development to production, told through Kafka: each command, followed by its outcome. */
final class Story {

    static final String APPLICATION = "shop";
    static final String RELEASE = "1.0.0";
    static final String NEXT = "1.1.0";

    private static final String ACCEPTED = "accepted";

    private final String bootstrapServers;
    private final PrintStream out;
    private final Duration patience;

    /** @param patience how long to wait for each outcome */
    Story(String bootstrapServers, PrintStream out, Duration patience) {
        this.bootstrapServers = bootstrapServers;
        this.out = out;
        this.patience = patience;
    }

    /** @return whether every command got its outcome */
    boolean tell() throws InterruptedException {
        try (StoryClient client = new StoryClient(bootstrapServers, patience)) {
            client.listen();
            tell(client);
            return true;
        } catch (StoryInterrupted e) {
            out.println("  … " + e.getMessage());
        } catch (KafkaException e) {
            out.println("  … The story ends here: " + e.getMessage());
        }
        return false;
    }

    private void tell(StoryClient client) throws InterruptedException, StoryInterrupted {
        chapter("A release begins in development, on its own, and can still be deleted.");
        create(client);
        out.println("    (revisions count the events of shop: its three environments were the first)");
        delete(client);

        chapter("Created again, it is deployed. No environment given: it goes to the next one, staging.");
        create(client);
        ask(client, "deploy %s %s", "release.deploy.v1", command(client));

        chapter("What runs in staging is what was in development: the two are linked.");
        link(client);

        chapter("From now on it cannot be deleted, in no environment.");
        delete(client);

        chapter("On to production, and it stays that way.");
        ask(
                client,
                "deploy %s %s to production",
                "release.deploy.v1",
                command(client).put("environment", "production"));
        delete(client);

        chapter("Where somebody else does the work, a deployment is in progress until its end is reported.");
        reported(client);
    }

    /** A deployment in progress, one that waits for it, and what becomes of both when the first fails. */
    private void reported(StoryClient client) throws InterruptedException, StoryInterrupted {
        ObjectNode staging = client.data().put("application", APPLICATION).put("environment", "staging");
        staging.putObject("policy").put("completion", "reported").put("whenBusy", "queue");
        ask(
                client,
                "configure staging of %s: deployments are reported, and queue",
                "environment.configure.v1",
                staging);
        JsonNode redeployed = ask(
                client,
                "redeploy staging of %s",
                "environment.redeploy.v1",
                client.data().put("application", APPLICATION).put("environment", "staging"));
        ask(client, "create %s " + NEXT, "release.create.v1", next(client).put("title", "The second one"));
        ask(
                client,
                "deploy %s " + NEXT + " to staging",
                "release.deploy.v1",
                next(client).put("environment", "staging"));
        ask(
                client,
                "report that the first of the two failed",
                "deployment.report.v1",
                client.data()
                        .put("application", APPLICATION)
                        .put("deployment", redeployed.path("deployment").asText())
                        .put("status", "failed")
                        .put("message", "2 of 3 machines are back"));
        JsonNode status = client.status(
                        StoryClient.DEPLOYMENT_STATUS, APPLICATION + "/staging", environment -> environment
                                .path("active")
                                .path("release")
                                .asText()
                                .equals(NEXT))
                .orElseThrow(() ->
                        new StoryInterrupted("The second deployment did not start within %d s, so the story ends here."
                                .formatted(patience.toSeconds())));
        out.printf(
                "  · in staging the last deployment has %s, %s is still current, and %s is in progress%n",
                status.path("lastDeployment").path("status").asText(),
                status.path("current").path("release").asText(),
                status.path("active").path("release").asText());
        ask(
                client,
                "report that " + NEXT + " has succeeded",
                "deployment.report.v1",
                client.data()
                        .put("application", APPLICATION)
                        .put("deployment", status.path("active").path("id").asText())
                        .put("status", "succeeded"));
        ObjectNode back = client.data().put("application", APPLICATION).put("environment", "staging");
        back.putNull("policy");
        ask(client, "configure staging of %s: as it was, done when asked for", "environment.configure.v1", back);
    }

    private static ObjectNode next(StoryClient client) {
        return client.data().put("application", APPLICATION).put("release", NEXT);
    }

    private void create(StoryClient client) throws InterruptedException, StoryInterrupted {
        ObjectNode command = command(client)
                .put("title", "The first one")
                .put("description", "What the shop looked like on its opening day");
        ask(client, "create %s %s", "release.create.v1", command);
    }

    private void delete(StoryClient client) throws InterruptedException, StoryInterrupted {
        ask(client, "delete %s %s", "release.delete.v1", command(client));
    }

    private void link(StoryClient client) throws StoryInterrupted {
        JsonNode status = client.status(StoryClient.RELEASE_STATUS, APPLICATION + "/" + RELEASE, Story::isLinked)
                .orElseThrow(() -> new StoryInterrupted("No link appeared in %s within %d s, so the story ends here."
                        .formatted(StoryClient.RELEASE_STATUS, patience.toSeconds())));
        for (JsonNode placement : status.path("placements")) {
            if (placement.hasNonNull("linkedFrom")) {
                out.printf(
                        "  · %s %s in %s is linked to the one in %s%n",
                        APPLICATION,
                        RELEASE,
                        placement.path("environment").asText(),
                        placement.path("linkedFrom").asText());
            }
        }
    }

    /** @return the outcome */
    private JsonNode ask(StoryClient client, String asked, String type, ObjectNode data)
            throws InterruptedException, StoryInterrupted {
        out.printf("  → " + asked + "%n", APPLICATION, RELEASE);
        JsonNode outcome = client.ask(type, data)
                .orElseThrow(() -> new StoryInterrupted(
                        "No outcome came within " + patience.toSeconds() + " s, so the story ends here."));
        out.println("  ← " + describe(outcome));
        return outcome;
    }

    private static ObjectNode command(StoryClient client) {
        return client.data().put("application", APPLICATION).put("release", RELEASE);
    }

    private static boolean isLinked(JsonNode status) {
        return StreamSupport.stream(status.path("placements").spliterator(), false)
                .anyMatch(placement -> placement.hasNonNull("linkedFrom"));
    }

    static String describe(JsonNode outcome) {
        if (ACCEPTED.equals(outcome.path("outcome").asText())) {
            return "accepted, revision " + outcome.path("revision").asLong() + describeDeploymentStatus(outcome);
        }
        JsonNode problem = outcome.path("problem");
        String reasons = StreamSupport.stream(problem.path("lockReasons").spliterator(), false)
                .map(Story::describeReason)
                .collect(Collectors.joining());
        return "refused, " + problem.path("code").asText() + ": "
                + problem.path("detail").asText() + reasons;
    }

    /** The state of the deployment, unless it has succeeded. */
    private static String describeDeploymentStatus(JsonNode outcome) {
        String status = outcome.path("deploymentStatus").asText("succeeded");
        String reasons = StreamSupport.stream(outcome.path("blockedBy").spliterator(), false)
                .map(reason -> "%n      %s: %s"
                        .formatted(
                                reason.path("code").asText(),
                                reason.path("detail").asText()))
                .collect(Collectors.joining());
        return status.equals("succeeded") ? "" : ", " + status.replace('_', ' ') + reasons;
    }

    private static String describeReason(JsonNode reason) {
        return "%n      %s in %s since %s"
                .formatted(
                        reason.path("code").asText(),
                        reason.path("environment").asText(),
                        reason.path("since").asText());
    }

    private void chapter(String sentence) {
        out.println();
        out.println("  " + sentence);
    }

    /** The story cannot continue; the message says why. */
    private static final class StoryInterrupted extends Exception {
        StoryInterrupted(String message) {
            super(message);
        }
    }
}
