package dev.lockstep.local;

import java.nio.file.Path;

/**
 * What can be changed about the local run, as system properties on Maven's command line:
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>property</th><th>default</th><th></th></tr>
 * <tr><td>{@code lockstep.local.kafka-port}</td><td>9092</td><td>where Kafka listens</td></tr>
 * <tr><td>{@code lockstep.local.http-port}</td><td>8080</td><td>the worker's health checks</td></tr>
 * <tr><td>{@code lockstep.local.postgres-port}</td><td>0</td><td>0 picks a free one</td></tr>
 * <tr><td>{@code lockstep.local.data}</td><td>{@code data}</td><td>folder of all data; delete it to start anew</td></tr>
 * </table>
 *
 * @param postgresPort 0 for a free one
 * @param data absolute
 */
record LocalSettings(int kafkaPort, int httpPort, int postgresPort, Path data) {

    static final String KAFKA_PORT = "lockstep.local.kafka-port";
    static final String HTTP_PORT = "lockstep.local.http-port";
    static final String POSTGRES_PORT = "lockstep.local.postgres-port";
    static final String DATA = "lockstep.local.data";

    private static final int LAST_PORT = 65_535;

    /** @throws LocalRunException when a setting makes no sense */
    static LocalSettings fromSystemProperties() {
        Path project = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        return new LocalSettings(
                port(KAFKA_PORT, 9092),
                port(HTTP_PORT, 8080),
                port(POSTGRES_PORT, 0),
                project.resolve(System.getProperty(DATA, "data")).normalize());
    }

    /** @throws LocalRunException when a port is taken */
    void requireFreePorts() {
        requireFree("Kafka", KAFKA_PORT, kafkaPort);
        requireFree("the worker's HTTP", HTTP_PORT, httpPort);
        if (postgresPort != 0) {
            requireFree("Postgres", POSTGRES_PORT, postgresPort);
        }
    }

    private static void requireFree(String what, String property, int port) {
        if (!Ports.isFree(port)) {
            throw new LocalRunException(
                    "Port %d, for %s, is taken: end what listens there, or choose another with -D%s=…"
                            .formatted(port, what, property));
        }
    }

    private static int port(String property, int byDefault) {
        Integer port = Integer.getInteger(property, System.getProperty(property) == null ? byDefault : -1);
        if (port < 0 || port > LAST_PORT) {
            throw new LocalRunException("-D%s=%s is no port.".formatted(property, System.getProperty(property)));
        }
        return port;
    }
}
