package dev.lockstep.listener;

import dev.lockstep.failure.LinkageErrors;
import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** All registered {@link WorkerListener}s. */
@Singleton
public class Listeners {

    /** No listeners. */
    public static final Listeners NONE = new Listeners(List.of());

    private static final Logger LOG = Logger.getLogger(Listeners.class);

    private final List<WorkerListener> listeners;

    @Inject
    public Listeners(@All List<WorkerListener> listeners) {
        this.listeners = listeners;
    }

    /** Tells all of them if an attempt failed because something cannot be loaded, which no retry will fix. */
    public void notifyIfUnloadable(Throwable failure) {
        String description = LinkageErrors.findIn(failure);
        if (description != null) {
            notifyListeners(listener -> listener.unloadable(description));
        }
    }

    /** Tells all of them; never fails. */
    public void notifyListeners(Consumer<WorkerListener> notification) {
        for (WorkerListener listener : listeners) {
            try {
                notification.accept(listener);
            } catch (RuntimeException e) {
                LOG.errorf(
                        e, "A listener failed listener=%s", listener.getClass().getName());
            }
        }
    }
}
