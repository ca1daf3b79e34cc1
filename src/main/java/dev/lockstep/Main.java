package dev.lockstep;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts the worker. Silences Hibernate until the settings are checked, so that its messages do not precede ours. */
@QuarkusMain
public final class Main {

    /** Held here because a logger's level is forgotten with the logger. */
    private static final Logger HIBERNATE = Logger.getLogger("org.hibernate");

    private Main() {}

    public static void main(String... args) {
        HIBERNATE.setLevel(Level.WARNING);
        Quarkus.run(args);
    }
}
