package dev.lockstep.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Additional applications. In each, {@value #EACH} releases wait for their time in staging, so there is one timer for
 * every {@value #EACH} deployments that wait.
 */
final class WaitingApplications {

    static final int EACH = 10;

    private final CommandWriter writer;

    WaitingApplications(String topic) {
        this.writer = new CommandWriter(topic, new Random(43));
    }

    /**
     * @param from the first application, from 0
     * @param to the last application plus one
     */
    List<BenchLoad.Command> releases(int from, int to) {
        List<BenchLoad.Command> commands = new ArrayList<>();
        for (int n = from; n < to; n++) {
            for (int i = 0; i < EACH; i++) {
                commands.add(writer.create(application(n), "w-" + i, BenchLoad.Kind.CREATE));
            }
        }
        return commands;
    }

    List<BenchLoad.Command> deployments(int from, int to, Instant notBefore) {
        List<BenchLoad.Command> commands = new ArrayList<>();
        for (int n = from; n < to; n++) {
            for (int i = 0; i < EACH; i++) {
                commands.add(deploy(application(n), "w-" + i, notBefore));
            }
        }
        return commands;
    }

    /** One more release in each of that many applications, and its deployment. */
    List<BenchLoad.Command> dueTogether(int count, Instant notBefore) {
        List<BenchLoad.Command> commands = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            String release = "d-" + notBefore.getEpochSecond();
            commands.add(writer.create(application(n), release, BenchLoad.Kind.CREATE));
            commands.add(deploy(application(n), release, notBefore));
        }
        return commands;
    }

    private BenchLoad.Command deploy(String application, String release, Instant notBefore) {
        return writer.write(
                application,
                "release.deploy",
                BenchLoad.Kind.DEPLOY,
                ",\"release\":\"" + release + "\",\"environment\":\"staging\",\"notBefore\":\"" + notBefore + "\"");
    }

    private static String application(int n) {
        return "wait-%05d".formatted(n);
    }
}
