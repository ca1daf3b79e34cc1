package dev.lockstep.board.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.List;

/** Where a page ends and the next begins; opaque to clients. */
record Cursor(List<String> parts) {

    private static final String SEPARATOR = "\n";

    static String encode(Object... parts) {
        StringBuilder text = new StringBuilder();
        for (Object part : parts) {
            text.append(text.isEmpty() ? "" : SEPARATOR).append(part);
        }
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.toString().getBytes(UTF_8));
    }

    /** @return null for none */
    static Cursor decode(String cursor, int partCount) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        try {
            List<String> parts = List.of(new String(Base64.getUrlDecoder().decode(cursor), UTF_8).split(SEPARATOR, -1));
            if (parts.size() == partCount && parts.stream().noneMatch(part -> part.indexOf('\0') >= 0)) {
                return new Cursor(parts);
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw ProblemException.invalidParameter("cursor", "must be the next value of an earlier page");
    }

    String text(int index) {
        return parts.get(index);
    }

    long number(int index) {
        try {
            return Long.parseLong(parts.get(index));
        } catch (NumberFormatException e) {
            throw ProblemException.invalidParameter("cursor", "must be the next value of an earlier page");
        }
    }
}
