package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class KafkaExchangesTest {

    private final List<String> exchanges = new ArrayList<>();
    private final KafkaExchanges connection = new KafkaExchanges(exchange -> exchanges.add(exchange.what()));

    @Test
    void responsesBelongToTheirRequestsHoweverTheirBytesArrive() {
        byteByByte(true, request(ApiKeys.FETCH, 7));
        byteByByte(true, request(ApiKeys.PRODUCE, 8));
        byteByByte(false, response(8));
        byteByByte(false, response(99));
        byteByByte(false, response(7));

        assertThat(exchanges).containsExactly("Produce", "Fetch");
    }

    private void byteByByte(boolean isRequest, byte[] frame) {
        for (byte one : frame) {
            connection.onBytes(isRequest, new byte[] {one}, 1);
        }
    }

    private static byte[] request(ApiKeys key, int correlationId) {
        return ByteBuffer.allocate(14)
                .putInt(10)
                .putShort(key.id)
                .putShort((short) 1)
                .putInt(correlationId)
                .putShort((short) 0)
                .array();
    }

    private static byte[] response(int correlationId) {
        return ByteBuffer.allocate(10)
                .putInt(6)
                .putInt(correlationId)
                .putShort((short) 0)
                .array();
    }
}
