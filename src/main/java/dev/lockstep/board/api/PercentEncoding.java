package dev.lockstep.board.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Percent-encoded UTF-8 (RFC 3986, 2.1). */
public final class PercentEncoding {

    private static final int HEX = 16;

    private PercentEncoding() {}

    /** @throws CharacterCodingException for malformed escapes, or escapes that are not UTF-8 */
    public static String decode(String text) throws CharacterCodingException {
        byte[] encoded = text.getBytes(UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] == '%') {
                bytes.write(decodeEscape(encoded, i));
                i += 2;
            } else {
                bytes.write(encoded[i]);
            }
        }
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    }

    private static int decodeEscape(byte[] encoded, int percent) throws CharacterCodingException {
        int high = percent + 2 < encoded.length ? Character.digit(encoded[percent + 1], HEX) : -1;
        int low = high < 0 ? -1 : Character.digit(encoded[percent + 2], HEX);
        if (low < 0) {
            throw new CharacterCodingException();
        }
        return high * HEX + low;
    }
}
