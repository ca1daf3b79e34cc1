package dev.lockstep.decode.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * One member that an object may have.
 *
 * @param isNullable whether {@code null} is a value here: it clears the field
 * @param requires the field without which it has no meaning, or null
 */
public record Field(String name, ValueRule rule, boolean isRequired, boolean isNullable, String requires) {

    static Field required(String name, ValueRule rule) {
        return new Field(name, rule, true, false, null);
    }

    static Field optional(String name, ValueRule rule) {
        return new Field(name, rule, false, false, null);
    }

    static Field clearable(String name, ValueRule rule) {
        return new Field(name, rule, false, true, null);
    }

    /** A field that refers to what another field names. */
    static Field optionalRequiring(String requires, String name, ValueRule rule) {
        return new Field(name, rule, false, false, requires);
    }

    Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NULL) {
            return rule.read(json, at, violations);
        }
        if (isNullable) {
            return ParsedObject.CLEARED;
        }
        violations.add(at, isRequired ? "must not be null" : "must not be null; leave it out instead");
        return null;
    }
}
