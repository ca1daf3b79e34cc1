package dev.lockstep.decode.schema;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What strings and UTF-8 may contain so that every store, header and JSON writer downstream accepts them. */
public final class Texts {

    private static final char REPLACEMENT = '\uFFFD';

    /** A visible character: neither White_Space nor Default_Ignorable_Code_Point in the Unicode standard. */
    private static final Pattern VISIBLE = Pattern.compile("[^\\p{IsWhite_Space}\\u00AD\\u034F\\u061C\\u115F\\u1160"
            + "\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164\\uFE00-\\uFE0F\\uFEFF"
            + "\\uFFA0\\uFFF0-\\uFFF8\\x{1BCA0}-\\x{1BCA3}\\x{1D173}-\\x{1D17A}\\x{E0000}-\\x{E0FFF}]");

    private Texts() {}

    /** @return what makes the text unfit to be stored, as a predicate, or null */
    public static String storageViolation(String text) {
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
    public static String sanitized(String text, int limit) {
        if (storageViolation(text) == null) {
            return isLongerThan(limit, text) ? text.substring(0, text.offsetByCodePoints(0, limit)) : text;
        }
        return replaced(text, limit, false);
    }

    /** A foreign text for people to read: what would affect the surrounding text is replaced too, and a cut text says so. */
    public static String forDisplay(String text, int limit) {
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
            out.appendCodePoint(unfit || (controls && isControl(c)) ? REPLACEMENT : c);
        }
        return out.toString();
    }

    /** Control characters, and characters that change the direction of surrounding text (U+202A–E, U+2066–9). */
    static boolean isControl(int c) {
        return Character.isISOControl(c) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    }

    /** @return the first control character, or -1 */
    static int firstControlCharacter(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return text.charAt(i);
            }
        }
        return -1;
    }

    static boolean isBlank(String text) {
        return !VISIBLE.matcher(text).find();
    }

    /** Such as {@code U+000A LINE FEED (LF)}. */
    static String characterName(int c) {
        String name = Character.getName(c);
        return String.format("U+%04X", c) + (name == null ? "" : " " + name);
    }

    /**
     * What is suspect in a text that should be plain ASCII: surrounding quotes, else the first character that is invisible or
     * not ASCII.
     *
     * @return the end of a sentence that says what the text should be, or ""
     */
    public static String oddCharacterHint(String text) {
        if (isQuoted(text)) {
            return quotesHint(text);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7F) {
                int odd = text.codePointAt(i);
                boolean last = i + Character.charCount(odd) == text.length();
                String place = i == 0
                        ? "at its beginning"
                        : last ? "at its end" : "as character " + (text.codePointCount(0, i) + 1);
                return "; it has " + characterName(odd) + " " + place;
            }
        }
        return "";
    }

    /** @return what to do about quotes around a text, as the end of a sentence, or "" if there are none */
    public static String quotesHint(String text) {
        return isQuoted(text) ? "; the quotes are part of the value: send it without them" : "";
    }

    private static boolean isQuoted(String text) {
        return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    }

    private static boolean isPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
    }

    /** @return the text, or null if the bytes are not UTF-8 */
    public static String decodeUtf8(byte[] bytes) {
        return isUtf8(bytes) ? new String(bytes, StandardCharsets.UTF_8) : null;
    }

    /** @return why the bytes cannot be JSON in UTF-8, as a predicate, or null */
    public static String encodingViolation(byte[] bytes) {
        if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            return "begins with a byte order mark (U+FEFF): send UTF-8 without one";
        }
        if (isUtf16(bytes)) {
            return "is UTF-16: send UTF-8";
        }
        if (startsWith(bytes, 0)) {
            return "begins with a zero byte, as schema-registry serialisers write: send only the text";
        }
        return isUtf8(bytes) ? null : "is not valid UTF-8: send UTF-8";
    }

    /** Marked as such, or beginning with two ASCII characters. */
    private static boolean isUtf16(byte[] bytes) {
        if (startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE)) {
            return true;
        }
        return bytes.length > 3
                && (bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0
                        || bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0);
    }

    private static boolean startsWith(byte[] bytes, int... beginning) {
        if (bytes.length < beginning.length) {
            return false;
        }
        for (int i = 0; i < beginning.length; i++) {
            if ((bytes[i] & 0xFF) != beginning[i]) {
                return false;
            }
        }
        return true;
    }

    /** Well-formed by the Unicode standard's table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF. */
    public static boolean isUtf8(byte[] bytes) {
        int i = 0;
        while (i < bytes.length) {
            if (bytes[i] >= 0) {
                i++;
                continue;
            }
            int length = sequenceLengthAt(bytes, i);
            if (length == 0) {
                return false;
            }
            i += length;
        }
        return true;
    }

    /** @return the length of the multi-byte sequence at that position; 0 if it is malformed */
    private static int sequenceLengthAt(byte[] bytes, int at) {
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
