package dev.lockstep.model;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Collects where JSON differs from what it must be; a missing member and null count as the same. */
final class Differences {

    /** The same few are used again and again. */
    private static final Map<String, JsonPointer> POINTERS = new ConcurrentHashMap<>();

    private final String what;
    private final JsonNode actual;
    private final List<String> found = new ArrayList<>();

    Differences(String what, JsonNode actual) {
        this.what = what;
        this.actual = actual;
    }

    List<String> found() {
        return found;
    }

    void text(String pointer, String expected) {
        same(pointer, expected, asText(at(pointer)));
    }

    void number(String pointer, long expected) {
        between(pointer, expected, expected);
    }

    /** Both bounds are inclusive. */
    void between(String pointer, long from, long to) {
        JsonNode node = at(pointer);
        if (!node.isIntegralNumber() || node.longValue() < from || node.longValue() > to) {
            add(pointer, from == to ? from : from + ".." + to, node);
        }
    }

    void bool(String pointer, boolean expected) {
        JsonNode node = at(pointer);
        if (!node.isBoolean() || node.booleanValue() != expected) {
            add(pointer, expected, node);
        }
    }

    /** Missing counts as false. */
    void boolOrMissing(String pointer, boolean expected) {
        if (expected || has(pointer)) {
            bool(pointer, expected);
        }
    }

    /** Whether there is anything other than null. */
    boolean has(String pointer) {
        return !nothing(at(pointer));
    }

    /** Requires each of these to be there, even if null. */
    void members(String pointer, List<String> names) {
        JsonNode node = at(pointer);
        names.stream()
                .filter(name -> !node.has(name))
                .forEach(name -> add(pointer + "/" + name, "a member", node.path(name)));
    }

    /** Requires a time: this one, unless it is null. */
    void time(String pointer, Instant expected) {
        Instant seen = EventLog.time(at(pointer));
        if (seen == null || expected != null && !seen.equals(expected)) {
            add(pointer, expected == null ? "a time" : expected, at(pointer));
        }
    }

    /** Requires two times, the second not before the first. */
    void notBefore(String pointer, String earlier) {
        Instant first = EventLog.time(at(earlier));
        Instant second = EventLog.time(at(pointer));
        if (first == null || second == null || second.isBefore(first)) {
            add(pointer, "not before " + earlier + " " + at(earlier), at(pointer));
        }
    }

    /** Requires a value: this one, unless it is null. */
    void idOrAny(String pointer, String expected) {
        if (expected == null) {
            present(pointer);
        } else {
            text(pointer, expected);
        }
    }

    void present(String pointer) {
        if (asText(at(pointer)) == null) {
            add(pointer, "something", at(pointer));
        }
    }

    void absent(String pointer) {
        if (!nothing(at(pointer))) {
            add(pointer, "nothing", at(pointer));
        }
    }

    /** A release, whether named by its id alone or by an object with a member {@code release}. */
    void release(String pointer, String expected) {
        JsonNode node = at(pointer);
        same(pointer, expected, asText(node.isObject() ? node.path("release") : node));
    }

    /** An object whose null members do not count. */
    void object(String pointer, JsonNode expected) {
        JsonNode node = at(pointer);
        if (expected == null) {
            absent(pointer);
            return;
        }
        expected.fieldNames()
                .forEachRemaining(
                        name -> text(pointer + "/" + name, expected.get(name).textValue()));
        node.fieldNames().forEachRemaining(name -> {
            if (!expected.has(name)) {
                absent(pointer + "/" + name);
            }
        });
    }

    /** An object whose members are all texts; none is the same as no object. */
    void pairs(String pointer, Map<String, String> expected) {
        Map<String, String> seen = new TreeMap<>();
        at(pointer).properties().forEach(pair -> seen.put(pair.getKey(), asText(pair.getValue())));
        same(pointer, expected, seen);
    }

    /** An array of texts, in any order; none is the same as no array. */
    void textsInAnyOrder(String pointer, Collection<String> expected) {
        same(pointer, expected.stream().sorted().toList(), texts(pointer));
    }

    /** The same, with or without one additional text. */
    void textsInAnyOrder(String pointer, Collection<String> expected, String orIn) {
        List<String> more = new ArrayList<>(expected);
        more.add(orIn);
        textsInAnyOrder(pointer, texts(pointer).contains(orIn) ? more : expected);
    }

    private List<String> texts(String pointer) {
        List<String> texts = new ArrayList<>();
        at(pointer).forEach(element -> texts.add(String.valueOf(asText(element))));
        return texts.stream().sorted().toList();
    }

    /** The texts at {@code member} of each element, in this order. */
    void texts(String pointer, String member, List<String> expected) {
        same(pointer, expected, each(pointer, member));
    }

    /** The same in any order. */
    void textsInAnyOrder(String pointer, String member, List<String> expected) {
        same(
                pointer,
                expected.stream().sorted().toList(),
                each(pointer, member).stream().map(String::valueOf).sorted().toList());
    }

    void startsWith(String pointer, String prefix) {
        String text = asText(at(pointer));
        if (text == null || !text.startsWith(prefix)) {
            add(pointer, prefix + "…", at(pointer));
        }
    }

    void endsWith(String pointer, String suffix) {
        String text = asText(at(pointer));
        if (text == null || !text.endsWith(suffix)) {
            add(pointer, "…" + suffix, at(pointer));
        }
    }

    void same(String pointer, Object expected, Object seen) {
        if (!Objects.equals(expected, seen)) {
            add(pointer, expected, seen);
        }
    }

    private List<String> each(String pointer, String member) {
        List<String> texts = new ArrayList<>();
        at(pointer).forEach(element -> texts.add(asText(element.path(member))));
        return texts;
    }

    private void add(String pointer, Object expected, Object seen) {
        found.add(what + " " + pointer + ": expected " + expected + ", was " + seen);
    }

    JsonNode at(String pointer) {
        return actual.at(POINTERS.computeIfAbsent(pointer, JsonPointer::compile));
    }

    private static String asText(JsonNode node) {
        return nothing(node) ? null : node.asText();
    }

    private static boolean nothing(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
