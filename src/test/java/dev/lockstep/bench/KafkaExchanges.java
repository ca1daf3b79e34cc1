package dev.lockstep.bench;

import dev.lockstep.local.KafkaRequest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;

/** Finds requests and their responses in the bytes of one connection to a broker. */
final class KafkaExchanges {

    private record Pending(String what, long begin) {}

    private final Consumer<WireTrace.Exchange> sink;
    private final Frames requests = new Frames();
    private final Frames responses = new Frames();
    private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();

    KafkaExchanges(Consumer<WireTrace.Exchange> sink) {
        this.sink = sink;
    }

    void onBytes(boolean isRequest, byte[] buffer, int length) {
        long now = System.nanoTime();
        if (isRequest) {
            requests.add(buffer, length, frame -> {
                KafkaRequest request = KafkaRequest.of(frame);
                pending.put(request.correlationId(), new Pending(ApiKeys.forId(request.apiKey()).name, now));
            });
        } else {
            responses.add(buffer, length, frame -> {
                Pending answered = pending.remove(ByteBuffer.wrap(frame).getInt());
                if (answered != null) {
                    sink.accept(new WireTrace.Exchange("Kafka", answered.what, answered.begin, now));
                }
            });
        }
    }

    /** Puts length-prefixed frames together. */
    private static final class Frames {
        private byte[] rest = {};

        void add(byte[] buffer, int length, Consumer<byte[]> onFrame) {
            byte[] all = Arrays.copyOf(rest, rest.length + length);
            System.arraycopy(buffer, 0, all, rest.length, length);
            ByteBuffer bytes = ByteBuffer.wrap(all);
            while (bytes.remaining() >= Integer.BYTES
                    && bytes.remaining() >= Integer.BYTES + bytes.getInt(bytes.position())) {
                byte[] frame = new byte[bytes.getInt()];
                bytes.get(frame);
                onFrame.accept(frame);
            }
            rest = Arrays.copyOfRange(all, bytes.position(), all.length);
        }
    }
}
