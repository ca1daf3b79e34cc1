package dev.lockstep.decode.form;

import java.nio.charset.StandardCharsets;

/** What strings and UTF-8 may contain so that every store, header and JSON writer downstream takes them. */
public final class Texts {

    private static final char REPLACEMENT = '\uFFFD';

    private Texts() {}

    /** @return what makes the text unfit to be stored, as a predicate, or null */
    public static String flaw(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return "must not contain U+0000";
            }
            if (Character.isSurrogate(c)) {
                if (!isPair(text, i)) {
                    return "must not contain an unpaired surrogate";
                }
                i++;
            }
        }
        return null;
    }

    public static boolean hasUnpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!isPair(text, i)) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    public static boolean isLongerThan(int limit, String text) {
        return text.length() > limit && length(text) > limit;
    }

    /** The text itself if it is fit and short enough, else its beginning with every unfit character replaced. */
    public static String safe(String text, int limit) {
        if (flaw(text) == null) {
            return isLongerThan(limit, text) ? text.substring(0, text.offsetByCodePoints(0, limit)) : text;
        }
        return replaced(text, limit, false);
    }

    /** A foreign name for people to read: control characters go too, and a cut one says so. */
    static String shown(String text, int limit) {
        String shown = replaced(text, limit, true);
        return isLongerThan(limit, text) ? shown + "…" : shown;
    }

    private static String replaced(String text, int limit, boolean controls) {
        StringBuilder out = new StringBuilder();
        int count = 0;
        for (int i = 0; i < text.length() && count < limit; count++) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean unfit = c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
            out.appendCodePoint(unfit || (controls && Character.isISOControl(c)) ? REPLACEMENT : c);
        }
        return out.toString();
    }

    private static boolean isPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
    }

    /** @return the text, or null if the bytes are not UTF-8 */
    public static String utf8(byte[] bytes) {
        return isUtf8(bytes) ? new String(bytes, StandardCharsets.UTF_8) : null;
    }

    /** Well-formed by the Unicode standard's table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF. */
    public static boolean isUtf8(byte[] bytes) {
        int i = 0;
        while (i < bytes.length) {
            if (bytes[i] >= 0) {
                i++;
                continue;
            }
            int length = sequenceAt(bytes, i);
            if (length == 0) {
                return false;
            }
            i += length;
        }
        return true;
    }

    /** @return the length of the multi-byte sequence at that place, 0 if it is malformed */
    private static int sequenceAt(byte[] bytes, int at) {
        int lead = bytes[at] & 0xFF;
        int length = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (length == 0 || at + length > bytes.length) {
            return 0;
        }
        int second = bytes[at + 1] & 0xFF;
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = at + 2; i < at + length; i++) {
            if ((bytes[i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
