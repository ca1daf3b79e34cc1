package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {

    @Test
    void the_median_is_the_middle_one_or_between_the_two_in_the_middle() {
        assertThat(new Series(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2);
        assertThat(new Series(List.of(9.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3);
    }

    @Test
    void a_quarter_is_above_the_upper_quartile() {
        assertThat(new Series(List.of(8.0, 1.0, 2.0, 4.0, 3.0, 5.0, 6.0, 7.0)).upperQuartile())
                .isEqualTo(6);
        assertThat(new Series(List.of(7.0, 1.0, 2.0, 4.0, 3.0, 5.0, 6.0)).upperQuartile())
                .isEqualTo(6);
    }

    @Test
    void a_ratio_is_taken_round_by_round() {
        Series ratio = new Series(List.of(10.0, 2.0)).ratioTo(new Series(List.of(5.0, 4.0)));

        assertThat(ratio.values()).containsExactly(2.0, 0.5);
    }
}
