package dev.lockstep.setup;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.utils.Utils;

/**
 * Checks what listens at the brokers' addresses before a client connects: a client takes the first bytes of any response as a
 * length and allocates that much memory, so the alert of a TLS listener, or a reply from Postgres, would end the process.
 */
final class BrokerProbe {

    private static final int TIMEOUT_MILLIS = 1_000;

    /** Far more than a broker's response, and far less than the letters of other protocols amount to as a number. */
    private static final int MAX_RESPONSE_BYTES = 1 << 20;

    private BrokerProbe() {}

    /** @return whether an address was reached, and none of those responds like a broker; false with TLS, whose client copes */
    static boolean findsOnlyNonBrokers(Map<String, Object> config) {
        if (String.valueOf(config.get("security.protocol")).endsWith("SSL")) {
            return false;
        }
        boolean foundNonBroker = false;
        for (String server :
                List.of(String.valueOf(config.get("bootstrap.servers")).split(","))) {
            try {
                int length = readResponseLength(Utils.getHost(server.strip()), Utils.getPort(server.strip()));
                if (length >= 0 && length <= MAX_RESPONSE_BYTES) {
                    return false;
                }
                foundNonBroker = true;
            } catch (IOException | RuntimeException e) {
                // the client reports what is wrong with this address
            }
        }
        return foundNonBroker;
    }

    private static int readResponseLength(String host, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(apiVersionsRequest());
            out.flush();
            return new DataInputStream(socket.getInputStream()).readInt();
        }
    }

    /** The request that every broker answers for everybody: version 0, without a client id. */
    private static byte[] apiVersionsRequest() {
        return ByteBuffer.allocate(14)
                .putInt(10)
                .putShort(ApiKeys.API_VERSIONS.id)
                .putShort((short) 0)
                .putInt(0)
                .putShort((short) -1)
                .array();
    }
}
