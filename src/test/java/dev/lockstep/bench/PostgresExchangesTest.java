package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresExchangesTest {

    private static final int SSL_REQUEST = 80_877_103;
    private static final int PROTOCOL_3 = 196_608;

    private final List<String> exchanges = new ArrayList<>();
    private final PostgresExchanges connection = new PostgresExchanges(exchange -> exchanges.add(exchange.what()));

    @Test
    void statementsThatAreSentTogetherAreOneRoundTripHoweverTheirBytesArrive() {
        start();
        byteByByte(true, message('P', "s1\0select * from application where id = $1\0"));
        byteByByte(true, message('B', "\0s1\0"), message('S', ""));
        byteByByte(true, message('P', "\0insert into release values ($1)\0"), message('B', "\0\0"), message('S', ""));
        byteByByte(false, message('2', ""), message('Z', "T"));
        assertThat(exchanges).isEmpty();
        byteByByte(false, message('2', ""), message('Z', "T"));
        byteByByte(true, message('Q', "COMMIT\0"));
        byteByByte(false, message('C', "COMMIT\0"), message('Z', "I"));

        assertThat(exchanges).containsExactly("select application, insert release", "commit");
    }

    @Test
    void aPreparedStatementIsKnownByItsName() {
        start();
        byteByByte(true, message('P', "s1\0update release set state = $1\0"), message('S', ""));
        byteByByte(false, message('1', ""), message('Z', "I"));
        byteByByte(true, message('B', "\0s1\0"), message('S', ""));
        byteByByte(false, message('2', ""), message('Z', "I"));

        assertThat(exchanges).containsExactly("", "update release");
    }

    /** The server declines encryption. */
    private void start() {
        byteByByte(true, ByteBuffer.allocate(8).putInt(8).putInt(SSL_REQUEST).array());
        byteByByte(false, new byte[] {'N'});
        byteByByte(true, ByteBuffer.allocate(8).putInt(8).putInt(PROTOCOL_3).array());
        byteByByte(false, message('R', "\0\0\0\0"), message('Z', "I"));
    }

    private void byteByByte(boolean isRequest, byte[]... messages) {
        for (byte[] message : messages) {
            for (byte one : message) {
                connection.onBytes(isRequest, new byte[] {one}, 1);
            }
        }
    }

    private static byte[] message(char type, String body) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        byte[] bytes = body.getBytes(UTF_8);
        message.write(type);
        message.writeBytes(
                ByteBuffer.allocate(4).putInt(Integer.BYTES + bytes.length).array());
        message.writeBytes(bytes);
        return message.toByteArray();
    }
}
