package dev.lockstep.bench;

import dev.lockstep.local.Ports;
import dev.lockstep.local.TcpProxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** What a contender asks of broker and Postgres, and when: seen by proxies in front of both, which cost it some 0.1 ms each time. */
final class WireTrace implements AutoCloseable {

    /**
     * A request, or several sent together, until the response.
     *
     * @param begin when the proxy had it, in {@link System#nanoTime()}
     * @param end when the proxy had the response
     */
    record Exchange(String to, String what, long begin, long end) {}

    private final ConcurrentLinkedQueue<Exchange> exchanges = new ConcurrentLinkedQueue<>();
    private final Map<Object, KafkaExchanges> kafka = new ConcurrentHashMap<>();
    private final Map<Object, PostgresExchanges> postgres = new ConcurrentHashMap<>();
    private TcpProxy broker;
    private TcpProxy database;

    /** Starts the proxies, the one for the broker on the port that the broker advertises. */
    void open(int brokerPort, int brokerProxyPort, String postgresHost, int postgresPort) {
        Consumer<Exchange> sink = exchanges::add;
        broker = TcpProxy.to("localhost", brokerPort, brokerProxyPort);
        broker.observe((connection, isRequest, buffer, length) -> kafka.computeIfAbsent(
                        connection, any -> new KafkaExchanges(sink))
                .onBytes(isRequest, buffer, length));
        database = TcpProxy.to(postgresHost, postgresPort, Ports.free());
        database.observe((connection, isRequest, buffer, length) -> postgres.computeIfAbsent(
                        connection, any -> new PostgresExchanges(sink))
                .onBytes(isRequest, buffer, length));
    }

    int postgresPort() {
        return database.port();
    }

    /** What had its response within a period, by the time of the response. Forgets everything before its end. */
    List<Exchange> take(long from, long to) {
        List<Exchange> within = StreamSupport.stream(exchanges.spliterator(), false)
                .filter(one -> one.end >= from && one.end <= to)
                .sorted((one, other) -> Long.compare(one.end, other.end))
                .toList();
        exchanges.removeIf(one -> one.end <= to);
        return within;
    }

    @Override
    public void close() {
        broker.close();
        database.close();
    }
}
