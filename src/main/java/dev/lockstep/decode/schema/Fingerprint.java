package dev.lockstep.decode.schema;

import dev.lockstep.domain.common.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The identity of a command's content: type and parsed data, not mode, time, headers, white space or order of members.
 *
 * <p>The canonical form tags every value, prefixes every text with its length and names members in order; one that was left
 * out does not appear. So a field added by a later version does not change the fingerprint of a command without it.
 */
public final class Fingerprint {

    public static final int BYTES = 16;

    private static final byte TEXT = 't';
    private static final byte INTEGER = 'w';
    private static final byte BOOLEAN = 'b';
    private static final byte CLEARED = 'c';
    private static final byte OBJECT = '{';
    private static final byte LIST = '[';
    private static final byte END = 'e';

    private final MessageDigest digest = Digests.sha256();

    private Fingerprint() {}

    /** @return the first {@value #BYTES} bytes of the canonical form's SHA-256 */
    public static byte[] of(CommandType type, ParsedObject data) {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.addText(type.typeName());
        fingerprint.addObject(data);
        return Arrays.copyOf(fingerprint.digest.digest(), BYTES);
    }

    private void addObject(ParsedObject values) {
        digest.update(OBJECT);
        for (int index : values.schema().byName()) {
            Object value = values.at(index);
            if (value != null) {
                addText(values.schema().fields().get(index).name());
                addValue(value);
            }
        }
        digest.update(END);
    }

    /** The member names are chosen by the producer; null clears a member. */
    private void addMembers(Map<?, ?> members) {
        digest.update(OBJECT);
        new TreeMap<>(members).forEach((name, value) -> {
            addText((String) name);
            addValue(value == null ? ParsedObject.CLEARED : value);
        });
        digest.update(END);
    }

    private void addValue(Object value) {
        if (value == ParsedObject.CLEARED) {
            digest.update(CLEARED);
        } else if (value instanceof String text) {
            addText(text);
        } else if (value instanceof Long whole) {
            digest.update(INTEGER);
            addNumber(whole, Long.BYTES);
        } else if (value instanceof Boolean truth) {
            digest.update(BOOLEAN);
            digest.update((byte) (truth ? 1 : 0));
        } else if (value instanceof ParsedObject nested) {
            addObject(nested);
        } else if (value instanceof Map<?, ?> members) {
            addMembers(members);
        } else {
            addList((List<?>) value);
        }
    }

    private void addList(List<?> entries) {
        digest.update(LIST);
        entries.forEach(this::addValue);
        digest.update(END);
    }

    private void addText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(TEXT);
        addNumber(bytes.length, Integer.BYTES);
        digest.update(bytes);
    }

    private void addNumber(long number, int bytes) {
        for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            digest.update((byte) (number >>> shift));
        }
    }
}
