package dev.lockstep.failure;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;

/** Waits for the results of an {@code Admin} client. */
public final class KafkaFutures {

    private KafkaFutures() {}

    /**
     * Blocks until the result is there.
     *
     * @throws KafkaException the failure of the request, without the future's wrapper
     * @throws InterruptException if the thread is interrupted; it stays interrupted
     */
    public static <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        }
    }
}
