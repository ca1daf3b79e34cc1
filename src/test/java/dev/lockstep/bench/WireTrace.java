package dev.lockstep.bench;

import dev.lockstep.local.Ports;
import dev.lockstep.local.TcpProxy;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** What a contender asks of broker and Postgres, and when: seen by proxies in front of both, each of which adds some 0.1 ms. */
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
    private final TcpProxy broker;
    private final TcpProxy database;

    /** @param brokerProxyPort the port that the broker advertises */
    WireTrace(int brokerPort, int brokerProxyPort, String postgresHost, int postgresPort) {
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

    /** Through the proxies. */
    Endpoints endpoints() {
        return new Endpoints("localhost:" + broker.port(), database.port());
    }

    /** What had its response within a period, by the time of the response. Forgets everything before its end. */
    List<Exchange> take(long from, long to) {
        List<Exchange> within = exchanges.stream()
                .filter(exchange -> exchange.end >= from && exchange.end <= to)
                .sorted(Comparator.comparingLong(Exchange::end))
                .toList();
        exchanges.removeIf(exchange -> exchange.end <= to);
        return within;
    }

    @Override
    public void close() {
        broker.close();
        database.close();
    }
}
