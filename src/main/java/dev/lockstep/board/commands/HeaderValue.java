package dev.lockstep.board.commands;

import dev.lockstep.board.api.PercentEncoding;
import java.nio.charset.CharacterCodingException;

/**
 * A CloudEvents attribute as an HTTP header value (HTTP binding, 3.1.3.2): possibly quoted, and percent-encoded
 * UTF-8.
 */
final class HeaderValue {

    private HeaderValue() {}

    /** @throws CharacterCodingException for malformed escapes, or escapes that are not UTF-8 */
    static String decode(String header) throws CharacterCodingException {
        return PercentEncoding.decode(unquote(header));
    }

    private static String unquote(String header) {
        boolean isQuoted = header.length() > 1 && header.startsWith("\"") && header.endsWith("\"");
        return isQuoted ? header.substring(1, header.length() - 1).replaceAll("\\\\(.)", "$1") : header;
    }
}
