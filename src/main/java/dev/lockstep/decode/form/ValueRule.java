package dev.lockstep.decode.form;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a field's value must be. Each kind reads its own value off the parser, and says what is wrong with it. */
public sealed interface ValueRule {

    /**
     * Reads the value at the parser's current token, to its end.
     *
     * @return the value, or null if it breaks the rule, which has then been added to the violations
     */
    Object read(JsonParser json, Pointer at, Violations violations) throws IOException;

    /**
     * A JSON string.
     *
     * @param min the fewest code points
     * @param max the most code points
     */
    record Text(int min, int max, Syntax syntax) implements ValueRule {
        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            if (!isA(JsonToken.VALUE_STRING, "a string", json, at, violations)) {
                return null;
            }
            String text = json.getText();
            String flaw = flawOf(text);
            if (flaw != null) {
                violations.add(at, flaw);
                return null;
            }
            return text;
        }

        private String flawOf(String text) {
            String flaw = Texts.flaw(text);
            if (flaw != null) {
                return flaw;
            }
            int length = Texts.length(text);
            if (length < min || length > max) {
                return "must have " + min + " to " + max + " characters, has " + length;
            }
            return syntax.matches(text) ? null : syntax.demand();
        }
    }

    /** A JSON integer from 0 to 2^63-1. */
    record Whole() implements ValueRule {
        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            JsonToken token = json.currentToken();
            if (token == JsonToken.VALUE_NUMBER_INT && json.getTextLength() <= LONGEST) {
                JsonParser.NumberType type = json.getNumberType();
                boolean fits = type == JsonParser.NumberType.INT || type == JsonParser.NumberType.LONG;
                if (fits && json.getLongValue() >= 0) {
                    return json.getLongValue();
                }
            }
            boolean number = token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
            violations.add(
                    at, "must be an integer from 0 to 2^63-1" + (number ? "" : ", not " + StrictJson.kindOf(token)));
            json.skipChildren();
            return null;
        }

        private static final int LONGEST = 19;
    }

    /** A JSON object of its own shape. */
    record Nested(ObjectSchema shape) implements ValueRule {
        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            return shape.read(json, at, violations);
        }
    }

    /**
     * A JSON array of objects.
     *
     * @param distinctBy the text field that no two entries may share
     */
    record ListOf(ObjectSchema shape, int min, int max, String distinctBy) implements ValueRule {
        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            if (!isA(JsonToken.START_ARRAY, "a list", json, at, violations)) {
                return null;
            }
            List<ParsedObject> entries = new ArrayList<>();
            Set<String> taken = new HashSet<>();
            int count = 0;
            for (; json.nextToken() != JsonToken.END_ARRAY; count++) {
                if (count < max) {
                    entries.add(entry(json, at.child(count), taken, violations));
                } else {
                    json.skipChildren();
                }
            }
            if (count < min || count > max) {
                violations.add(at, "must have " + min + " to " + max + " entries, has " + count);
            }
            return entries;
        }

        private ParsedObject entry(JsonParser json, Pointer at, Set<String> taken, Violations violations)
                throws IOException {
            ParsedObject entry = shape.read(json, at, violations);
            String distinct = entry == null ? null : entry.text(distinctBy);
            if (distinct != null && !taken.add(distinct)) {
                violations.add(at.child(distinctBy), "occurs in an earlier entry");
            }
            return entry;
        }
    }

    /** Says what stands there instead of the wanted kind, and passes over it. */
    static boolean isA(JsonToken wanted, String kind, JsonParser json, Pointer at, Violations violations)
            throws IOException {
        JsonToken token = json.currentToken();
        if (token == wanted) {
            return true;
        }
        violations.add(at, "must be " + kind + ", not " + StrictJson.kindOf(token));
        json.skipChildren();
        return false;
    }
}
