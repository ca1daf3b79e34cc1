package dev.lockstep.local;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Broker settings for one small node: nothing replicated, nothing created by accident, little memory and disk. */
final class EmbeddedKafkaSettings {

    static final String CONTROLLER = "CONTROLLER";
    private static final String DIRECT = "DIRECT";
    private static final String PROXIED = "PROXIED";

    private static final int MIB = 1024 * 1024;
    /** A dead letter carries a record of up to 16 MiB plus headers. */
    private static final int MESSAGE_MAX_BYTES = 17 * MIB;

    private EmbeddedKafkaSettings() {}

    static Map<String, String> of(
            EmbeddedKafka.Options options, int port, List<Integer> proxiedPorts, int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        listeners(settings, options, port, proxiedPorts, controllerPort);
        singleNode(settings);
        modestSizes(settings);
        settings.put("log.dirs", options.dir.toString());
        settings.putAll(options.settings);
        return settings;
    }

    private static void listeners(
            Map<String, String> settings,
            EmbeddedKafka.Options options,
            int port,
            List<Integer> proxiedPorts,
            int controllerPort) {
        String direct = DIRECT + "://localhost:" + port;
        String bound = direct;
        String advertised = direct;
        String protocols = DIRECT + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT";
        for (int proxy = 0; proxy < proxiedPorts.size(); proxy++) {
            String name = PROXIED + proxy;
            bound += "," + name + "://localhost:" + proxiedPorts.get(proxy);
            advertised += "," + name + "://localhost:" + options.advertisedPorts.get(proxy);
            protocols += "," + name + ":PLAINTEXT";
        }
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@localhost:" + controllerPort);
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("listeners", bound + "," + CONTROLLER + "://localhost:" + controllerPort);
        settings.put("advertised.listeners", advertised);
        settings.put("inter.broker.listener.name", DIRECT);
        settings.put("listener.security.protocol.map", protocols);
    }

    private static void singleNode(Map<String, String> settings) {
        settings.put("auto.create.topics.enable", "false");
        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
    }

    private static void modestSizes(Map<String, String> settings) {
        settings.put("offsets.topic.num.partitions", "5");
        settings.put("transaction.state.log.num.partitions", "5");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("message.max.bytes", String.valueOf(MESSAGE_MAX_BYTES));
        settings.put("replica.fetch.max.bytes", String.valueOf(MESSAGE_MAX_BYTES));
        settings.put("log.segment.bytes", String.valueOf(64 * MIB));
        settings.put("log.index.size.max.bytes", String.valueOf(MIB));
        settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(16 * MIB));
        settings.put("log.cleaner.io.buffer.size", String.valueOf(MIB / 2));
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
    }
}
