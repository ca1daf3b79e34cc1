package dev.lockstep.local;

import java.nio.ByteBuffer;

/**
 * The header of a request as it passes through a {@link TcpProxy}.
 *
 * @param apiKey the type of request, e.g. {@link #END_TXN}
 * @param correlationId unique within its connection
 */
public record KafkaRequest(short apiKey, short apiVersion, int correlationId) {

    public static final short PRODUCE = 0;
    public static final short FETCH = 1;
    public static final short END_TXN = 26;
    public static final short TXN_OFFSET_COMMIT = 28;

    private static final int HEAD_BYTES = 8;

    /** @param frame a request without its length prefix */
    public static KafkaRequest of(byte[] frame) {
        if (frame.length < HEAD_BYTES) {
            throw new IllegalArgumentException("A Kafka request has at least " + HEAD_BYTES + " bytes");
        }
        ByteBuffer head = ByteBuffer.wrap(frame);
        return new KafkaRequest(head.getShort(), head.getShort(), head.getInt());
    }
}
