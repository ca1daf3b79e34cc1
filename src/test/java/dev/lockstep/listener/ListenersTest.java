package dev.lockstep.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenersTest {

    @Test
    void aFailingListenerDoesNotAffectTheOthers() {
        List<Integer> heard = new ArrayList<>();
        WorkerListener broken = new WorkerListener() {
            @Override
            public void polled(int records) {
                throw new IllegalStateException("a broken listener");
            }
        };
        WorkerListener good = new WorkerListener() {
            @Override
            public void polled(int records) {
                heard.add(records);
            }
        };

        new Listeners(List.of(broken, good)).notifyListeners(listener -> listener.polled(3));

        assertThat(heard).containsExactly(3);
    }
}
