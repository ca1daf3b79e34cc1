package dev.lockstep.decode.envelope;

import java.util.Locale;

/** What content types mean here. Letter case and parameters are ignored. */
public final class ContentType {

    public static final String STRUCTURED = "application/cloudevents+json";

    private static final String CLOUD_EVENTS_PREFIX = "application/cloudevents";
    private static final String JSON = "application/json";
    /** Never registered, but still sent by some producers. */
    private static final String TEXT_JSON = "text/json";

    private static final String JSON_SUFFIX = "+json";

    private ContentType() {}

    static boolean isStructured(String contentType) {
        return mediaType(contentType).equals(STRUCTURED);
    }

    /** Structured JSON, as well as batches and unsupported formats. */
    static boolean isCloudEvents(String contentType) {
        return mediaType(contentType).startsWith(CLOUD_EVENTS_PREFIX);
    }

    static boolean isJson(String contentType) {
        String mediaType = mediaType(contentType);
        return mediaType.equals(JSON) || mediaType.equals(TEXT_JSON) || mediaType.endsWith(JSON_SUFFIX);
    }

    private static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        String mediaType = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return mediaType.strip().toLowerCase(Locale.ROOT);
    }
}
