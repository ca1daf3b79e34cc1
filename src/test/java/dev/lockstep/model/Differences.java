package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Collects where JSON is not what it must be; a missing member and null count as the same. */
final class Differences {

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

    /** Both inclusive. */
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

    private JsonNode at(String pointer) {
        return actual.at(pointer);
    }

    private static String asText(JsonNode node) {
        return nothing(node) ? null : node.asText();
    }

    private static boolean nothing(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
