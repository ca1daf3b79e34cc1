package dev.lockstep.board.tables;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {

    @ParameterizedTest
    @CsvSource({
        "Shop,sHOP",
        "ΟΔΥΣΣΕΑΣ,οδυσσεας",
        "ΟΔΥΣΣΕΑΣ,Οδυσσεασ",
        "İstanbul,istanbul",
        "Straße,STRASSE",
        "Ilgaz,ılgaz"
    })
    void caseIsIgnored(String text, String query) {
        assertThat(Tokens.of(query)).containsExactlyElementsOf(Tokens.of(text).toList());
    }

    /** A query is a prefix, and its last letter need not be the last of the text's word. */
    @Test
    void aFinalSigmaIsASigma() {
        assertThat(Tokens.of("ΟΔΥΣΣΕΑΣ").findFirst().orElseThrow())
                .startsWith(Tokens.of("ΟΔΥΣ").findFirst().orElseThrow());
    }

    @Test
    void whatIsNeitherLetterNorDigitSeparatesTokens() {
        assertThat(Tokens.of("web-shop/2.0", null, "🚀")).containsExactly("web", "shop", "2", "0");
    }
}
