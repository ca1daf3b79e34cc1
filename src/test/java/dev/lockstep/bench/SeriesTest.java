package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {

    @Test
    void theMedianIsTheMiddleOneOrBetweenTheTwoInTheMiddle() {
        assertThat(new Series(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2);
        assertThat(new Series(List.of(9.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3);
    }

    @Test
    void aQuarterIsAboveTheUpperQuartile() {
        assertThat(new Series(List.of(8.0, 1.0, 2.0, 4.0, 3.0, 5.0, 6.0, 7.0)).upperQuartile())
                .isEqualTo(6);
        assertThat(new Series(List.of(7.0, 1.0, 2.0, 4.0, 3.0, 5.0, 6.0)).upperQuartile())
                .isEqualTo(6);
    }

    @Test
    void aRatioIsTakenRoundByRound() {
        Series ratio = new Series(List.of(10.0, 2.0)).ratioTo(new Series(List.of(5.0, 4.0)));

        assertThat(ratio.values()).containsExactly(2.0, 0.5);
    }
}
