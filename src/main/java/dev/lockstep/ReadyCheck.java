package dev.lockstep;

import dev.lockstep.publish.Publisher;
import dev.lockstep.setup.Setup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while something is in the way of the work, and says what. */
@Readiness
@ApplicationScoped
public class ReadyCheck implements HealthCheck {

    private static final Duration SLOW = Duration.ofSeconds(15);

    private final Setup setup;
    private final Persistence persistence;
    private final Publisher publisher;
    private final Worker worker;

    ReadyCheck(Setup setup, Persistence persistence, Publisher publisher, Worker worker) {
        this.setup = setup;
        this.persistence = persistence;
        this.publisher = publisher;
        this.worker = worker;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("work");
        boolean ready = waits(answer, "setup", setup.waitingFor())
                & waits(answer, "apply", persistence.waitingFor())
                & waits(answer, "publish", publisher.waitingFor())
                & waits(answer, "batch", slow());
        if (setup.notice() != null) {
            answer.withData("growth", setup.notice());
        }
        return answer.status(ready).build();
    }

    /** A store that does not answer at all gives no reason. */
    private String slow() {
        Duration underWay = worker.underWayFor();
        return underWay.compareTo(SLOW) <= 0 ? null : "a batch has been under way for " + underWay.toSeconds() + " s";
    }

    private static boolean waits(HealthCheckResponseBuilder answer, String step, String reason) {
        if (reason != null) {
            answer.withData(step, reason);
        }
        return reason == null;
    }
}
