package dev.lockstep.board.commands;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferHeaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "wait=5 | 5",
                "Wait=5 | 5",
                "WAIT = 5 | 5",
                "wait=\"5\" | 5",
                "respond-async, wait=10 | 10",
                "wait=10, respond-async | 10",
                "handling=lenient;wait=3, wait=7 | 7",
                "wait=7;foo=bar | 7",
                "wait=7, wait=9 | 7",
                "foo=\"a, wait=3\", wait=8 | 8",
                "return=minimal,wait=999999999 | 999999999",
            })
    void theFirstWaitCounts(String header, int seconds) {
        assertThat(PreferHeader.waitSeconds(header)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "wait",
                "wait=",
                "wait=soon",
                "wait=-1",
                "wait=9999999999",
                "await=5",
                "respond-async;wait=5",
                "foo=\"a, wait=3\"",
                "foo=\"a, wait=3",
                ",,;=\"\\",
            })
    void whatSaysNoTimeIsNoWait(String header) {
        assertThat(PreferHeader.waitSeconds(header)).isZero();
    }
}
