package dev.lockstep.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {

    private static final int SILENCE_MILLIS = 300;
    private static final int PATIENCE_MILLIS = 10_000;

    private final List<Socket> served = new CopyOnWriteArrayList<>();
    private ServerSocket echo;
    private TcpProxy proxy;

    @BeforeEach
    void startEcho() throws IOException {
        echo = new ServerSocket(Ports.free());
        Daemons.start("echo", this::acceptEchoes);
        proxy = TcpProxy.to("localhost", echo.getLocalPort());
    }

    @AfterEach
    void stopEcho() throws IOException {
        proxy.close();
        echo.close();
    }

    @Test
    void forwardsBothWays() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write('a');

            assertThat(client.getInputStream().read()).isEqualTo('a');
        }
    }

    @Test
    void cutsConnectionsWithAResetAndNewOnesTooUntilHealed() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write('a');
            client.getInputStream().read();

            proxy.cut(true);

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            try (Socket next = connect()) {
                assertThatThrownBy(() -> next.getInputStream().read()).isInstanceOf(SocketException.class);
            }
        }
        proxy.heal();
        forwardsBothWays();
    }

    @Test
    void cutsConnectionsWithAnOrderlyEnd() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write('a');
            client.getInputStream().read();

            proxy.cut(false);

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void hangsWithoutBreakingTheConnectionAndDeliversWhenHealed() throws IOException {
        try (Socket client = connect()) {
            client.setSoTimeout(SILENCE_MILLIS);
            proxy.hang();
            client.getOutputStream().write('a');
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            proxy.heal();

            client.setSoTimeout(PATIENCE_MILLIS);
            assertThat(client.getInputStream().read()).isEqualTo('a');
        }
    }

    @Test
    void losesConnectionsSilentlyAndAcceptsNewOnes() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write('a');
            client.getInputStream().read();
            client.setSoTimeout(SILENCE_MILLIS);

            proxy.lose();

            client.getOutputStream().write('a');
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            forwardsBothWays();
        }
    }

    @Test
    void freezesConnectionsForGoodWhicheverSideClosesThemAndAcceptsNewOnes() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write('a');
            client.getInputStream().read();
            client.setSoTimeout(SILENCE_MILLIS);

            proxy.freeze();

            client.getOutputStream().write('a');
            client.shutdownOutput();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            forwardsBothWays();
        }
    }

    @Test
    void doesNotTellTheClientOfAFrozenConnectionThatTheServerHasClosedIt() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write('a');
            client.getInputStream().read();
            client.setSoTimeout(SILENCE_MILLIS);
            proxy.freeze();

            for (Socket served : served) {
                served.close();
            }

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void acceptsNewConnectionsAndNeverAnswersThem() throws IOException {
        try (Socket old = connect()) {
            old.getOutputStream().write('a');
            old.getInputStream().read();
            proxy.ignoreNew();
            try (Socket client = connect()) {
                client.setSoTimeout(SILENCE_MILLIS);
                client.getOutputStream().write('a');
                client.shutdownOutput();
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                assertThat(proxy.ignored()).isEqualTo(1);
                old.getOutputStream().write('b');
                assertThat(old.getInputStream().read()).isEqualTo('b');

                proxy.heal();

                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                forwardsBothWays();
            }
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("localhost", proxy.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private void acceptEchoes() {
        try {
            while (true) {
                Socket socket = echo.accept();
                served.add(socket);
                Daemons.start("echo-connection", () -> echo(socket));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException closed) {
            return;
        }
    }
}
