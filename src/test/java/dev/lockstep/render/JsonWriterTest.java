package dev.lockstep.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999Z",
                "2024-02-29T23:59:59Z",
                "2026-11-24T09:05:07.008Z",
                "2026-11-24T09:05:07.080Z",
                "2026-11-24T09:05:07.800Z",
                "9999-12-31T23:59:59.999Z"
            })
    void aTimeIsWrittenAsTheLibraryWritesIt(String time) {
        assertThat(JsonWriter.formatTime(Instant.parse(time))).isEqualTo(time);
    }

    @Test
    void anyTimeInMillisecondsIsWrittenAsTheLibraryWritesIt() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            Instant time = Instant.ofEpochMilli(random.nextLong(-1_000_000_000_000L, 5_000_000_000_000L));
            assertThat(JsonWriter.formatTime(time)).isEqualTo(time.toString());
        }
    }
}
