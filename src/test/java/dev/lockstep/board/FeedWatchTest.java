package dev.lockstep.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.docs.OperationsDoc;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FeedWatchTest {

    private final AtomicLong nanos = new AtomicLong();
    private final FeedWatch watch = new FeedWatch(true, nanos::get);

    @Test
    void whatHasFailedForLongIsSaidUntilItIsWritten() {
        watch.retried(new IllegalStateException());
        pass(10);
        assertThat(watch.waitingFor()).isNull();

        watch.retried(new IllegalArgumentException());
        pass(10);
        assertThat(watch.waitingFor())
                .isEqualTo("the board's tables could not be written for 20 s: IllegalArgumentException");
        OperationsDoc.tells(watch.waitingFor());

        watch.wrote(7);
        assertThat(watch.waitingFor()).isNull();
        assertThat(watch.written()).isEqualTo(7);
        assertThat(watch.retries()).isEqualTo(2);
    }

    @Test
    void oneThatIsPassedOverIsNothingInTheWay() {
        watch.retried(new IllegalStateException());
        watch.rejected();
        pass(60);

        assertThat(watch.waitingFor()).isNull();
        assertThat(watch.rejections()).isOne();
    }

    @Test
    void whatElseTheBoardWaitsForIsInTheHandbook() {
        OperationsDoc.tells(Board.NO_TABLES);
        OperationsDoc.tells(Board.READ_ANEW);
    }

    private void pass(int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
