package dev.lockstep.local;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One client connection through a {@link TcpProxy}: two threads, one for each direction. */
final class ProxiedConnection {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final TcpProxy proxy;
    private final Socket client;
    private final Socket server;
    private final Set<Integer> heldCorrelationIds = ConcurrentHashMap.newKeySet();
    private volatile boolean lost;
    private volatile boolean frozen;

    ProxiedConnection(TcpProxy proxy, Socket client, Socket server) {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
    }

    void start() {
        Daemons.start("proxy-" + proxy.port() + "-requests", () -> pump(client, server, true));
        Daemons.start("proxy-" + proxy.port() + "-answers", () -> pump(server, client, false));
    }

    /** From now on swallows all bytes; closes when one of the two sides does. */
    void lose() {
        lost = true;
    }

    /** The same, but does not even close. */
    void freeze() {
        frozen = true;
        lost = true;
    }

    void close(boolean reset) {
        for (Socket socket : new Socket[] {client, server}) {
            try {
                if (reset) {
                    socket.setSoLinger(true, 0);
                }
                socket.close();
            } catch (IOException alreadyClosed) {
                continue;
            }
        }
        proxy.ended(this);
    }

    private void pump(Socket from, Socket to, boolean requests) {
        try {
            if (proxy.readsKafka()) {
                pumpFrames(new DataInputStream(from.getInputStream()), to.getOutputStream(), requests);
            } else {
                pumpBytes(from.getInputStream(), to.getOutputStream(), requests);
            }
        } catch (IOException | IllegalArgumentException ended) {
            // treated as the end of the stream
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!frozen) {
                close(false);
            }
        }
    }

    private void pumpBytes(InputStream in, OutputStream out, boolean requests)
            throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            proxy.observed(this, requests, buffer, read);
            if (requests) {
                proxy.noteRequest(buffer, read);
            } else {
                proxy.heldResponses().pass();
            }
            proxy.traffic().pass();
            if (lost) {
                proxy.swallowed();
            } else {
                out.write(buffer, 0, read);
            }
        }
    }

    private void pumpFrames(DataInputStream in, OutputStream out, boolean requests)
            throws IOException, InterruptedException {
        while (true) {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            if (requests) {
                noteRequest(frame);
            } else {
                awaitRelease(frame);
            }
            proxy.traffic().pass();
            if (lost) {
                proxy.swallowed();
            } else {
                out.write(ByteBuffer.allocate(Integer.BYTES + frame.length)
                        .putInt(frame.length)
                        .put(frame)
                        .array());
            }
        }
    }

    private void noteRequest(byte[] frame) {
        KafkaRequest request = KafkaRequest.of(frame);
        if (proxy.holdsAnswerTo(request)) {
            heldCorrelationIds.add(request.correlationId());
        }
    }

    private void awaitRelease(byte[] answer) throws InterruptedException {
        int correlationId = ByteBuffer.wrap(answer).getInt();
        if (heldCorrelationIds.remove(correlationId)) {
            proxy.heldResponses().pass();
        }
    }
}
