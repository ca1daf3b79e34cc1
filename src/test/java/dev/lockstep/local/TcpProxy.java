package dev.lockstep.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Sits between a client and a server on this machine and misbehaves on demand: cuts, hangs, or holds back responses.
 * {@link #heal()} ends every fault. All its threads are daemons.
 */
public final class TcpProxy implements AutoCloseable {

    private static final Predicate<KafkaRequest> NONE = request -> false;

    private final String host;
    private final int targetPort;
    private final int port;
    private final boolean kafka;
    private final ThreadGate traffic = new ThreadGate();
    private final ThreadGate heldAnswers = new ThreadGate();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile Predicate<KafkaRequest> responsesToHold = NONE;
    private volatile Predicate<byte[]> bytesToHoldResponsesAfter;
    private volatile TrafficObserver observer = (connection, isRequest, buffer, length) -> {};
    private final AtomicLong lost = new AtomicLong();
    private final Set<ProxiedConnection> frozen = ConcurrentHashMap.newKeySet();
    private final Set<Socket> ignored = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile boolean ignoring;
    private final ServerSocket listener;

    private TcpProxy(String host, int targetPort, int port, boolean kafka) {
        this.host = host;
        this.targetPort = targetPort;
        this.port = port;
        this.kafka = kafka;
        this.listener = listen();
        Daemons.start("proxy-" + port, this::accept);
    }

    /** Forwards bytes from a free port of this machine, without looking into them. */
    public static TcpProxy to(String host, int targetPort) {
        return to(host, targetPort, Ports.free());
    }

    /** Forwards bytes from the given port of this machine, without looking into them. */
    public static TcpProxy to(String host, int targetPort, int port) {
        return new TcpProxy(host, targetPort, port, false);
    }

    /**
     * Sits in front of a broker's proxied listener, on the port that this listener advertises, and understands Kafka's frames,
     * which {@link #holdResponsesTo} needs.
     */
    public static TcpProxy inFrontOf(EmbeddedKafka broker) {
        return inFrontOf(broker, 0);
    }

    /** The same for one of several proxies in front of a broker, counted from 0 in the order of {@code advertisedThrough}. */
    public static TcpProxy inFrontOf(EmbeddedKafka broker, int proxy) {
        return new TcpProxy("localhost", broker.proxiedPort(proxy), broker.advertisedPort(proxy), true);
    }

    public int port() {
        return port;
    }

    /** The number of connections, without frozen and ignored ones. */
    public int connections() {
        return connections.size();
    }

    /**
     * Breaks all connections, and every new one immediately, until {@link #heal()}.
     *
     * @param reset whether the peers see a reset (RST), as from a host that crashed, rather than an orderly close (FIN)
     */
    public void cut(boolean reset) {
        cut = true;
        connections.forEach(connection -> connection.close(reset));
    }

    /**
     * Stops all bytes in both directions and keeps the connections open, as a broken network does. New
     * connections are accepted, and get no response. {@link #heal()} delivers what was in transit.
     */
    public void hang() {
        traffic.shut();
    }

    /**
     * Forgets all connections without telling anybody: whatever is sent on them from now on is lost forever, as when a
     * router between the two is replaced. Whichever side closes one sees the other side close it too. New connections are not
     * affected.
     */
    public void lose() {
        connections.forEach(ProxiedConnection::lose);
    }

    /**
     * The same, but neither side ever learns that the other has closed a connection, as after a failover behind an IP address:
     * a peer that waits for an orderly close waits forever.
     */
    public void freeze() {
        for (ProxiedConnection connection : connections) {
            connection.freeze();
            frozen.add(connection);
            connections.remove(connection);
        }
    }

    /**
     * Accepts new connections and does nothing else, until {@link #heal()}: nobody answers them, then or later, and nobody
     * closes them.
     */
    public void ignoreNew() {
        ignoring = true;
    }

    /** How many connections were accepted but not answered because of {@link #ignoreNew()}, since the proxy was created. */
    public int ignored() {
        return ignored.size();
    }

    /**
     * Lets requests through to the broker and holds back the responses to those that match, and with each of them everything
     * after it on its connection, until {@link #heal()}. The broker has done what was requested, but the client does not know.
     * Only on a proxy {@link #inFrontOf} a broker.
     *
     * @param requests called for every request from now on, before it is forwarded; may also just observe
     */
    public void holdResponsesTo(Predicate<KafkaRequest> requests) {
        if (!kafka) {
            throw new IllegalStateException(
                    "This proxy does not parse what it forwards: use TcpProxy.inFrontOf(broker)");
        }
        heldAnswers.shut();
        responsesToHold = requests;
    }

    /**
     * Forwards bytes that match, and from then on no response on any connection, until {@link #heal()}: the server has done
     * what was requested, but the client does not know. Only on a proxy that does not understand Kafka.
     *
     * @param bytes called for what a client sends, as it arrives, until it first returns true
     */
    public void holdResponsesAfter(Predicate<byte[]> bytes) {
        bytesToHoldResponsesAfter = bytes;
    }

    /** From now on, shows all bytes to an observer before they are forwarded. Only on a proxy that does not understand Kafka. */
    public void observe(TrafficObserver observer) {
        if (kafka) {
            throw new IllegalStateException("This proxy parses what it forwards: use TcpProxy.to(host, port)");
        }
        this.observer = observer;
    }

    /** How often something had to wait, because of {@link #hang()} or of a held-back response, since the proxy was created. */
    public long held() {
        return traffic.waits() + heldAnswers.waits();
    }

    /** How often something was lost because of {@link #lose()} or {@link #freeze()}, since the proxy was created. */
    public long lost() {
        return lost.get();
    }

    /** Ends every fault: accepts connections again, forwards bytes again, and delivers what was held back. */
    public synchronized void heal() {
        responsesToHold = NONE;
        bytesToHoldResponsesAfter = null;
        traffic.open();
        heldAnswers.open();
        cut = false;
        ignoring = false;
    }

    @Override
    public void close() {
        cut(false);
        frozen.forEach(connection -> connection.close(false));
        ignored.forEach(TcpProxy::close);
        traffic.open();
        heldAnswers.open();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean holdsAnswerTo(KafkaRequest request) {
        return responsesToHold.test(request);
    }

    void noteRequest(byte[] buffer, int length) {
        if (bytesToHoldResponsesAfter != null) {
            holdResponsesIfMatching(Arrays.copyOf(buffer, length));
        }
    }

    /** Synchronized with {@link #heal}: the gate must not be shut behind its back. */
    private synchronized void holdResponsesIfMatching(byte[] bytes) {
        if (bytesToHoldResponsesAfter != null && bytesToHoldResponsesAfter.test(bytes)) {
            heldAnswers.shut();
            bytesToHoldResponsesAfter = null;
        }
    }

    void observed(ProxiedConnection connection, boolean isRequest, byte[] buffer, int length) {
        observer.onBytes(connection, isRequest, buffer, length);
    }

    boolean readsKafka() {
        return kafka;
    }

    ThreadGate traffic() {
        return traffic;
    }

    ThreadGate heldResponses() {
        return heldAnswers;
    }

    void swallowed() {
        lost.incrementAndGet();
    }

    void ended(ProxiedConnection connection) {
        connections.remove(connection);
    }

    private ServerSocket listen() {
        try {
            ServerSocket opening = new ServerSocket();
            opening.setReuseAddress(true);
            opening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return opening;
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy could not listen on port " + port, e);
        }
    }

    private void accept() {
        while (true) {
            try {
                serve(listener.accept());
            } catch (IOException listenerClosed) {
                return;
            }
        }
    }

    private void serve(Socket client) throws IOException {
        if (ignoring) {
            ignored.add(client);
            return;
        }
        client.setTcpNoDelay(true); // as it would be on both sides without a proxy
        Socket server;
        try {
            server = new Socket(host, targetPort);
            server.setTcpNoDelay(true);
        } catch (IOException targetDown) {
            client.close();
            return;
        }
        ProxiedConnection connection = new ProxiedConnection(this, client, server);
        connections.add(connection);
        if (cut) {
            connection.close(true);
        } else {
            connection.start();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
