package dev.lockstep.board.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a search finds. */
class TokensTest {

    @ParameterizedTest
    @CsvSource({
        "Checkout, CHECK",
        "ΟΔΥΣΣΕΑΣ, ΟΔΥΣ",
        "ΟΔΥΣΣΕΑΣ, οδυσσεας",
        "οδυσσεας, ΟΔΥΣΣΕΑΣ",
        "İstanbul, istanbul",
        "ISPARTA, ısparta",
        "Straße, straß",
    })
    void caseIsIgnored(String text, String query) {
        List<String> found = Tokens.of(text).toList();

        assertThat(Tokens.of(query)).isNotEmpty().allSatisfy(token -> assertThat(found)
                .anyMatch(word -> word.startsWith(token)));
    }
}
