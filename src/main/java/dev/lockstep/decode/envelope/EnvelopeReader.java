package dev.lockstep.decode.envelope;

import dev.lockstep.decode.envelope.RawEnvelope.Attribute;
import dev.lockstep.decode.schema.Limits;
import dev.lockstep.decode.schema.Pointer;
import dev.lockstep.decode.schema.Texts;
import dev.lockstep.wire.KafkaHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Tells the CloudEvents modes apart and reads the envelope.
 *
 * <p>Header names are compared case-insensitively, and one that occurs in two different cases occurs twice. A
 * CloudEvents content type decides; without one, {@code ce_specversion} means binary mode, and a JSON object with {@code
 * specversion} structured mode, as long as there is no {@code ce_*} header or no content type. In structured mode {@code ce_*}
 * headers are ignored. The headers {@code traceparent} and {@code tracestate} take precedence over the attributes of
 * those names: they are of the nearer hop.
 */
public final class EnvelopeReader {

    private static final String NOT_A_CLOUD_EVENT =
            "The record is not a CloudEvent: send it in binary mode (headers ce_id, ce_source, ce_type, "
                    + "ce_specversion) or in structured mode (content-type: " + ContentType.STRUCTURED + ").";
    private static final String MODE_NOT_NAMED =
            "The value looks like a structured CloudEvent: set the header content-type: " + ContentType.STRUCTURED
                    + ".";
    private static final String UNSUPPORTED_TYPE = "The content type is not supported";
    private static final String UNSUPPORTED_FORMAT = "The content type is not supported: send one event per record, as "
            + ContentType.STRUCTURED + " or in binary mode.";

    private static final String NO_DATA = "is required, and the record has no value";

    private final StructuredModeReader structuredMode;

    public EnvelopeReader(Limits limits) {
        structuredMode = new StructuredModeReader(limits);
    }

    public RawEnvelope read(ConsumerRecord<byte[], byte[]> record) {
        HeaderScan headers = new HeaderScan(record);
        RawEnvelope envelope = readByMode(headers, record);
        if (headers.traceparent != null) {
            envelope.setTraceparent(headers.traceparent);
            envelope.setTracestate(headers.tracestate);
        }
        return envelope;
    }

    private RawEnvelope readByMode(HeaderScan headers, ConsumerRecord<byte[], byte[]> record) {
        if (headers.contentTypes.size() > 1) {
            return headers.isStructuredWithJsonTypes()
                    ? structuredMode.read(record.value())
                    : headers.binary.fail(
                            DeadLetterKind.BAD_ENVELOPE,
                            "The header content-type occurs more than once: send it once.");
        }
        String contentType = headers.contentType;
        if (contentType != null && ContentType.isCloudEvents(contentType)) {
            return ContentType.isStructured(contentType)
                    ? structuredMode.read(record.value())
                    : headers.binary.fail(DeadLetterKind.NO_CLOUD_EVENT, UNSUPPORTED_FORMAT);
        }
        boolean isBinary = contentType == null ? headers.binary.has(Attribute.SPECVERSION) : headers.hasCeHeaders;
        return isBinary ? readBinary(headers.binary, record.value()) : detectFromValue(headers, record.value());
    }

    private static RawEnvelope readBinary(RawEnvelope envelope, byte[] value) {
        boolean isEmpty = value == null || value.length == 0;
        envelope.setData(isEmpty ? EventData.invalid(Pointer.DATA, NO_DATA) : EventData.of(value));
        return envelope;
    }

    /** Neither the content type nor the headers reveal the mode; the value may. */
    private RawEnvelope detectFromValue(HeaderScan headers, byte[] value) {
        RawEnvelope structured = structuredMode.read(value);
        if (headers.hasCeHeaders && !structured.has(Attribute.SPECVERSION)) {
            return headers.binary;
        }
        String contentType = headers.contentType;
        if (contentType == null || ContentType.isJson(contentType)) {
            if (structured.looksLikeAnEvent()) {
                return structured;
            }
            return structured.failOverriding(
                    DeadLetterKind.NO_CLOUD_EVENT,
                    structured.hasSpecificReason()
                            ? structured.envelopeFailure().reason()
                            : NOT_A_CLOUD_EVENT);
        }
        String reason = structured.looksLikeAnEvent() ? MODE_NOT_NAMED : NOT_A_CLOUD_EVENT;
        String quotes = Texts.quotesHint(contentType);
        return structured.failOverriding(
                DeadLetterKind.NO_CLOUD_EVENT, quotes.isEmpty() ? reason : UNSUPPORTED_TYPE + quotes + ".");
    }

    /** Makes one pass over the headers, which may be anything. */
    private static final class HeaderScan {
        private final RawEnvelope binary = new RawEnvelope(KafkaHeaders.CE_PREFIX);
        private boolean hasCeHeaders;
        private final List<String> contentTypes = new ArrayList<>(1);
        private String contentType;
        private String traceparent;
        private String tracestate;

        HeaderScan(ConsumerRecord<byte[], byte[]> record) {
            for (Header header : record.headers()) {
                String name = header.key().toLowerCase(Locale.ROOT);
                if (name.startsWith(KafkaHeaders.CE_PREFIX)) {
                    hasCeHeaders = true;
                    readAttribute(name.substring(KafkaHeaders.CE_PREFIX.length()), header.value());
                } else if (name.equals(KafkaHeaders.CONTENT_TYPE)) {
                    readContentType(header.value());
                } else if (name.equals(KafkaHeaders.TRACEPARENT)) {
                    traceparent = text(header.value());
                } else if (name.equals(KafkaHeaders.TRACESTATE)) {
                    tracestate = text(header.value());
                }
            }
        }

        private void readAttribute(String name, byte[] value) {
            Attribute attribute = Attribute.forName(name);
            if (attribute != null && attribute != Attribute.DATACONTENTTYPE) {
                String text = text(value);
                if (text == null && value != null) {
                    binary.setUnreadable(attribute, "must be valid UTF-8");
                } else {
                    binary.set(attribute, text);
                }
            } else if (name.equals(KafkaHeaders.TRACEPARENT)) {
                binary.setTraceparent(text(value));
            } else if (name.equals(KafkaHeaders.TRACESTATE)) {
                binary.setTracestate(text(value));
            } else if (attribute == null && value != null) { // the SDK for JavaScript sends ce_datacontenttype, too
                binary.addUnknownName(name);
            }
        }

        /** In binary mode the content type describes the data, so an unreadable one is treated as not JSON. */
        private void readContentType(byte[] value) {
            String text = value == null || value.length == 0 ? null : text(value);
            boolean isUnreadable = text == null && value != null && value.length > 0;
            contentTypes.add(isUnreadable ? "unreadable" : text);
            if (text != null || isUnreadable) {
                contentType = contentTypes.get(contentTypes.size() - 1);
            }
            if (contentTypes.size() == 1 && contentType != null) {
                binary.set(Attribute.DATACONTENTTYPE, contentType);
            }
        }

        /** As the Python CloudEvents SDK writes it with some bindings: the type of the data, and that of the event. */
        boolean isStructuredWithJsonTypes() {
            return !hasCeHeaders
                    && contentTypes.stream().allMatch(type -> type != null && ContentType.isJson(type))
                    && contentTypes.stream().anyMatch(ContentType::isStructured);
        }

        private static String text(byte[] value) {
            return value == null ? null : Texts.decodeUtf8(value);
        }
    }
}
