package dev.lockstep.decode.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;

/** Strict JSON over bytes known to be UTF-8, with no data structure that a hostile document could inflate. */
public final class StrictJson {

    /** Explains why a document ends too early. */
    public static final String INCOMPLETE =
            "is only part of a JSON document: one record holds one whole command, and kcat, for example, sends"
                    + " each line as a record of its own";

    private final JsonFactory factory;

    public StrictJson(Limits limits, int depth) {
        factory = JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depth)
                        .maxStringLength(limits.maxPartBytes())
                        .maxNameLength(limits.maxPartBytes())
                        .maxNumberLength(limits.maxPartBytes())
                        .build())
                .build();
    }

    public JsonParser parser(byte[] bytes, int offset, int length) throws IOException {
        return factory.createParser(bytes, offset, length);
    }

    /**
     * What is wrong with the document, as a predicate; names the position but none of the content.
     *
     * @param length of the document, in bytes
     */
    public static String errorMessage(IOException e, int length) {
        if (e instanceof StreamConstraintsException) {
            return "is nested too deeply";
        }
        JsonLocation at = e instanceof JsonProcessingException syntax ? syntax.getLocation() : null;
        if (at != null && at.getByteOffset() >= length) {
            return INCOMPLETE;
        }
        return at == null
                ? "is not valid JSON"
                : "is not valid JSON (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    }

    public static String kindOf(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            default -> "something else";
        };
    }
}
