package dev.lockstep.bench;

import dev.lockstep.local.EmbeddedKafka;
import java.nio.file.Path;

/** The broker in a JVM of its own. Argument: its data folder. The first line of its output is the address on which it listens. */
final class BrokerMain {

    private BrokerMain() {}

    public static void main(String[] args) {
        EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), 0);
        ChildJvm.announceUp(kafka.bootstrapServers(), () -> System.exit(0));
    }
}
