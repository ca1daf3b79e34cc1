package dev.lockstep.model;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A seeded stream of records that are not commands at all and must become dead letters, byte for byte. */
public final class UndecodableGenerator {

    private static final int TOO_LARGE_BYTES = 256 * 1024 + 1;
    private static final int ONE_TOO_LARGE_IN = 40;
    private static final Map<String, String> STRUCTURED = Map.of("content-type", "application/cloudevents+json");

    /** @param why what is wrong with it, for test messages */
    public record Undecodable(String why, Wire.Raw raw) {}

    private final Random random;
    private final CommandGenerator commands;
    private final List<String> keys;

    /** @param keys the record keys to use; an application's key puts the record among its commands */
    public UndecodableGenerator(long seed, List<String> keys) {
        this.random = new Random(seed);
        this.commands = new CommandGenerator(seed, keys);
        this.keys = List.copyOf(keys);
    }

    public Undecodable next() {
        if (random.nextInt(ONE_TOO_LARGE_IN) == 0) {
            return new Undecodable("too large", tooLarge());
        }
        return switch (random.nextInt(16)) {
            case 0 -> record("not JSON", STRUCTURED, "deploy shop, please".getBytes(UTF_8));
            case 1 -> record("neither headers nor JSON", Map.of(), noise());
            case 2 -> record("JSON without specversion", Map.of(), "{\"release\":\"1.0.0\"}".getBytes(UTF_8));
            case 3 -> record("a JSON array", STRUCTURED, "[1,2,3]".getBytes(UTF_8));
            case 4 -> record("an empty value", Map.of(), new byte[0]);
            case 5 -> record("no value", Map.of(), null);
            case 6 -> record("cut off", STRUCTURED, cutOff());
            case 7 -> structuredWithout(oneOf(List.of("id", "source", "type")));
            case 8 -> structuredWithSpecVersion(oneOf(List.of("0.3", "1.1", "")));
            case 9 -> binaryWithout(oneOf(List.of("ce_id", "ce_source", "ce_type", "ce_specversion")));
            case 10 -> binaryWithSpecVersion("0.3");
            case 11 -> binaryWithSpecVersion("\"1.0\"");
            case 12 ->
                record(
                        "structured by a content type in quotes",
                        Map.of("content-type", "\"application/cloudevents+json\""),
                        Wire.toStructured(commands.next()));
            case 13 -> record("a byte order mark", Map.of(), ("\uFEFF" + structured()).getBytes(UTF_8));
            case 14 ->
                record(
                        "UTF-16",
                        Map.of("content-type", "application/json"),
                        structured().getBytes(UTF_16));
            default -> structuredWithEmpty(oneOf(List.of("id", "source", "type")));
        };
    }

    private String structured() {
        return new String(Wire.toStructured(commands.next()), UTF_8);
    }

    private Undecodable structuredWithout(String attribute) {
        ObjectNode event = Wire.envelope(commands.next());
        event.remove(attribute);
        return record("structured without " + attribute, STRUCTURED, Wire.bytes(event));
    }

    private Undecodable structuredWithEmpty(String attribute) {
        ObjectNode event = Wire.envelope(commands.next()).put(attribute, "");
        return record("structured with empty " + attribute, STRUCTURED, Wire.bytes(event));
    }

    private Undecodable structuredWithSpecVersion(String version) {
        ObjectNode event = Wire.envelope(commands.next()).put("specversion", version);
        return record("structured with specversion '" + version + "'", STRUCTURED, Wire.bytes(event));
    }

    private Undecodable binaryWithout(String header) {
        Wire.Raw raw = Wire.toBinary(commands.next());
        Map<String, String> headers = new LinkedHashMap<>(raw.headers());
        headers.remove(header);
        return record("binary without " + header, headers, raw.value());
    }

    private Undecodable binaryWithSpecVersion(String version) {
        Wire.Raw raw = Wire.toBinary(commands.next());
        Map<String, String> headers = new LinkedHashMap<>(raw.headers());
        headers.put("ce_specversion", version);
        return record("binary with specversion " + version, headers, raw.value());
    }

    private Wire.Raw tooLarge() {
        byte[] value = new byte[TOO_LARGE_BYTES];
        Arrays.fill(value, (byte) ' ');
        return new Wire.Raw(oneOf(keys), STRUCTURED, value);
    }

    private byte[] noise() {
        byte[] noise = new byte[1 + random.nextInt(64)];
        random.nextBytes(noise);
        noise[0] = (byte) 0xff;
        return noise;
    }

    private byte[] cutOff() {
        byte[] whole = Wire.toStructured(commands.next());
        return Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
    }

    private Undecodable record(String why, Map<String, String> headers, byte[] value) {
        return new Undecodable(why, new Wire.Raw(oneOf(keys), headers, value));
    }

    private <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
