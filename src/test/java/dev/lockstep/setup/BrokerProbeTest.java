package dev.lockstep.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.local.EmbeddedKafka;
import dev.lockstep.local.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerProbeTest {

    private static final byte[] TLS_ALERT = {0x15, 3, 3, 0, 2, 2, 40};
    private static final byte[] HTTP = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void aServerWithAnotherProtocolIsNotABroker() throws Exception {
        assertThat(findsNoBroker(TLS_ALERT)).isTrue();
        assertThat(findsNoBroker(HTTP)).isTrue();
        assertThat(findsNoBroker(new byte[] {-1, -1, -1, -1})).isTrue();
    }

    @Test
    void whatSaysNothingIsLeftToTheClient() throws Exception {
        assertThat(findsNoBroker(new byte[0])).isFalse();
        assertThat(BrokerProbe.findsOnlyNonBrokers(Map.of("bootstrap.servers", "localhost:" + Ports.free())))
                .isFalse();
        assertThat(BrokerProbe.findsOnlyNonBrokers(Map.of("bootstrap.servers", "nothing of the kind")))
                .isFalse();
    }

    @Test
    void aBrokerIsRecognisedEvenNextToANonBroker(@TempDir Path folder) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.in(folder).start();
                ServerSocket stranger = answering(TLS_ALERT)) {
            String both = "localhost:" + stranger.getLocalPort() + ", " + kafka.bootstrapServers();
            assertThat(BrokerProbe.findsOnlyNonBrokers(Map.of("bootstrap.servers", both)))
                    .isFalse();
        }
    }

    @Test
    void tlsClientsAreNotProbed() throws Exception {
        try (ServerSocket stranger = answering(TLS_ALERT)) {
            assertThat(BrokerProbe.findsOnlyNonBrokers(Map.of(
                            "bootstrap.servers",
                            "localhost:" + stranger.getLocalPort(),
                            "security.protocol",
                            "SASL_SSL")))
                    .isFalse();
        }
    }

    private static boolean findsNoBroker(byte[] answer) throws IOException {
        try (ServerSocket stranger = answering(answer)) {
            return BrokerProbe.findsOnlyNonBrokers(Map.of("bootstrap.servers", "localhost:" + stranger.getLocalPort()));
        }
    }

    private static ServerSocket answering(byte[] answer) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    try (Socket client = server.accept()) {
                        client.getInputStream().readNBytes(14);
                        client.getOutputStream().write(answer);
                    }
                }
            } catch (IOException closed) {
                // the test is over
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }
}
