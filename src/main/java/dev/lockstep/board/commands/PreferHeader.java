package dev.lockstep.board.commands;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code Prefer} header (RFC 7240), of which only {@code wait} is used. */
final class PreferHeader {

    /** One of the list; a comma within quotes is part of it. */
    private static final Pattern PREFERENCE = Pattern.compile("(?:[^,\"]++|\"(?:[^\"\\\\]++|\\\\.)*+\"?)++");

    private static final Pattern WAIT = Pattern.compile(
            "\\s*wait\\s*(?:=\\s*(?:(\\d{1,9})|\"(\\d{1,9})\")?\\s*)?(?:;.*)?", Pattern.CASE_INSENSITIVE);

    private PreferHeader() {}

    /**
     * Of several only the first counts.
     *
     * @param header all its lines with commas between, or null
     * @return seconds, 0 for none
     */
    static int waitSeconds(String header) {
        Matcher one = PREFERENCE.matcher(header == null ? "" : header);
        while (one.find()) {
            Matcher wait = WAIT.matcher(one.group());
            if (wait.matches()) {
                String seconds = wait.group(1) == null ? wait.group(2) : wait.group(1);
                return seconds == null ? 0 : Integer.parseInt(seconds);
            }
        }
        return 0;
    }
}
