package dev.lockstep.bench;

import dev.lockstep.local.EmbeddedKafka;
import java.nio.file.Path;

/** The broker in a JVM of its own. Argument: the folder of its data. Its first line is where it listens. */
final class BrokerMain {

    private BrokerMain() {}

    public static void main(String[] args) {
        EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), 0);
        ChildJvm.up(kafka.bootstrapServers(), () -> System.exit(0));
    }
}
