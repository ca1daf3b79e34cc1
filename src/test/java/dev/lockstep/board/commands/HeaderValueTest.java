package dev.lockstep.board.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.CharacterCodingException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderValueTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "/ci/shop | /ci/shop",
                "Euro%20%E2%82%AC%20%F0%9F%98%80 | Euro \u20ac \ud83d\ude00",
                "100%25 | 100%",
                "%2525 | %25",
                "%41%62%7e | Ab~",
                "a+b | a+b",
                "\"two words\" | two words",
                "\"a \\\"b\\\\\" | a \"b\\",
                "\"%E2%82%AC\" | \u20ac",
                "\" | \"",
            })
    void itIsUnquotedAndDecodedOnce(String header, String value) throws CharacterCodingException {
        assertThat(HeaderValue.decode(header)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "a%2", "%zz", "%2g", "%-1", "%C0%A0", "%E2%82", "%ED%A0%80", "%FF"})
    void whatIsNoUtf8IsRefused(String header) {
        assertThatThrownBy(() -> HeaderValue.decode(header)).isInstanceOf(CharacterCodingException.class);
    }
}
