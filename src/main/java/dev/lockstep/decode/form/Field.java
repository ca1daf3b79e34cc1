package dev.lockstep.decode.form;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * One member that an object may have.
 *
 * @param nullable whether {@code null} is a value here: it clears the field
 */
public record Field(String name, ValueRule rule, boolean required, boolean nullable) {

    static Field required(String name, ValueRule rule) {
        return new Field(name, rule, true, false);
    }

    static Field optional(String name, ValueRule rule) {
        return new Field(name, rule, false, false);
    }

    static Field clearable(String name, ValueRule rule) {
        return new Field(name, rule, false, true);
    }

    Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NULL) {
            return rule.read(json, at, violations);
        }
        if (nullable) {
            return ParsedObject.CLEARED;
        }
        violations.add(at, required ? "must not be null" : "must not be null; leave it out instead");
        return null;
    }
}
