package dev.lockstep.command;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * One member that an object may have.
 *
 * @param nullable whether {@code null} is a value here: it clears the field
 */
record Field(String name, Rule rule, boolean required, boolean nullable) {

    static Field required(String name, Rule rule) {
        return new Field(name, rule, true, false);
    }

    static Field optional(String name, Rule rule) {
        return new Field(name, rule, false, false);
    }

    static Field clearable(String name, Rule rule) {
        return new Field(name, rule, false, true);
    }

    Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NULL) {
            return rule.read(json, at, violations);
        }
        if (nullable) {
            return Values.CLEARED;
        }
        violations.add(at, required ? "must not be null" : "must not be null; leave it out instead");
        return null;
    }
}
