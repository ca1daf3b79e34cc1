package dev.lockstep.decode.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a field's value must be. Each kind reads its own value from the parser, and says what is wrong with it. */
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
     * @param originalSyntax what the first release accepted: a text that only breaks later rules is still read
     */
    record StringRule(int min, int max, Syntax syntax, Syntax originalSyntax) implements ValueRule {

        StringRule(int min, int max, Syntax syntax) {
            this(min, max, syntax, syntax);
        }

        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            if (!expectToken(JsonToken.VALUE_STRING, syntax.expectedKind(), json, at, violations)) {
                return null;
            }
            String text = json.getText();
            String unfit = basicViolation(text);
            String violation = unfit == null ? syntax.violation(text) : unfit;
            if (violation == null) {
                return text;
            }
            if (unfit != null || !originalSyntax.matches(text)) {
                violations.add(at, violation);
                return null;
            }
            violations.addFromLaterRule(at, violation);
            return text;
        }

        private String basicViolation(String text) {
            String flaw = Texts.storageViolation(text);
            if (flaw != null) {
                return flaw;
            }
            boolean isLengthCheckedBySyntax =
                    min == max || !syntax.alternatives().isEmpty();
            int length = Texts.length(text);
            boolean fits = isLengthCheckedBySyntax || length >= min && length <= max;
            return fits ? null : "must have " + min + " to " + max + " characters, has " + length;
        }
    }

    /** A JSON number from {@code min}, 0 or more, to {@code max} without a fraction; {@code 4.0} has none. */
    record IntegerRule(long min, long max) implements ValueRule {

        /**
         * The most characters of a literal: far more than {@value #MAX_DIGITS} digits, a fraction of zeros and an exponent
         * need.
         */
        private static final int MAX_LITERAL_LENGTH = 64;

        private static final int MAX_DIGITS = 19;

        IntegerRule() {
            this(0, Long.MAX_VALUE);
        }

        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            JsonToken token = json.currentToken();
            boolean isNumber = token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
            Long whole = isNumber && json.getTextLength() <= MAX_LITERAL_LENGTH ? parseWhole(json.getText()) : null;
            if (whole != null) {
                return whole;
            }
            violations.add(
                    at,
                    "must be an integer from " + min + " to " + (max == Long.MAX_VALUE ? "2^63-1" : max)
                            + (isNumber ? "" : ", not " + StrictJson.kindOf(token)));
            json.skipChildren();
            return null;
        }

        /** @return null if it is not an integer, or too large */
        private Long parseWhole(String number) {
            try {
                BigDecimal value = new BigDecimal(number).stripTrailingZeros();
                boolean isWhole = value.signum() >= 0 && value.scale() <= 0;
                boolean fits = (long) value.precision() - value.scale() <= MAX_DIGITS
                        && value.compareTo(BigDecimal.valueOf(min)) >= 0
                        && value.compareTo(BigDecimal.valueOf(max)) <= 0;
                return isWhole && fits ? value.longValueExact() : null;
            } catch (NumberFormatException | ArithmeticException e) {
                return null;
            }
        }
    }

    /** A JSON object with a schema of its own. */
    record ObjectRule(ObjectSchema schema) implements ValueRule {
        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            return schema.read(json, at, violations);
        }
    }

    /**
     * A JSON array of objects.
     *
     * @param distinctBy the text field that no two entries may share
     */
    record ObjectListRule(ObjectSchema schema, int min, int max, String distinctBy) implements ValueRule {
        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            if (!expectToken(JsonToken.START_ARRAY, "a list", json, at, violations)) {
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
            ParsedObject entry = schema.read(json, at, violations);
            String distinct = entry == null ? null : entry.text(distinctBy);
            if (distinct != null && !taken.add(distinct)) {
                violations.add(at.child(distinctBy), "occurs in an earlier entry");
            }
            return entry;
        }
    }

    /** JSON's {@code true} or {@code false}. */
    record BooleanRule() implements ValueRule {
        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            JsonToken token = json.currentToken();
            if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
                return token == JsonToken.VALUE_TRUE;
            }
            violations.add(at, "must be true or false, not " + StrictJson.kindOf(token));
            json.skipChildren();
            return null;
        }
    }

    /** A JSON array of strings, none of them twice. */
    record StringListRule(ValueRule elementRule, int min, int max) implements ValueRule {
        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            if (!expectToken(JsonToken.START_ARRAY, "a list", json, at, violations)) {
                return null;
            }
            List<String> texts = new ArrayList<>();
            int count = 0;
            for (; json.nextToken() != JsonToken.END_ARRAY; count++) {
                if (count >= max) {
                    json.skipChildren();
                    continue;
                }
                String text = (String) elementRule.read(json, at.child(count), violations);
                if (text != null && texts.contains(text)) {
                    violations.add(at.child(count), "occurs in an earlier entry");
                }
                texts.add(text);
            }
            if (count < min || count > max) {
                violations.add(at, "must have " + min + " to " + max + " entries, has " + count);
            }
            return texts;
        }
    }

    /**
     * A JSON object whose members' names are the producer's own. As a value: texts by name, in order.
     *
     * @param isClearable whether {@code null} is a value here: it removes the member
     */
    record StringMapRule(Syntax nameSyntax, ValueRule valueRule, int max, boolean isClearable) implements ValueRule {
        @Override
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            if (!expectToken(JsonToken.START_OBJECT, "an object", json, at, violations)) {
                return null;
            }
            Map<String, String> pairs = new LinkedHashMap<>();
            int count = 0;
            for (; json.nextToken() == JsonToken.FIELD_NAME; count++) {
                String key = json.currentName();
                json.nextToken();
                if (count < max) {
                    readPair(json, key, at.child(key), pairs, violations);
                } else {
                    json.skipChildren();
                }
            }
            if (count > max) {
                violations.add(at, "must have at most " + max + " members, has " + count);
            }
            return pairs;
        }

        private void readPair(JsonParser json, String key, Pointer at, Map<String, String> pairs, Violations violations)
                throws IOException {
            if (!nameSyntax.matches(key)) {
                violations.add(at, "has a name that " + nameSyntax.requirement());
                json.skipChildren();
            } else if (pairs.containsKey(key)) {
                violations.add(at, "occurs more than once");
                json.skipChildren();
            } else if (json.currentToken() == JsonToken.VALUE_NULL && isClearable) {
                pairs.put(key, null);
            } else {
                pairs.put(key, (String) valueRule.read(json, at, violations));
            }
        }
    }

    /** The list of a pipeline's stages: each is listed after those that it comes after (contract, rule 8). */
    record StageListRule(ObjectListRule list) implements ValueRule {
        @Override
        @SuppressWarnings("unchecked")
        public Object read(JsonParser json, Pointer at, Violations violations) throws IOException {
            List<ParsedObject> stages = (List<ParsedObject>) list.read(json, at, violations);
            Set<String> earlier = new HashSet<>();
            for (int i = 0; stages != null && i < stages.size(); i++) {
                ParsedObject stage = stages.get(i);
                if (stage != null) {
                    check(stage, i, at.child(i), earlier, violations);
                    earlier.add(stage.text("id"));
                }
            }
            return stages;
        }

        private static void check(
                ParsedObject stage, int position, Pointer at, Set<String> earlier, Violations violations) {
            List<String> after = stage.stringListChange("after").value();
            if (position == 0) {
                rejectForFirstStage(after, at.child("after"), violations);
                rejectForFirstStage(
                        stage.nestedChange("policy", policy -> policy).value(), at.child("policy"), violations);
            } else if (after != null) {
                for (int i = 0; i < after.size(); i++) {
                    if (after.get(i) != null && !earlier.contains(after.get(i))) {
                        violations.add(at.child("after").child(i), "must be the id of an earlier entry of the list");
                    }
                }
            }
        }

        private static void rejectForFirstStage(Object value, Pointer at, Violations violations) {
            if (value != null) {
                violations.add(at, "must not be given for the first environment");
            }
        }
    }

    /** Checks the token's kind; otherwise adds a violation and skips the value. */
    static boolean expectToken(JsonToken wanted, String kind, JsonParser json, Pointer at, Violations violations)
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
