package dev.lockstep.board.commands;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code Prefer} header (RFC 7240), of which only {@code wait} is used. */
final class PreferHeader {

    /** One entry of the list; a comma within quotes is part of the entry. */
    private static final Pattern PREFERENCE = Pattern.compile("(?:[^,\"]++|\"(?:[^\"\\\\]++|\\\\.)*+\"?)++");

    private static final Pattern WAIT = Pattern.compile(
            "\\s*wait\\s*(?:=\\s*(?:(\\d{1,9})|\"(\\d{1,9})\")?\\s*)?(?:;.*)?", Pattern.CASE_INSENSITIVE);

    private PreferHeader() {}

    /**
     * If there are several, only the first counts.
     *
     * @param header all lines of the header joined by commas, or null
     * @return seconds; 0 if there is no preference
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
