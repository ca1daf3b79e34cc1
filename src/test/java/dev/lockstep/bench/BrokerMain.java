package dev.lockstep.bench;

import dev.lockstep.local.EmbeddedKafka;
import java.nio.file.Path;

/**
 * The broker in a JVM of its own. Arguments: its data folder, and the port of the proxy that its second listener advertises. The
 * first line of its output is the address of the first listener, a space, and the port of the second.
 */
final class BrokerMain {

    private BrokerMain() {}

    public static void main(String[] args) {
        EmbeddedKafka kafka = EmbeddedKafka.in(Path.of(args[0]))
                .advertisedThrough(Integer.parseInt(args[1]))
                .start();
        ChildJvm.announceUp(kafka.bootstrapServers() + " " + kafka.proxiedPort(0), () -> System.exit(0));
    }
}
