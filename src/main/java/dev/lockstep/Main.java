package dev.lockstep;

import dev.lockstep.setup.StartFailure;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts the worker. Silences Hibernate until the settings are checked, so that its messages do not precede ours. */
@QuarkusMain
public final class Main {

    /** Held here because a logger's level is forgotten with the logger. */
    private static final Logger HIBERNATE = Logger.getLogger("org.hibernate");

    /**
     * Quarkus rejects a malformed URI with an empty response; dev.lockstep.board.api.ApiRequestValidator says what is wrong
     * with it.
     */
    private static final String DISABLE_URI_VALIDATION = "vertx.disableURIValidation";

    private Main() {}

    public static void main(String... args) {
        HIBERNATE.setLevel(Level.WARNING);
        System.setProperty(DISABLE_URI_VALIDATION, "true");
        Quarkus.run(null, Main::exit, args);
    }

    /** @param failure null if the worker ends as requested */
    private static void exit(int exitCode, Throwable failure) {
        if (failure == null) {
            System.exit(exitCode);
        }
        StartFailure startFailure = StartFailure.of(failure);
        startFailure.lines().forEach(System.err::println);
        if (startFailure.lines().isEmpty()) {
            failure.printStackTrace();
        }
        System.exit(startFailure.exitCode());
    }
}
